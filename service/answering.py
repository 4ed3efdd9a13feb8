"""Answers to ads as a running service gives them: scored, counted into campaigns where the operator
wants that, compared with incidents, decided. Every way of handing over ads goes through here."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from models.ad import Ad
from service.campaigns.counting import count
from service.campaigns.keys import Keys, keys_of
from service.campaigns.seen import Seen
from service.engine import Answer
from service.errors import StoreUnavailable
from service.incidents.live import all_matches, current
from service.incidents.matching import Match, Matcher
from service.observing.stages import answered
from service.runtime import Runtime
from service.scoring.scorer import Scored
from service.store import Vault
from service.store.base import now

PATIENCE_S = 10.0
"""How long an answer waits for its campaign. A count is some milliseconds; a database that takes
longer is as good as away."""

log = logging.getLogger(__name__)


async def runtime_answer(runtime: Runtime, ads: Sequence[Ad]) -> list[Answer]:
    """In order. An ad that is answered again is counted again."""
    counting = partial(counted, runtime) if runtime.settings.campaigns else None
    matcher = await current(runtime)
    comparing = None if matcher is None else partial(compared, matcher)
    answers = await runtime.engine.answer(ads, count=counting, compare=comparing)
    if runtime.shadow is not None:
        runtime.shadow.offer(runtime.engine.name, ads, answers)
    answered(ads, answers)
    return answers


async def passing_answer(runtime: Runtime, ads: Sequence[Ad]) -> list[Answer]:
    """The same for ads of which nothing is to stay: counted into no campaign, compared with no
    incident."""
    answers = await runtime.engine.answer(ads)
    answered(ads, answers)
    return answers


async def compared(matcher: Matcher, scored: Sequence[Scored]) -> list[tuple[Match, ...]]:
    """How like the live incidents each ad is."""
    return await asyncio.to_thread(all_matches, matcher, scored)


async def counted(runtime: Runtime, scored: Sequence[Scored]) -> Sequence[Seen | None]:
    """The campaign of each ad. Without the database nobody's answer fails: the ads are then
    decided as the first of their kind, and the log says so."""
    keep = timedelta(days=runtime.settings.keep_campaign_days)
    try:
        async with asyncio.timeout(PATIENCE_S):
            batch = await asyncio.to_thread(all_keys, runtime.vault, scored)
            if not any(batch):
                return [None] * len(batch)
            return await runtime.database.write(count, batch, now(), keep)
    except (StoreUnavailable, SQLAlchemyError, TimeoutError):
        log.exception("ads not counted into campaigns", extra={"ads": len(scored)})
        return [None] * len(scored)


def all_keys(vault: Vault, scored: Sequence[Scored]) -> list[Keys]:
    """Of every ad."""
    found = []
    for one in scored:
        assert one.reading is not None
        found.append(keys_of(vault, one.rendered, one.reading))
    return found
