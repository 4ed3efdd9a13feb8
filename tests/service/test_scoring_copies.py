"""Copies of a text: they hold no thread while another reads it, and teach no estimate."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from models.ad import Ad
from models.inference import Logits
from models.rendering import Rendered
from service.reading import read
from service.scoring.memory import Remembering
from service.scoring.scorer import Scored, Scorer
from tests.live import WAIT_S, StubModel

LONG = Ad("a long one " * 500)
SHORT = Ad("a short one")
AMPLE = 2**26
WORKERS = 2


class Gated(StubModel):
    """Reads long texts when the gate is open, and fails at them where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.at_long = threading.Event()
        self.asked: Counter[str] = Counter()
        self.fails_with: type[Exception] | None = None

    def logits(self, rendered: Rendered) -> Logits:
        self.asked[rendered.text] += 1
        if rendered.text == LONG.text:
            self.at_long.set()
            assert self.open.wait(WAIT_S)
            if self.fails_with is not None:
                raise self.fails_with
        return super().logits(rendered)


Scene = Callable[[Scorer, Gated], Awaitable[None]]


def play(scene: Scene) -> None:
    async def played() -> None:
        model = Gated()
        scorer = Scorer(Remembering(model, AMPLE), WORKERS, max_queued_chars=10**6)
        try:
            async with asyncio.timeout(WAIT_S):
                await scene(scorer, model)
        finally:
            model.open.set()
            scorer.close()

    asyncio.run(played())


async def copies_wait(scorer: Scorer, model: Gated) -> "list[asyncio.Task[list[Scored]]]":
    """A thread is at the long ad, and five copies of it were taken up as well."""
    first = asyncio.create_task(scorer.score([LONG], read))
    await asyncio.to_thread(model.at_long.wait, WAIT_S)
    copies = [asyncio.create_task(scorer.score([LONG], read)) for _ in range(5)]
    memory = scorer._model
    assert isinstance(memory, Remembering)
    while memory.use().hits < len(copies):
        await asyncio.sleep(0.01)
    return [first, *copies]


def test_copies_of_a_text_that_is_being_read_hold_no_thread() -> None:
    async def scene(scorer: Scorer, model: Gated) -> None:
        long = await copies_wait(scorer, model)
        (short,) = await scorer.score([SHORT], read)
        assert short.rendered.text == SHORT.text
        assert not any(one.done() for one in long)
        model.open.set()
        found = [one for (one,) in await asyncio.gather(*long)]
        assert all(one.logits is found[0].logits for one in found)
        assert all(one.reading == found[0].reading is not None for one in found)
        assert model.asked[LONG.text] == 1
        assert scorer.queue().ads == 0

    play(scene)


@pytest.mark.parametrize("error", [ValueError, StopIteration])
def test_copies_fail_as_the_first_does(error: type[Exception]) -> None:
    async def scene(scorer: Scorer, model: Gated) -> None:
        model.fails_with = error
        long = await copies_wait(scorer, model)
        model.open.set()
        told = await asyncio.gather(*long, return_exceptions=True)
        expected = RuntimeError if error is StopIteration else error
        assert [type(one) for one in told] == [expected] * len(long)
        model.fails_with = None
        assert len(await scorer.score([LONG])) == 1, "the next one tries again"

    play(scene)


def test_a_caller_who_goes_takes_no_copy_with_them() -> None:
    async def scene(scorer: Scorer, model: Gated) -> None:
        first, gone, *others = await copies_wait(scorer, model)
        for one in (first, gone):
            one.cancel()
        await asyncio.wait([first, gone])
        model.open.set()
        assert all(len(found) == 1 for found in await asyncio.gather(*others))
        assert scorer.queue().ads == 0

    play(scene)


def test_a_scorer_that_is_closed_answers_copies_first() -> None:
    async def scene(scorer: Scorer, model: Gated) -> None:
        long = await copies_wait(scorer, model)
        closing = asyncio.create_task(asyncio.to_thread(scorer.close))
        model.open.set()
        assert all(len(found) == 1 for found in await asyncio.gather(*long))
        await closing

    play(scene)


def test_copies_teach_nobody_how_long_ads_take() -> None:
    """Else new ads are promised in no time after a campaign, taken, and late."""

    async def scene(scorer: Scorer, model: Gated) -> None:
        model.open.set()
        await scorer.score([LONG])
        before = scorer.estimate_s([SHORT])
        for _ in range(100):
            (copy,) = await scorer.score([LONG])
        assert scorer.estimate_s([SHORT]) == before
        assert copy.spent.tokenise_s == 0, "that was the first one's"
        assert copy.spent.model_s >= 0
        await scorer.score([SHORT])
        assert scorer.estimate_s([SHORT]) != before

    play(scene)


def test_waiting_for_a_copy_is_not_reading() -> None:
    async def scene(scorer: Scorer, model: Gated) -> None:
        learnt: list[int] = []
        scorer._pace.add = lambda chars, seconds: learnt.append(chars)  # type: ignore[method-assign]
        long = await copies_wait(scorer, model)
        model.open.set()
        await asyncio.gather(*long)
        assert len(learnt) == 1

    play(scene)
