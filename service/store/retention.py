"""Deletes what has expired, a little at a time, so that nobody waits long for the database.

Rows that expire say when themselves. Messages to webhooks are kept as long after their end as
answers are, campaigns and what their ads share as long after the last ad as the settings say. A
submission without an answer, and a message that is still to be sent, never expire. An ad whose
answer stands in one of those outlasts its own time, without its text: erasing finds the answer only
by it. While the clock is not to be trusted (:mod:`service.store.leap`) nothing is deleted.
"""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    LargeBinary,
    delete,
    exists,
    func,
    inspect,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from service.background import Job, jittered, unless_stopped
from service.settings import Settings
from service.store.base import Base, now
from service.store.database import BUSY_S, Database
from service.store.leap import DAY, Leaps, last_written
from service.store.tables import (
    AuditEntry,
    Campaign,
    CampaignHour,
    CampaignKey,
    CampaignTemplate,
    Delivery,
    Feedback,
    Incident,
    Report,
    ReportMark,
    StoredAd,
    Submission,
)

BATCH = 1000
"""Rows of a table that one transaction deletes."""

BATCH_BYTES = 8 * 2**20
"""What is sealed in them, together: results of 256 ads are a megabyte, and SQLite writes over every
byte while all others wait."""

PAUSE_S = 0.15
"""Between two transactions: who waits for SQLite looks ten times a second whether it is free."""

EVERY_S = 3600.0
"""Time between two rounds, on average: every process of an installation draws its own, so that
they do not all come at once."""

TIDY_WAIT_MS = 1000
"""How long tidying up on SQLite waits for others."""

TIDY_PAGES = 10_000
"""Pages that it gives back at once, 40 MB; others may write before the next ones."""

log = logging.getLogger(__name__)


def expired(settings: Settings, moment: datetime) -> dict[type[Base], ColumnElement[bool]]:
    """Which rows of each table have had their time. Tables that are not named here keep theirs
    until somebody deletes them: keys and webhook endpoints; what belongs to a report,
    a campaign, a template or an incident goes with it."""
    results = moment - timedelta(hours=settings.keep_results_hours)
    campaigns = moment - timedelta(days=settings.keep_campaign_days)
    ended = func.coalesce(Delivery.delivered_at, Delivery.due_at)
    return {
        Submission: (Submission.expires_at <= moment) & (Submission.state != "queued"),
        Delivery: (ended <= results) & (Delivery.state != "pending"),
        StoredAd: (StoredAd.expires_at <= moment) & ~is_held(),
        Feedback: Feedback.expires_at <= moment,
        Report: Report.expires_at <= moment,
        ReportMark: ReportMark.expires_at <= moment,
        Incident: Incident.expires_at <= moment,
        AuditEntry: AuditEntry.expires_at <= moment,
        CampaignHour: CampaignHour.hour <= campaigns,
        CampaignKey: CampaignKey.last_seen <= campaigns,
        CampaignTemplate: CampaignTemplate.last_seen <= campaigns,
        Campaign: Campaign.last_seen <= campaigns,
    }


def is_held() -> ColumnElement[bool]:
    """Whether an ad's answer is still kept, be it in a message that may yet be sent or replayed."""
    return or_(
        exists().where(Submission.id == StoredAd.submission),
        exists().where(Delivery.submission == StoredAd.submission, Delivery.state != "delivered"),
    )


def drop_texts(session: Session, moment: datetime, batch: int = BATCH) -> int:
    """Take the text out of up to ``batch`` ads that have expired and are held; gives how many."""
    late = StoredAd.expires_at <= moment, StoredAd.content.is_not(None), is_held()
    ids = session.scalars(
        select(StoredAd.id).where(*late).limit(batch).with_for_update(skip_locked=True)
    ).all()
    session.execute(update(StoredAd).where(StoredAd.id.in_(ids)).values(content=None))
    return len(ids)


def prune(
    session: Session, settings: Settings, moment: datetime, batch: int = BATCH
) -> dict[str, int]:
    """Delete up to ``batch`` expired rows of every table, and no more once they hold
    :data:`BATCH_BYTES`; gives how many, by table. Nothing is left when all are 0. Rows that another
    transaction holds are left for the next time."""
    done = {}
    for table, condition in expired(settings, moment).items():
        key = inspect(table).primary_key
        found = session.execute(
            select(sealed_bytes(table), *key)
            .where(condition)
            .limit(batch)
            .with_for_update(skip_locked=True)
        ).all()
        ids = within(map(tuple, found), BATCH_BYTES)
        these = key[0].in_([row[0] for row in ids]) if len(key) == 1 else tuple_(*key).in_(ids)
        result = session.execute(delete(table).where(these))
        assert isinstance(result, CursorResult)
        done[table.__tablename__] = result.rowcount
    return done


def sealed_bytes(table: type[Base]) -> ColumnElement[int]:
    """How large a row is, but for what is small in every row. Neither database reads the values for
    that."""
    large = [one for one in inspect(table).columns if isinstance(one.type, LargeBinary)]
    sizes = [func.coalesce(func.length(one), 0) for one in large]
    return sum(sizes, start=literal(0))


def within(found: Iterable[tuple[Any, ...]], room: int) -> list[tuple[Any, ...]]:
    """The first keys, until their rows have so many bytes; one that passes the bound is the last.

    >>> within([(3, "a"), (9, "b"), (1, "c")], 10)
    [('a',), ('b',)]
    """
    keys = []
    for size, *key in found:
        if room <= 0:
            break
        keys.append(tuple(key))
        room -= size
    return keys


async def prune_all(
    database: Database, settings: Settings, stop: asyncio.Event | None = None
) -> Counter[str]:
    """:func:`prune` and :func:`drop_texts` until nothing is left, or ``stop`` is set; then
    tidy up."""
    total: Counter[str] = Counter()
    moment = now()
    while stop is None or not stop.is_set():
        done = await database.write(prune, settings, moment)
        total.update(done)
        dropped = await database.write(drop_texts, moment)
        if not dropped and not any(done.values()):
            break
        await asyncio.sleep(PAUSE_S)
    await asyncio.to_thread(tidy, database)
    return total


def tidy(database: Database) -> None:
    """On SQLite, give room back, and empty the write-ahead log, in which deleted rows still stand.
    What others stand in the way of is left for the next time. PostgreSQL does both by itself
    (autovacuum)."""
    if not database.is_sqlite:
        return
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {TIDY_WAIT_MS}")
        with suppress(sqlite3.OperationalError):
            free, before = free_pages(cursor), None
            while free and free != before:  # it stays the same in files that older versions made
                # As a script: a statement alone stops after one page, a row without columns.
                cursor.executescript(f"PRAGMA incremental_vacuum({TIDY_PAGES})")
                free, before = free_pages(cursor), free
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
        cursor.close()
    finally:
        connection.close()


def free_pages(cursor: Any) -> int:
    """Of a SQLite file."""
    (found,) = cursor.execute("PRAGMA freelist_count").fetchall()
    return int(found[0])


def job(database: Database, settings: Settings) -> Job:
    """The round, once at the start and then about every :data:`EVERY_S` seconds."""

    leaps = Leaps()

    async def rounds(stop: asyncio.Event) -> None:
        while not stop.is_set():
            written = None
            if leaps.knows_nothing:
                written = await database.read(last_written, now() - DAY)
            if leaps.trusts(written):
                deleted = (await prune_all(database, settings, stop)).total()
                if deleted:
                    log.info("%d expired rows deleted", deleted, extra={"job": "retention"})
            else:
                log.warning("nothing deleted: the clock leapt forward", extra={"job": "retention"})
            await unless_stopped(stop, jittered(EVERY_S))

    return rounds
