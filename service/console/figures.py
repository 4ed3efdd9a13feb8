"""Figures of the work: how much came, what was decided, how far reviewers agree, what appeals took
back, whether scores move, how long ads wait. Counted from what is kept now; older rows are gone.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeVarTuple

import numpy as np
from markupsafe import Markup
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.intervals import wilson
from models.labels import KINDS
from models.stability import MIN_TEXTS, MOVED, by_chance, stability_index
from service.console.context import Console
from service.console.plots import Bar, bars
from service.settings import Settings
from service.store.tables import Feedback, StoredAd

Parts = TypeVarTuple("Parts")

DAYS = 28
"""Days that are shown, today included; as many as make whole weeks."""

AT_ONCE = 1_000
"""Rows that are read at once."""

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
    """Of the last :data:`DAYS` days (UTC). The database counts; what it cannot comes some rows
    at a time, of which a number each is kept."""
    first = moment.date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), moment.tzinfo)
    days = [first + timedelta(days=i) for i in range(DAYS)]
    return Figures(
        volume=volume(session, since, days),
        decisions=decisions(session, since, days),
        agreement=agreement(session, since),
        appeals=appeals(session, since),
        drift=drift(session, since, first),
        latency=latency(session, since, first),
    )


def streamed(session: Session, wanted: "Select[*Parts]") -> "Iterable[Row[*Parts]]":
    """Rows, :data:`AT_ONCE` at a time."""
    return session.execute(wanted.execution_options(yield_per=AT_ONCE))


def day_of(session: Session, column: InstrumentedAttribute[datetime]) -> ColumnElement[str]:
    """Day (UTC) of a moment, as ISO 8601 has it."""
    if session.get_bind().dialect.name == "sqlite":  # keeps moments in UTC, without saying so
        return func.date(column)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD")


def volume(session: Session, since: datetime, days: Sequence[date]) -> list[tuple[date, int]]:
    """Ads that came into the queue."""
    day = day_of(session, StoredAd.created_at)
    rows = session.execute(
        select(day, func.count())
        .where(StoredAd.queue.is_not(None), StoredAd.created_at >= since)
        .group_by(day)
    )
    came = {name: number for name, number in rows}
    return [(one, came.get(one.isoformat(), 0)) for one in days]


def decisions(
    session: Session, since: datetime, days: Sequence[date]
) -> list[tuple[date, tuple[int, ...]]]:
    """Words on ads of the queue; appeals and samples are none."""
    day = day_of(session, Feedback.created_at)
    rows = session.execute(
        select(day, Feedback.kind, func.count())
        .where(
            Feedback.created_at >= since,
            Feedback.origin.in_(("review", "second_review", "campaign")),
        )
        .group_by(day, Feedback.kind)
    )
    counted = {(name, kind): number for name, kind, number in rows}
    return [(one, tuple(counted.get((one.isoformat(), kind), 0) for kind in KINDS)) for one in days]


def agreement(session: Session, since: datetime) -> Share:
    """Of ads that several reviewers judged: how often all gave the same kind, by the latest word of
    each. Decisions on whole campaigns are left out: they were not given one by one."""
    one_by_one = Feedback.origin.in_(("review", "second_review"))
    several = (
        select(Feedback.about)
        .where(Feedback.created_at >= since, one_by_one)
        .group_by(Feedback.about)
        .having(func.count(Feedback.reviewer.distinct()) > 1)
    )
    rows = streamed(
        session,
        select(Feedback.about, Feedback.reviewer, Feedback.kind)
        .where(Feedback.about.in_(several), one_by_one)
        .order_by(Feedback.about, Feedback.created_at, Feedback.id),
    )
    same = ads = 0
    for _, own in groupby(rows, key=lambda row: row.about):
        ads += 1
        same += len(set({row.reviewer: row.kind for row in own}.values())) == 1
    return Share(same, ads)


def appeals(session: Session, since: datetime) -> Share:
    """Of ads whose decision was appealed: how often the last word took it back."""
    rows = streamed(
        session,
        select(Feedback.about, Feedback.overturned)
        .where(Feedback.created_at >= since, Feedback.overturned.is_not(None))
        .order_by(Feedback.about, Feedback.created_at, Feedback.id),
    )
    last = [[row.overturned for row in own][-1] for _, own in groupby(rows, lambda row: row.about)]
    return Share(sum(last), len(last))


def drift(session: Session, since: datetime, first: date) -> list[Moved]:
    """By week. Only scores of ads that came into the queue are kept, so this tells of those."""
    weeks = by_week(first)
    rows = streamed(
        session,
        select(StoredAd.created_at, StoredAd.score).where(
            StoredAd.queue.is_not(None), StoredAd.created_at >= since
        ),
    )
    for came, score in rows:
        weeks[week_of(came.date(), first)].append(score)
    reference: array[float] | None = None
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
    rows = streamed(
        session,
        select(StoredAd.created_at, spoken.c.at)
        .join(spoken, spoken.c.ad == StoredAd.id)
        .where(StoredAd.queue.is_not(None), StoredAd.created_at >= since),
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


def by_week(first: date) -> dict[date, "array[float]"]:
    """Nothing yet in each of the weeks that are shown: 8 bytes for each number to come."""
    return {first + timedelta(days=i): array("d") for i in range(0, DAYS, 7)}


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
