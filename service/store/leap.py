"""Whether the wall clock leapt forward, so that what it calls expired may not be.

A clock that is ten years ahead, even for a minute, would have everything erased. How late it really
is tells the clock that only goes forward; at the start, when that one knows nothing, the rows do:
between one day and the next there are some, and years without any are a leap, whatever was written
since.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.store.base import now
from service.store.tables import AuditEntry, Feedback, StoredAd, Submission

LEAP = timedelta(hours=1)
"""Further ahead than it should be, it leapt: no drift, no daylight saving (UTC has none)."""

DAY = timedelta(days=1)
"""At the start the last row of yesterday or before may be so much older than that."""

LONGEST_LEASE = timedelta(hours=1)
"""No lease is longer than this beyond what is set."""

BELIEVED_S = 6 * 3600.0
"""A clock that stays where it leapt to is believed after so long: time for somebody to see it."""


class Leaps:
    """What one process has seen of its clocks; the two are seams for tests."""

    def __init__(
        self, wall: Callable[[], datetime] = now, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._expected: datetime | None = None
        self._at = 0.0
        self._doubted: float | None = None

    @property
    def knows_nothing(self) -> bool:
        """Before the first look."""
        return self._expected is None

    def trusts(self, written: datetime | None) -> bool:
        """Whether what expired by now may go. ``written``: for the first look, when the last row
        was written that is more than a day old."""
        wall, steady = self._wall(), self._steady()
        if self._expected is None:
            latest = wall if written is None else written + 2 * DAY
            doubt = wall > latest
            self._expected = min(wall, latest)
        else:
            self._expected += timedelta(seconds=steady - self._at)
            doubt = wall - self._expected > LEAP
        self._at = steady
        if not doubt:
            self._expected, self._doubted = wall, None
            return True
        if self._doubted is None:
            self._doubted = steady
        if steady - self._doubted < BELIEVED_S:
            return False
        self._expected, self._doubted = wall, None
        return True


def last_written(session: Session, before: datetime) -> datetime | None:
    """The last row that is no younger, of tables that are written to daily; ``None``: there is
    none."""
    found = [
        session.scalar(select(func.max(column)).where(column <= before))
        for column in (
            StoredAd.created_at, Submission.created_at, Feedback.created_at, AuditEntry.at,
        )
    ]  # fmt: skip
    return max((one for one in found if one is not None), default=None)


def is_over(
    ends: InstrumentedAttribute[datetime | None], moment: datetime, farthest: datetime
) -> ColumnElement[bool]:
    """Whether what ends then, if ever it began, is over: also where it ends after ``farthest``,
    since the clock was wrong when that was written, and has been set back."""
    return or_(ends.is_(None), ends <= moment, ends > farthest)
