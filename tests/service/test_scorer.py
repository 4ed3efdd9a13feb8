"""The queue: order, refusal, hung-up callers, stopping."""

import asyncio
import threading

import numpy as np
import pytest

from models.ad import SCORED_CHARS, Ad
from models.inference import Logits
from models.rendering import Rendered
from service.errors import ModelUnavailable, Overloaded
from service.scoring.scorer import LEAST_COST, Scorer, cost


class Gated:
    """A model that answers when the gate is open, with the text's length as its logit."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = 0

    def logits(self, rendered: Rendered) -> Logits:
        self.begun += 1
        self.gate.wait(10)
        kind = np.zeros(6, np.float32)
        kind[0] = len(rendered.text)
        zeros = np.zeros((1, 49), np.float32)
        counted = np.ones(1, dtype=bool)
        return Logits(kind, kind, zeros, counted, ((0, 1),), zeros[:, 18:], ((0, 1),), 0, 1, 3)


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
    model.gate.set()
    await short
    assert not long.done()
    assert model.begun < 10, "the short request waited for a turn, not for forty"
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


def test_cost_is_what_is_read_and_never_nothing() -> None:
    assert cost(Ad("x")) == LEAST_COST
    assert cost(Ad("x" * 300, title="y" * 20)) == 320
    assert cost(Ad("x", thread=("y" * 20_000,) * 9)) == SCORED_CHARS


def test_a_closed_scorer_says_so() -> None:
    scorer = Scorer(Gated(), workers=1, max_queued_chars=50)
    scorer.close()
    with pytest.raises(ModelUnavailable, match="stopping"):
        scorer.score_now(ads(1))
    with pytest.raises(ModelUnavailable):
        asyncio.run(scorer.score(ads(1)))
