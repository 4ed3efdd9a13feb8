"""A database that hangs: nobody waits for it longer than is promised, and nothing piles up."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session

from service import request_ids
from service.errors import MaybeDone, StoreUnavailable
from service.store import Database
from service.store import database as databases
from service.store import silence as silences
from service.store.base import now
from service.store.silence import Silence
from service.store.tables import Campaign
from tests.postgresql import new_database

THREADS = 2


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(databases, "LOOK_S", 0.05)
    monkeypatch.setattr(silences, "SILENT_S", 0.3)
    made = Database(f"sqlite:///{tmp_path / 'lurewatch.db'}", threads=THREADS)
    made.migrate()
    yield made
    made.close()


async def asked(database: Database, work: threading.Event, done: list[int]) -> float:
    """Seconds that a request waits in vain for work that begins, and ends with the event."""

    def hang(_: Session) -> None:
        done.append(1)
        work.wait(60)

    began = time.monotonic()
    with request_ids.used("a request"), pytest.raises(StoreUnavailable, match="does not answer"):
        await database.read(hang)
    return time.monotonic() - began


def test_requests_give_up_and_what_never_began_is_dropped(database: Database) -> None:
    async def run() -> None:
        gate, begun = threading.Event(), list[int]()
        try:
            waits = await asyncio.gather(*(asked(database, gate, begun) for _ in range(9)))
            assert 0.2 < max(waits) < databases.PATIENCE_S / 2, "silence is noticed sooner"
            assert database.is_silent()
            assert await asked(database, gate, begun) < 0.2, "now nobody waits"
            beside = asyncio.create_task(database.read(lambda _: "a job waits"))
        finally:
            gate.set()
        assert await beside == "a job waits"
        assert not database.is_silent()
        with request_ids.used("another"):
            assert await database.read(lambda _: "well again") == "well again"
        assert len(begun) == THREADS

    asyncio.run(run())


def test_one_that_takes_long_while_others_are_answered_has_its_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with request_ids.used("a request"):
            slow = asyncio.create_task(database.read(lambda _: time.sleep(0.8)))
            while not slow.done():
                assert await database.read(lambda _: "quick") == "quick"
                await asyncio.sleep(0.05)
            await slow
            monkeypatch.setattr(databases, "PATIENCE_S", 0.2)
            with pytest.raises(StoreUnavailable):
                await database.read(lambda _: time.sleep(0.5))

    asyncio.run(run())


def test_what_was_begun_is_finished_though_its_caller_went(database: Database) -> None:
    async def run() -> None:
        begun, done = threading.Event(), threading.Event()

        def work(_: Session) -> None:
            begun.set()
            time.sleep(0.2)
            done.set()

        task = asyncio.create_task(database.write(work))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await asyncio.to_thread(done.wait, 60)

    asyncio.run(run())


async def written_in_vain(database: Database, work: Callable[[Session], None]) -> StoreUnavailable:
    """What a request hears that waits too long for its work to be written."""
    with request_ids.used("a request"), pytest.raises(StoreUnavailable) as caught:
        await database.write(work)
    return caught.value


def campaigns(database: Database) -> int:
    return database.read_now(lambda session: len(session.scalars(select(Campaign)).all()))


def test_what_a_request_waited_for_in_vain_is_not_written_later(database: Database) -> None:
    """The database is locked, as by a backup; then it is free, and the work runs to its end."""
    ended = threading.Event()

    def work(session: Session) -> None:
        try:
            session.add(Campaign(id="cam_1", ads=1, first_seen=now(), last_seen=now()))
            session.flush()
        finally:
            ended.set()

    async def run() -> None:
        with database.engine.connect() as other, other.begin():
            told = await written_in_vain(database, work)
            assert not isinstance(told, MaybeDone), "it may be sent again"
            assert not ended.is_set()
        assert await asyncio.to_thread(ended.wait, 60)

    asyncio.run(run())
    database.close()  # what was begun is at its end
    assert campaigns(database) == 0


def test_a_commit_that_hangs_may_have_been_done_and_says_so(database: Database) -> None:
    gate, begun = threading.Event(), threading.Event()

    def hang(_: Connection) -> None:
        begun.set()
        gate.wait(60)

    def work(session: Session) -> None:
        session.add(Campaign(id="cam_1", ads=1, first_seen=now(), last_seen=now()))

    async def run() -> None:
        try:
            told = await written_in_vain(database, work)
        finally:
            gate.set()
        assert isinstance(told, MaybeDone)
        assert begun.is_set()

    event.listen(database.engine, "commit", hang)
    asyncio.run(run())
    database.close()
    event.remove(database.engine, "commit", hang)
    assert campaigns(database) == 1


def test_a_connection_that_breaks_while_it_commits_may_have_committed(postgresql: str) -> None:
    made = Database(new_database(postgresql))
    made.migrate()

    def cut(session: Session) -> None:
        """The server ends the connection just before it is asked to commit."""
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        event.listen(session.connection(), "commit", lambda _: made.read_now(end, pid))

    def end(session: Session, pid: int) -> None:
        session.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})

    with pytest.raises(MaybeDone):
        made.write_now(cut)
    with pytest.raises(StoreUnavailable) as caught:  # before that it is certain
        made.write_now(
            lambda session: (
                made.read_now(end, session.scalar(text("SELECT pg_backend_pid()")))
                or session.execute(text("SELECT 1"))
            )
        )
    assert not isinstance(caught.value, MaybeDone)
    made.close()


def test_one_that_fails_late_says_no_more_than_one_that_waits(database: Database) -> None:
    """Connections that are not made in time, one after the other, while the database hangs."""

    async def run() -> None:
        gate = threading.Event()

        def fail_late(_: Session) -> None:
            time.sleep(2 * silences.SILENT_S)
            raise StoreUnavailable("no connection was made in time")

        try:
            first = asyncio.create_task(asked(database, gate, []))
            late = asyncio.create_task(database.read(fail_late))  # a job, which waits
            await first
            with pytest.raises(StoreUnavailable, match="in time"):
                await late
            assert database.is_silent(), "nobody was answered"
            assert await asked(database, gate, []) < 0.2, "nobody waits anew"
        finally:
            gate.set()
        assert await database.read(lambda _: "a job is answered") == "a job is answered"
        assert not database.is_silent()

    asyncio.run(run())


def test_one_that_fails_at_once_is_an_answer() -> None:
    moments = iter([0.0, 1.0, 2.0, 3.0, 3.5])
    silence = Silence(clock=lambda: next(moments))
    waiting = silence.ask()
    refused = silence.ask()
    silence.fail(refused)  # "connection refused": it is away, and says so
    assert not silence.lasts(), "who waits had asked before that"
    silence.forget(waiting)


def test_who_failed_late_counts_until_somebody_is_answered() -> None:
    moments = iter([0.0, 1.0, 9.0, 9.1, 9.2, 9.3, 9.4])
    silence = Silence(clock=lambda: next(moments))
    silence.fail(silence.ask())
    assert silence.lasts(), "asked at 1, told at 9 that there is no answer"
    silence.hear(silence.ask())
    assert not silence.lasts()


def test_what_was_told_late_does_not_count_for_ever() -> None:
    """A process of which nobody asks a silent database would never hear that it is back."""
    moments = iter([0.0, 1.0, 9.0, 9.0 + silences.TOLD_S - 0.1, 9.0 + silences.TOLD_S])
    silence = Silence(clock=lambda: next(moments))
    silence.fail(silence.ask())
    assert silence.lasts()
    assert not silence.lasts(), "whoever comes now asks"


def test_work_that_fails_late_was_answered(database: Database) -> None:
    async def run() -> None:
        def refuse(_: Session) -> None:
            time.sleep(2 * silences.SILENT_S)
            raise LookupError("no such row")

        with pytest.raises(LookupError):
            await database.read(refuse)
        assert not database.is_silent()

    asyncio.run(run())
