"""What is counted, and from what.

Decisions are counted from the ads that are kept. Those expire, so the counts are by day, and an
earlier count of a day stands where it counted more: asked every month with the last answer, a year
comes together, and nothing is counted twice. What people said is kept for years and counted anew.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import Kind
from service.policy.decisions import SEVERITY, Decision
from service.review.agreement import agreed_kind, latest
from service.store.tables import Feedback, StoredAd

PAGE = 500
"""Rows read at once."""

UNNAMED = ""
"""Harm or platform of an ad that named none."""


class Cell(NamedTuple):
    """What decisions are counted by."""

    day: str
    """ISO 8601, UTC."""

    language: str
    harm: str
    decision: str
    outcome: str
    """``none`` for ``allow``; ``confirmed`` or ``dismissed`` by people; ``overturned`` on appeal;
    where people said nothing, or do not agree, ``waiting`` of ``review``, else ``automated``."""


class Spoken(NamedTuple):
    """What people's words are counted by."""

    language: str
    harm: str
    decision: str
    right: bool
    """Of appeals: whether the decision stood. Of samples: whether the text is a lure."""


@dataclass(slots=True)
class Counts:
    """Everything counted in a period. No text and no id is in it."""

    decisions: Counter[Cell] = field(default_factory=Counter)
    appeals: Counter[Spoken] = field(default_factory=Counter)
    samples: Counter[Spoken] = field(default_factory=Counter)
    unanswered: int = 0
    """Samples and appeals on ads that we never answered: they say nothing of us."""


def count(session: Session, since: datetime, until: datetime) -> Counts:
    """Of ``[since, until)``: decisions by the day they were answered, words by when they were
    said."""
    found = Counts()
    harms: dict[str, str] = {}
    for rows, words in pages(session, since, until):
        for row in rows:
            harms[row.id] = row.harm or UNNAMED
            found.decisions[cell_of(row, words.get(row.id, []))] += 1
    said = session.scalars(
        select(Feedback)
        .where(Feedback.created_at >= since, Feedback.created_at < until)
        .where(Feedback.origin.in_(("appeal", "sample")))
        .order_by(Feedback.created_at, Feedback.id)
    )
    by_ad: dict[tuple[str, str], list[Feedback]] = {}
    for word in said:
        by_ad.setdefault((word.origin, word.about), []).append(word)
    for (origin, _), own in by_ad.items():
        add_words(found, origin, own, harms)
    return found


def pages(
    session: Session, since: datetime, until: datetime
) -> Iterator[tuple[Sequence[StoredAd], dict[str, list[Feedback]]]]:
    """Kept ads of a period, a few at a time, with all words on them."""
    last = ""
    while True:
        rows = session.scalars(
            select(StoredAd)
            .where(StoredAd.created_at >= since, StoredAd.created_at < until, StoredAd.id > last)
            .order_by(StoredAd.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        words: dict[str, list[Feedback]] = {}
        named = select(Feedback).where(Feedback.ad.in_([row.id for row in rows]))
        for word in session.scalars(named.order_by(Feedback.created_at, Feedback.id)):
            words.setdefault(str(word.ad), []).append(word)
        yield rows, words
        last = rows[-1].id
        session.expunge_all()


def cell_of(row: StoredAd, words: Sequence[Feedback]) -> Cell:
    """Where a decision counts."""
    appeals = [word.overturned for word in words if word.overturned is not None]
    if row.decision == "allow":
        outcome = "none"
    elif appeals and appeals[-1]:
        outcome = "overturned"
    else:
        open_as = "waiting" if row.decision == "review" else "automated"
        kind = agreed_kind(latest(words))
        outcome = {None: open_as, str(Kind.LURE): "confirmed"}.get(kind, "dismissed")
    day = row.created_at.date().isoformat()
    return Cell(day, row.language, row.harm or UNNAMED, row.decision, outcome)


def add_words(found: Counts, origin: str, words: Sequence[Feedback], harms: dict[str, str]) -> None:
    """Words of one origin on one ad, the oldest first."""
    last = words[-1]
    if last.decision is None:
        found.unanswered += 1
        return
    harm = harms.get(str(last.ad)) or next(iter(last.harms), UNNAMED)
    if origin == "appeal":
        said = [word.overturned for word in words if word.overturned is not None]
        if said:
            found.appeals[Spoken(last.language, harm, last.decision, not said[-1])] += 1
        return
    kind = agreed_kind(latest(words))
    if kind is not None:
        found.samples[Spoken(last.language, harm, last.decision, kind == Kind.LURE)] += 1


def joined(found: Counter[Cell], earlier: Counter[Cell]) -> Counter[Cell]:
    """Day by day, whichever counted more decisions; of equal ones ``found``, which knows better
    what became of them."""
    days = {cell.day for cell in (*found, *earlier)}
    totals = [Counter[str](), Counter[str]()]
    for total, counted in zip(totals, (found, earlier), strict=True):
        for cell, number in counted.items():
            total[cell.day] += number
    kept = Counter[Cell]()
    for day in days:
        source = found if totals[0][day] >= totals[1][day] else earlier
        kept.update({cell: n for cell, n in source.items() if cell.day == day})
    return kept


def flagged(decision: str, least: Decision) -> bool:
    """Whether a decision is at least that one."""
    return any(name == decision and SEVERITY[name] >= SEVERITY[least] for name in SEVERITY)


def as_lists(counted: Counter[Any]) -> list[list[Any]]:
    """For JSON: the cell's parts, then the number, in order."""
    return [[*cell, number] for cell, number in sorted(counted.items())]
