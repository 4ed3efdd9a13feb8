"""A submission's ads through the engine, in parts, so that callers who wait for an answer are never
kept behind a whole one."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence

from models.ad import SCORED_CHARS
from service.answering import runtime_answer
from service.api.results import Wanted
from service.api.schemas import AdIn, ScoreRequest
from service.chance import uniform
from service.errors import ModelUnavailable, Overloaded
from service.review.keeping import Answered, matched
from service.runtime import Runtime
from service.scoring.scorer import cost
from service.submissions.finish import Unscored

PART_CHARS = SCORED_CHARS
"""Characters handed to the scorer at once: of its longest ad, one or two seconds of a processor."""

MAX_WAIT_S = 5
"""Pause after the scorer was full; it says itself how long, but it was asked by many."""

log = logging.getLogger(__name__)


async def scored(
    runtime: Runtime, request: ScoreRequest, language: str, turn: asyncio.Semaphore, apart: bool
) -> AsyncIterator[list[Answered | Unscored]]:
    """Part by part, in order, each in its ``turn``. ``apart``: ad by ad, each that fails as
    :class:`Unscored`; otherwise its error ends the whole. Waits while the scorer is full. Raises
    :class:`~service.errors.ModelUnavailable` while the service stops."""
    wanted = Wanted(language, request.entity_values, request.statement_of_reasons)
    for part in parts(request.ads, 0 if apart else PART_CHARS):
        try:
            async with turn:
                found = await answered(runtime, part, wanted)
        except ModelUnavailable:
            raise
        except Exception:
            if not apart:
                raise
            log.exception("ad not scored")
            found = [Unscored(part[0])]
        yield found


async def answered(
    runtime: Runtime, part: Sequence[AdIn], wanted: Wanted
) -> list[Answered | Unscored]:
    """Answers to a part, as soon as there is room for it."""
    ads = [one.ad() for one in part]
    while True:
        try:
            answers = await runtime_answer(runtime, ads)
            break
        except Overloaded as error:
            await asyncio.sleep(uniform(0.2, 1) * min(error.retry_after_s, MAX_WAIT_S))
    return [*matched(part, answers, runtime.engine.name, wanted)]


def parts(ads: Sequence[AdIn], chars: int, most: int | None = None) -> Iterator[list[AdIn]]:
    """Ads that follow each other, as many as cost no more than ``chars``, and at least one; no more
    than ``most``, where that is given."""
    part: list[AdIn] = []
    room = chars
    for one in ads:
        price = cost(one.ad())
        room -= price
        if part and (room < 0 or len(part) == most):
            yield part
            part, room = [], chars - price
        part.append(one)
    if part:
        yield part
