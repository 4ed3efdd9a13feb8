"""Figures of the work: how much came, what was decided, how far reviewers agree, what appeals took
back, whether scores move, how long ads wait. Counted from what is kept now; older rows are gone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.intervals import wilson
from models.labels import KINDS
from models.stability import MIN_TEXTS, MOVED, by_chance, stability_index
from service.console.context import Console
from service.console.plots import Bar, bars
from service.review.agreement import latest
from service.settings import Settings
from service.store.tables import Feedback, StoredAd

DAYS = 28
"""Days that are shown, today included; as many as make whole weeks."""

MIN_SHARE = 20
"""A share of fewer is not told."""

MIN_LATENCY = 10
"""Ads of a week of which fewer were judged give no time to wait."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether it says something."""
        return self.of >= MIN_SHARE

    @property
    def percent(self) -> float:
        """Of at least one."""
        return 100 * self.hits / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson's formula, in percent."""
        low, high = wilson(self.hits / self.of, self.of)
        return 100 * low, 100 * high


@dataclass(frozen=True, slots=True)
class Moved:
    """Scores of one week."""

    week: date
    ads: int
    index: float | None
    """Against the first week that has enough; ``None`` for that one, and where there are too
    few."""

    chance: float | None
    """What sampling alone would give."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Hours from the queue to the first word, for ads that came in one week."""

    week: date
    ads: int
    half: float | None
    """Median; ``None`` where too few were judged."""

    most: float | None
    """Nine of ten."""

    @property
    def parts(self) -> tuple[float, float]:
        """For a column: up to the median, and from there to nine of ten."""
        return self.half or 0.0, (self.most or 0.0) - (self.half or 0.0)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them."""

    volume: Sequence[tuple[date, int]]
    decisions: Sequence[tuple[date, tuple[int, ...]]]
    """By day, in the order of the kinds."""

    agreement: Share
    appeals: Share
    drift: Sequence[Moved]
    latency: Sequence[Waited]


def figures(session: Session, settings: Settings, moment: datetime) -> Figures:
    """Of the last :data:`DAYS` days (UTC)."""
    first = moment.date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), moment.tzinfo)
    days = [first + timedelta(days=i) for i in range(DAYS)]
    rows = session.execute(
        select(StoredAd.id, StoredAd.created_at, StoredAd.score).where(
            StoredAd.queue.is_not(None), StoredAd.created_at >= since
        )
    ).all()
    came = Counter(row.created_at.date() for row in rows)
    return Figures(
        volume=[(day, came[day]) for day in days],
        decisions=decisions(session, since, days),
        agreement=agreement(session, since),
        appeals=appeals(session, since),
        drift=drift([(row.created_at.date(), row.score) for row in rows], first),
        latency=latency(session, since, first),
    )


def decisions(
    session: Session, since: datetime, days: Sequence[date]
) -> list[tuple[date, tuple[int, ...]]]:
    """Words on ads of the queue; appeals and samples are none."""
    said = session.execute(
        select(Feedback.created_at, Feedback.kind).where(
            Feedback.created_at >= since,
            Feedback.origin.in_(("review", "second_review", "campaign")),
        )
    )
    counted = Counter((row.created_at.date(), row.kind) for row in said)
    return [(day, tuple(counted[day, kind] for kind in KINDS)) for day in days]


def agreement(session: Session, since: datetime) -> Share:
    """Of ads that several reviewers judged: how often all gave the same kind. Decisions on whole
    campaigns are left out: they were not given one by one."""
    several = (
        select(Feedback.about)
        .where(Feedback.created_at >= since, Feedback.origin.in_(("review", "second_review")))
        .group_by(Feedback.about)
        .having(func.count(Feedback.reviewer.distinct()) > 1)
    )
    words: dict[str, list[Feedback]] = {}
    rows = session.scalars(
        select(Feedback).where(
            Feedback.about.in_(several), Feedback.origin.in_(("review", "second_review"))
        )
    )
    for row in rows:
        words.setdefault(row.about, []).append(row)
    same = [len({word.kind for word in latest(own)}) == 1 for own in words.values()]
    return Share(sum(same), len(same))


def appeals(session: Session, since: datetime) -> Share:
    """Of ads whose decision was appealed: how often the last word took it back."""
    rows = session.execute(
        select(Feedback.about, Feedback.overturned)
        .where(Feedback.created_at >= since, Feedback.overturned.is_not(None))
        .order_by(Feedback.created_at, Feedback.id)
    )
    last = {about: overturned for about, overturned in rows}
    return Share(sum(map(bool, last.values())), len(last))


def drift(scores: Sequence[tuple[date, float]], first: date) -> list[Moved]:
    """By week. Only scores of ads that came into the queue are kept, so this tells of those."""
    weeks = by_week(first)
    for day, score in scores:
        weeks[week_of(day, first)].append(score)
    reference: list[float] | None = None
    found = []
    for week, own in weeks.items():
        index = chance = None
        if len(own) >= MIN_TEXTS:
            if reference is None:
                reference = own
            else:
                index = stability_index(np.array(reference), np.array(own))
                chance = by_chance(len(reference), len(own))
        found.append(Moved(week, len(own), index, chance))
    return found


def latency(session: Session, since: datetime, first: date) -> list[Waited]:
    """By the week in which the ad came."""
    spoken = (
        select(Feedback.ad, func.min(Feedback.created_at).label("at"))
        .where(Feedback.created_at >= since)
        .group_by(Feedback.ad)
        .subquery()
    )
    rows = session.execute(
        select(StoredAd.created_at, spoken.c.at)
        .join(spoken, spoken.c.ad == StoredAd.id)
        .where(StoredAd.queue.is_not(None), StoredAd.created_at >= since)
    )
    weeks = by_week(first)
    for came, at in rows:
        weeks[week_of(came.date(), first)].append((at - came).total_seconds() / 3600)
    found = []
    for week, hours in weeks.items():
        half = most = None
        if len(hours) >= MIN_LATENCY:
            half, most = (float(one) for one in np.quantile(hours, (0.5, 0.9)))
        found.append(Waited(week, len(hours), half, most))
    return found


def by_week(first: date) -> dict[date, list[float]]:
    """Nothing yet in each of the weeks that are shown."""
    return {first + timedelta(days=i): [] for i in range(0, DAYS, 7)}


def week_of(day: date, first: date) -> date:
    """First day of the week, counted from the first day that is shown."""
    return first + timedelta(days=(day - first).days // 7 * 7)


def plots(found: Figures, page: Console) -> dict[str, Markup]:
    """A picture of each that has one; what it shows also stands in a table beside it."""

    def drawn(key: str, columns: Iterable[Bar], line: float | None = None) -> Markup:
        return bars(list(columns), page.plain(f"figures.{key}"), line)

    return {
        "volume": drawn("volume", (Bar(str(day), (number,)) for day, number in found.volume)),
        "decisions": drawn("decisions", (Bar(str(day), said) for day, said in found.decisions)),
        "drift": drawn(
            "drift", (Bar(str(one.week), (one.index or 0.0,)) for one in found.drift), MOVED
        ),
        "latency": drawn("latency", (Bar(str(one.week), one.parts) for one in found.latency)),
    }
