"""Live counts: what waits, what lies on desks, what was done today (UTC)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.console.shift import Shift
from service.store.base import now
from service.store.tables import Feedback, StoredAd


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the whole queue."""

    decisions: tuple[tuple[str, int], ...]
    """Ads that wait, by what we advised."""

    harms: tuple[tuple[str, int], ...]
    """The same by the likeliest harm, the most frequent first; empty name: none."""

    desks: int
    mine: int
    """Ads that this reviewer spoke of today."""

    today: int
    """Ads that anybody spoke of today."""

    @property
    def waiting(self) -> int:
        """All that wait, on desks too."""
        return sum(number for _, number in self.decisions)


def counts(session: Session, shift: Shift) -> Counts:
    """As they are now."""
    moment = now()
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    open_now = (StoredAd.queue == "open", StoredAd.expires_at > moment)
    number = func.count()
    by = [
        [
            (name or "", count)
            for name, count in session.execute(
                select(column, number).where(*open_now).group_by(column)
            )
        ]
        for column in (StoredAd.decision, StoredAd.harm)
    ]
    said = select(func.count(Feedback.about.distinct())).where(Feedback.created_at >= midnight)
    return Counts(
        decisions=tuple(sorted(by[0])),
        harms=tuple(sorted(by[1], key=lambda one: (-one[1], one[0]))),
        desks=session.scalar(
            select(number).select_from(StoredAd).where(*open_now, StoredAd.claimed_until > moment)
        )
        or 0,
        mine=session.scalar(said.where(Feedback.reviewer == shift.reviewer)) or 0,
        today=session.scalar(said) or 0,
    )
