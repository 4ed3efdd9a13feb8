"""The queue: order, refusal, deadlines, hung-up callers, stopping."""

import asyncio
import threading
import time

import numpy as np
import pytest

from models.ad import SCORED_CHARS, Ad
from models.inference import Logits
from models.rendering import Rendered, render
from service.errors import DeadlineExceeded, DeadlineTooShort, ModelUnavailable, Overloaded
from service.scoring.scorer import EVEN_COST, LEAST_COST, Scored, Scorer, cost


class Gated:
    """A model that answers when the gate is open, with the text's length as its logit."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = 0
        self.slow_s = 0.0
        self.fails_at = 0
        """Length of the text at which it fails."""

    def logits(self, rendered: Rendered) -> Logits:
        self.begun += 1
        self.gate.wait(10)
        time.sleep(self.slow_s)
        if len(rendered.text) == self.fails_at:
            raise ZeroDivisionError
        kind = np.zeros(6, np.float32)
        kind[0] = len(rendered.text)
        zeros = np.zeros((1, 49), np.float32)
        return Logits(kind, kind, zeros, ((0, 1),), zeros[:, 18:], ((0, 1),), 0, 1, 3)


def ads(count: int) -> list[Ad]:
    return [Ad("7" * (i + 1)) for i in range(count)]


def test_results_keep_their_order() -> None:
    model = Gated()
    model.gate.set()
    scorer = Scorer(model, workers=4, max_queued_chars=5000)
    assert [scored.logits.kind[0] for scored in scorer.score_now(ads(50))] == list(range(1, 51))
    scorer.close()


async def _overload() -> None:
    model = Gated()
    scorer = Scorer(model, workers=1, max_queued_chars=200)
    first = asyncio.create_task(scorer.score(ads(3)))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refused:
        await scorer.score(ads(2))
    assert refused.value.retry_after_s >= 1
    assert model.begun <= 1, "nothing of the refused request was begun"
    model.gate.set()
    assert len(await first) == 3
    assert len(await scorer.score(ads(4))) == 4, "there is room again"
    scorer.close()


def test_a_full_queue_refuses_before_it_begins() -> None:
    asyncio.run(_overload())


async def _turns() -> None:
    model = Gated()
    scorer = Scorer(model, workers=1, max_queued_chars=50_000)
    long = asyncio.create_task(scorer.score(ads(40)))
    while not model.begun:
        await asyncio.sleep(0.01)
    short = asyncio.create_task(scorer.score(ads(1)))
    await asyncio.sleep(0)
    model.slow_s = 0.02  # or the rest is done before this thread hears of the short one
    model.gate.set()
    await short
    assert not long.done()
    turn = EVEN_COST // LEAST_COST  # ads of the long request that are worth a turn
    assert model.begun < turn + 8, "the short request waited for a turn, not for forty"
    assert len(await long) == 40
    scorer.close()


def test_requests_take_turns() -> None:
    asyncio.run(_turns())


async def _large() -> None:
    model = Gated()
    model.gate.set()
    scorer = Scorer(model, workers=1, max_queued_chars=200)
    assert len(await scorer.score(ads(9))) == 9
    scorer.close()


def test_a_request_larger_than_the_queue_is_taken_when_nothing_waits() -> None:
    asyncio.run(_large())


async def _hung_up() -> None:
    model = Gated()
    scorer = Scorer(model, workers=1, max_queued_chars=5000)
    gone = asyncio.create_task(scorer.score(ads(20)))
    while not model.begun:
        await asyncio.sleep(0.01)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    model.gate.set()
    await scorer.score(ads(1))
    assert scorer._waiting == 0, "nobody's characters are counted for ever"
    assert model.begun == 2, "of the caller that went, only what had begun was done"
    scorer.close()


def test_what_a_gone_caller_waited_for_is_dropped() -> None:
    asyncio.run(_hung_up())


async def _too_short() -> None:
    model = Gated()
    scorer = Scorer(model, workers=1, max_queued_chars=50_000)
    busy = asyncio.create_task(scorer.score([Ad("7" * 19_000), Ad("7" * 20_000)]))
    while not model.begun:
        await asyncio.sleep(0.01)
    scorer._pace.seconds = lambda ads, chars: chars / 1000  # type: ignore[method-assign]
    soon = time.perf_counter() + 2
    with pytest.raises(DeadlineTooShort) as refused:
        await scorer.score([Ad("7" * 5_000)], until=soon)
    assert refused.value.extra["alone_ms"] == 5000
    assert refused.value.extra["estimate_ms"] == 14_500, "half of the first is taken to be left"
    with pytest.raises(DeadlineTooShort):
        await scorer.attempt(ads(1), until=time.perf_counter())
    assert model.begun == 1
    assert len(scorer._turns._waiting) == 1, "nothing of the refused was begun"
    model.gate.set()
    await busy
    scorer.close()


def test_what_would_come_too_late_is_refused_before_it_begins() -> None:
    asyncio.run(_too_short())


async def _tried() -> None:
    model = Gated()
    model.gate.set()
    scorer = Scorer(model, workers=2, max_queued_chars=50_000)
    for _ in range(50):
        scorer._pace.add(50, 600)  # a machine that slept, say
    soon = time.perf_counter() + 60
    with pytest.raises(DeadlineTooShort):
        await scorer.score(ads(3), until=soon)
    for _ in range(400):
        assert len(await scorer.score(ads(2), until=soon)) == 2
    assert len(await scorer.score(ads(3), until=soon)) == 3
    scorer.close()


def test_a_wrong_estimate_is_corrected() -> None:
    asyncio.run(_tried())


async def _late() -> None:
    model = Gated()
    scorer = Scorer(model, workers=1, max_queued_chars=50_000)
    opening = asyncio.get_running_loop().call_later(0.05, model.gate.set)
    model.slow_s = 0.1
    with pytest.raises(DeadlineExceeded) as late:
        await scorer.score(ads(9), until=time.perf_counter() + 0.3)
    assert 0 < int(str(late.value.extra["scored"])) < 9
    begun = model.begun
    model.slow_s = 0.0
    found = await scorer.attempt(ads(2))
    assert all(isinstance(one, Scored) for one in found)
    assert model.begun == begun + 2, "what nobody waits for was dropped"
    assert (scorer._waiting, scorer._ads) == (0, 0)
    opening.cancel()
    scorer.close()


def test_what_is_late_is_dropped() -> None:
    asyncio.run(_late())


async def _attempt() -> None:
    model = Gated()
    model.gate.set()
    model.fails_at = 3
    scorer = Scorer(model, workers=1, max_queued_chars=50_000)
    found = await scorer.attempt(ads(5))
    assert [getattr(one, "why", None) for one in found] == [None, None, "internal", None, None]
    with pytest.raises(ZeroDivisionError):
        await scorer.score(ads(5))
    model.fails_at = 0
    model.slow_s = 0.1
    found = await scorer.attempt(ads(9), until=time.perf_counter() + 0.35)
    done = sum(isinstance(one, Scored) for one in found)
    assert 0 < done < 9
    assert [getattr(one, "why", None) for one in found] == [None] * done + ["deadline"] * (9 - done)
    assert await scorer.attempt([]) == [] == await scorer.score([])
    scorer.close()
    with pytest.raises(ModelUnavailable):
        await scorer.attempt(ads(1))


def test_one_ad_takes_no_other_with_it() -> None:
    asyncio.run(_attempt())


def test_cost_is_what_is_read_and_never_nothing() -> None:
    assert cost(Ad("x")) == LEAST_COST
    assert cost(Ad("x" * 300, title="y" * 20)) == 320
    assert cost(Ad("x", thread=("y" * 20_000,) * 9)) == SCORED_CHARS
    assert cost(Ad("x" * 100 + "\ufdfa" * 100)) == 1900


def test_no_ad_costs_more_than_the_longest() -> None:
    """U+FDFA stands for eighteen characters."""
    for text in ("\ufdfa" * 20_000, "Fly Thursday " + "\ufdfa" * 11_200, "a\ufdfa" * 10_000):
        for ad in (Ad(text), Ad("x", title="\ufdfa" * 500, thread=(text,) * 20)):
            assert cost(ad) == SCORED_CHARS
            assert len(render(ad).text) <= SCORED_CHARS


def test_a_closed_scorer_says_so() -> None:
    scorer = Scorer(Gated(), workers=1, max_queued_chars=50)
    scorer.close()
    with pytest.raises(ModelUnavailable, match="stopping"):
        scorer.score_now(ads(1))
    with pytest.raises(ModelUnavailable):
        asyncio.run(scorer.score(ads(1)))
