"""On which days keys are used, so that those that nobody uses can be found.

Written beside requests, once a day and key: none waits for it, and none fails where the database is
away.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.background import Job, unless_stopped
from service.errors import StoreUnavailable
from service.store.base import now
from service.store.database import Database
from service.store.tables import ApiKey

EVERY_S = 30.0
"""Time between two looks at what is to be written."""

log = logging.getLogger(__name__)


class KeyUse:
    """Of one process. Touched on the event loop alone."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._unwritten: dict[str, datetime] = {}

    def seen(self, key: str | None) -> None:
        """A key, by its id, opens something."""
        today = day_of(now())
        if key is not None and self._last.get(key) != today:
            self._last[key] = self._unwritten[key] = today

    async def write(self, database: Database) -> None:
        """Bring what is new to disk. Where that fails it is kept for the next time."""
        days, self._unwritten = self._unwritten, {}
        if not days:
            return
        try:
            await database.write(mark, days)
        except (StoreUnavailable, SQLAlchemyError):
            self._unwritten = {**days, **self._unwritten}
            log.error("use of keys not noted")

    def job(self, database: Database) -> Job:
        """From time to time, and once more at the end."""

        async def rounds(stop: asyncio.Event) -> None:
            while not await unless_stopped(stop, EVERY_S):
                await self.write(database)
            await self.write(database)

        return rounds


def mark(session: Session, days: Mapping[str, datetime]) -> None:
    """Keys, each with the day of its last use. Another process may have told a later one; one still
    to come is of a clock that was wrong."""
    tomorrow = day_of(now()) + timedelta(days=1)
    last = ApiKey.last_used
    for key, day in sorted(days.items()):
        earlier = or_(last.is_(None), last < day, last > tomorrow)
        session.execute(update(ApiKey).where(ApiKey.id == key, earlier).values(last_used=day))


def day_of(moment: datetime) -> datetime:
    """Its midnight, in UTC."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
