"""Answers to ads as a running service gives them: scored, counted into campaigns where the operator
wants that, compared with incidents, decided. Every way of handing over ads goes through here."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from models.ad import Ad
from service.campaigns.counting import count
from service.campaigns.keys import Keys, keys_of
from service.campaigns.seen import Seen
from service.engine import Answer, Compare, Count
from service.errors import DeadlineTooShort, StoreUnavailable
from service.incidents.live import all_matches, current
from service.incidents.matching import Match, Matcher
from service.missing import NoScore, left_s, with_score
from service.observing.stages import answered
from service.runtime import Runtime
from service.scoring.scorer import Scored
from service.store import Vault
from service.store.base import now
from service.store.database import PATIENCE_S

log = logging.getLogger(__name__)


async def runtime_answer(
    runtime: Runtime, ads: Sequence[Ad], until: float | None = None
) -> list[Answer]:
    """In order. An ad that is answered again is counted again. ``until``, and what is raised: see
    :meth:`service.scoring.scorer.Scorer.score`."""
    beside = await Beside.of(runtime, until)
    found = await runtime.engine.answer(ads, beside.count, beside.compare, until)
    answers = [beside.marked(one) for one in found]
    told(runtime, ads, answers)
    return answers


async def runtime_attempt(
    runtime: Runtime, ads: Sequence[Ad], until: float | None = None
) -> list[Answer | NoScore]:
    """The same, with those in their places that have no score: see
    :meth:`service.scoring.scorer.Scorer.attempt`. Raises :class:`~service.errors.Overloaded`."""
    beside = await Beside.of(runtime, until)
    try:
        tried = await runtime.engine.attempt(ads, beside.count, beside.compare, until)
    except DeadlineTooShort:
        return [NoScore("deadline")] * len(ads)
    outcomes = [one if isinstance(one, NoScore) else beside.marked(one) for one in tried]
    told(runtime, *with_score(ads, outcomes))
    return outcomes


async def passing_answer(runtime: Runtime, ads: Sequence[Ad]) -> list[Answer]:
    """The same for ads of which nothing is to stay: counted into no campaign, compared with no
    incident."""
    answers = await runtime.engine.answer(ads)
    answered(ads, answers)
    return answers


@dataclass(frozen=True, slots=True)
class Beside:
    """What is done with ads beside scoring."""

    count: Count | None
    compare: Compare | None
    stale: bool
    """Whether the live incidents could not be read, so that those of before are used."""

    @classmethod
    async def of(cls, runtime: Runtime, until: float | None) -> "Beside":
        """What the settings ask for, in the time that there is."""
        live = runtime.incidents
        try:
            async with asyncio.timeout(left_s(until)):
                matcher, stale = await current(runtime), live.stale
        except TimeoutError:
            matcher, stale = live.matcher, True
        return cls(
            partial(counted, runtime, until) if runtime.settings.campaigns else None,
            None if matcher is None else partial(compared, matcher),
            stale,
        )

    def marked(self, answer: Answer) -> Answer:
        """The answer, with what it says of incidents that are stale."""
        if not self.stale or "incidents" in answer.degraded:
            return answer
        return replace(answer, degraded=(*answer.degraded, "incidents"))


def told(runtime: Runtime, ads: Sequence[Ad], answers: Sequence[Answer]) -> None:
    """To those who watch."""
    if not ads:
        return
    if runtime.shadow is not None:
        runtime.shadow.offer(runtime.engine, ads, answers)
    answered(ads, answers)


async def compared(matcher: Matcher, scored: Sequence[Scored]) -> list[tuple[Match, ...]] | None:
    """How like the live incidents each ad is. Nobody's answer fails with it."""
    try:
        return await asyncio.to_thread(all_matches, matcher, scored)
    except Exception:
        log.exception("ads not compared with incidents", extra={"ads": len(scored)})
        return None


async def counted(
    runtime: Runtime, until: float | None, scored: Sequence[Scored]
) -> Sequence[Seen | None] | None:
    """The campaign of each ad. Without the database nobody's answer fails: the ads are then
    decided as the first of their kind, and the log says so."""
    keep = timedelta(days=runtime.settings.keep_campaign_days)
    left = left_s(until)
    try:
        async with asyncio.timeout(PATIENCE_S if left is None else min(PATIENCE_S, left)):
            batch = await asyncio.to_thread(all_keys, runtime.vault, scored)
            if not any(batch):
                return [None] * len(batch)
            if runtime.database.is_silent():
                raise TimeoutError
            return await runtime.database.write(count, batch, now(), keep)
    except (StoreUnavailable, SQLAlchemyError, TimeoutError):
        log.exception("ads not counted into campaigns", extra={"ads": len(scored)})
        return None


def all_keys(vault: Vault, scored: Sequence[Scored]) -> list[Keys]:
    """Of every ad."""
    found = []
    for one in scored:
        assert one.reading is not None
        found.append(keys_of(vault, one.rendered, one.reading))
    return found
