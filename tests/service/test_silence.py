"""A database that hangs: nobody waits for it longer than is promised, and nothing piles up."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from service import request_ids
from service.errors import StoreUnavailable
from service.store import Database
from service.store import database as databases
from service.store import silence as silences

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
