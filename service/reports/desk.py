"""Reports in the database: taken, added to, withdrawn, listed. Work of a session, to be run by
:class:`service.store.Database`; everything comes here sealed and hashed already."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import UnknownId
from service.store.base import new_id
from service.store.tables import Report, ReportMark, ReportPart, StoredAd

MARKED = timedelta(days=2)
"""From the midnight before something was done: a day at least in which the same may come again."""

MAX_BYTES = 2**20
"""Of a report with its additions, sealed: whoever reads is given whole reports, many at once."""


class Full(Exception):
    """A report holds as much as one may."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was said at once, ready to be kept."""

    sealed: bytes
    day: datetime
    """Midnight before it came."""

    expires_at: datetime
    ad: str | None
    """Our id of the ad it names, which may be none."""

    campaign: str | None
    """Of the offer that was pasted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports, and how many."""

    since: date | None = None
    """That came, or were added to, on this day or later."""

    campaign: str | None = None
    after: tuple[date, str] | None = None
    """Day and id of the last one that is known."""

    limit: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A report with its parts, in order."""

    report: Report
    parts: list[ReportPart]


def midnight(day: date) -> datetime:
    """Its first moment, UTC."""
    return datetime.combine(day, time(), UTC)


def part_of(
    sealed: bytes, moment: datetime, keep_days: int, ad: str | None = None,
    campaign: str | None = None,
) -> Part:  # fmt: skip
    """A part that came at a moment, of which the day alone is kept."""
    day = midnight(moment.date())
    return Part(sealed, day, day + timedelta(days=keep_days), ad, campaign)


def take(session: Session, code: str, part: Part) -> None:
    """Keep a new report under the hash of its code. One that came before, as its code says, is kept
    once, and not again where it was withdrawn meanwhile."""
    report = Report(id=new_id("rep"), code=code, day=part.day, expires_at=part.expires_at)
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        return
    if session.get(ReportMark, code) is not None:
        session.delete(report)
        return
    attach(session, report, part)


def add(session: Session, code: str, part: Part, mark: str | None = None) -> None:
    """Add to a report, which is kept longer for it; once only what comes under the same ``mark``.
    Raises :class:`~service.errors.UnknownId`, or :class:`Full`."""
    report = session.scalar(select(Report).where(Report.code == code).with_for_update())
    if report is None:
        raise UnknownId("report")
    if mark is not None:  # nobody else adds meanwhile: the report is locked
        if session.get(ReportMark, mark) is not None:
            return
        session.add(ReportMark(id=mark, expires_at=part.day + MARKED))
    held = select(func.sum(func.length(ReportPart.sealed))).where(ReportPart.report == report.id)
    if (session.scalar(held) or 0) + len(part.sealed) > MAX_BYTES:
        raise Full
    report.expires_at = max(report.expires_at, part.expires_at)
    attach(session, report, part)


def attach(session: Session, report: Report, part: Part) -> None:
    """The part, and the links that it gives where there are none yet."""
    session.add(ReportPart(report=report.id, sealed=part.sealed, day=part.day))
    named = select(StoredAd.id, StoredAd.campaign).where(StoredAd.id == part.ad)
    ad, campaign = session.execute(named).one_or_none() or (None, None)
    report.ad = report.ad or ad
    report.campaign = report.campaign or campaign or part.campaign


def withdraw(session: Session, code: str, moment: datetime) -> None:
    """Delete a report by its code. One that was withdrawn lately is: whoever did not hear of it
    asks again. Raises :class:`~service.errors.UnknownId`."""
    if erased(session, Report.code == code):
        session.add(ReportMark(id=code, expires_at=midnight(moment.date()) + MARKED))
    elif session.get(ReportMark, code) is None:
        raise UnknownId("report")


def remove(session: Session, report_id: str) -> None:
    """Delete a report by its id. Raises :class:`~service.errors.UnknownId`."""
    if not erased(session, Report.id == report_id):
        raise UnknownId("report")


def erased(session: Session, which: ColumnElement[bool]) -> bool:
    """Delete one, if there is one; its parts go with it."""
    return session.scalar(delete(Report).where(which).returning(Report.id)) is not None


def one(session: Session, report_id: str) -> Found:
    """A report by its id. Raises :class:`~service.errors.UnknownId`."""
    report = session.get(Report, report_id)
    if report is None:
        raise UnknownId("report")
    return with_parts(session, [report])[0]


def listed(session: Session, wanted: Wanted) -> list[Found]:
    """The oldest first."""
    query = select(Report).order_by(Report.day, Report.id).limit(wanted.limit)
    if wanted.since is not None:
        recent = select(ReportPart.report).where(ReportPart.day >= midnight(wanted.since))
        query = query.where(Report.id.in_(recent))
    if wanted.campaign is not None:
        query = query.where(Report.campaign == wanted.campaign)
    if wanted.after is not None:
        day, report_id = midnight(wanted.after[0]), wanted.after[1]
        that_day = and_(Report.day == day, Report.id > report_id)
        query = query.where(or_(Report.day > day, that_day))
    return with_parts(session, session.scalars(query).all())


def with_parts(session: Session, reports: Sequence[Report]) -> list[Found]:
    """Each with what was said, in the order in which it came."""
    query = select(ReportPart).where(ReportPart.report.in_([report.id for report in reports]))
    parts: dict[str, list[ReportPart]] = defaultdict(list)
    for part in session.scalars(query.order_by(ReportPart.id)):
        parts[part.report].append(part)
    return [Found(report, parts[report.id]) for report in reports]
