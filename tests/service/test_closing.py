"""A service that stops while its database hangs: it ends, and nothing is half written."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service import background
from service.background import Background
from service.errors import StoreUnavailable
from service.store import Database
from service.store import database as databases
from service.store.base import now
from service.store.tables import Campaign
from tests.postgresql import new_database


def campaign(session: Session, mark: str) -> None:
    """Write one."""
    session.add(Campaign(id=f"cam_{mark}", ads=1, first_seen=now(), last_seen=now()))


@pytest.mark.parametrize("threads", [1, 3])
def test_a_query_without_an_answer_is_cut_off(
    postgresql: str, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """Also one that waits for its turn behind it."""
    monkeypatch.setattr(databases, "CLOSING_S", 0.3)
    url = new_database(postgresql)
    made = Database(url, threads=threads)
    made.migrate()
    begun = threading.Event()

    def hang(session: Session) -> None:
        campaign(session, "never")
        session.flush()
        begun.set()
        session.execute(text("SELECT pg_sleep(600)"))

    async def run() -> float:
        hanging = asyncio.create_task(made.write(hang))
        await asyncio.to_thread(begun.wait, 30)
        behind = asyncio.create_task(made.read(lambda session: session.scalar(select(1))))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await asyncio.to_thread(made.close)
        took = time.monotonic() - began
        with pytest.raises(StoreUnavailable):
            await hanging
        assert (await asyncio.gather(behind, return_exceptions=True))[0] is not None
        return took

    assert asyncio.run(run()) < 60, "it would have taken ten minutes"
    after = Database(url)
    assert after.read_now(lambda s: s.scalar(select(func.count()).select_from(Campaign))) == 0
    after.close()


def test_what_is_answered_soon_is_finished_before_it_closes(database: Database) -> None:
    begun = threading.Event()

    def slow(session: Session) -> str:
        begun.set()
        time.sleep(0.3)
        return str(session.scalar(select(1)))

    async def run() -> str:
        asked = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(begun.wait, 30)
        await asyncio.to_thread(database.close)
        return await asked

    assert asyncio.run(run()) == "1"


def test_a_job_that_cannot_leave_does_not_keep_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "LEAVING_S", 0.05)

    async def run() -> None:
        never = asyncio.Event()

        async def job(_: asyncio.Event) -> None:
            try:
                await never.wait()
            finally:
                await never.wait()  # a database that says nothing

        jobs = Background({"stuck": job})
        await asyncio.sleep(0)
        await asyncio.wait_for(jobs.close(patience_s=0.05), timeout=30)

    asyncio.run(run())
