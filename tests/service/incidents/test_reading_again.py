"""Another bundle reads the examples of live incidents again: no caller waits for it, none that goes
takes it with them, and nothing is read twice."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.inference import Logits
from models.rendering import Rendered
from service.answering import Beside
from service.app import create_app
from service.engine import Engine
from service.incidents import live, registry
from service.incidents.learning import numbers_of
from service.runtime import Runtime, opened_store
from service.settings import Settings
from service.store.base import now
from tests.live import WAIT_S, until
from tests.service.incidents.scene import HOTELS, KEY, THAI, Placing, engine_of, put, service


class Slow(Placing):
    """Reads examples when the gate is open, all else at once; its scores differ."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.at_examples = threading.Event()
        self.asked: Counter[str] = Counter()
        self.fails_at: str | None = None

    def logits(self, rendered: Rendered) -> Logits:
        self.asked[rendered.text] += 1
        if "hotel" in rendered.text.lower():
            self.at_examples.set()
            assert self.open.wait(WAIT_S)
        if rendered.text == self.fails_at:
            raise ValueError
        said = super().logits(rendered)
        kind = said.kind.copy()
        kind[0] = len(rendered.text) % 7
        return replace(said, kind=kind)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'lurewatch.db'}"


def settings_of(folder: Path, workers: int = 2) -> Settings:
    return Settings(database=url(folder), secret_key=KEY, workers=workers)


@pytest.fixture
def put_before(tmp_path: Path) -> Path:
    """A database with an incident whose examples another bundle read."""
    with service(url(tmp_path), "older") as client:
        assert put(client).status_code == 201
    return tmp_path


def result(client: TestClient) -> Any:
    return client.post("/v1/score", json={"ads": [{"text": THAI}]}).json()["results"][0]


def matched(found: Any) -> list[str]:
    return [one["name"] for one in found["incidents"] if one["matched"]]


def test_the_old_bundle_answers_while_the_new_one_reads(put_before: Path) -> None:
    slow, begun = Slow(), list[Engine]()

    def start(settings: Settings) -> Engine:
        made = engine_of(settings, "newer", slow) if begun else engine_of(settings, "older")
        begun.append(made)
        return made

    app = create_app(settings_of(put_before), start)
    with TestClient(app) as client, ThreadPoolExecutor(1) as pool:
        reload = pool.submit(client.post, "/v1/model/reload")
        try:
            assert slow.at_examples.wait(WAIT_S)
            found = result(client)
            assert (found["model"], found["degraded"], matched(found)) == ("older", [], ["hotels"])
            assert not reload.done()
        finally:
            slow.open.set()
        assert reload.result().status_code == 200, reload.result().text
        found = result(client)
        assert (found["model"], found["degraded"], matched(found)) == ("newer", [], ["hotels"])
    assert all(slow.asked[text] == 1 for text in HOTELS)


def test_a_start_that_takes_too_long_serves_without_and_says_so(
    put_before: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "PREPARE_S", 0.0)
    monkeypatch.setattr(live, "PATIENCE_S", 0.0)
    slow = Slow()
    # An ad that comes after the examples has a thread all the same.
    settings = settings_of(put_before, workers=len(HOTELS) + 1)
    app = create_app(settings, lambda told: engine_of(told, "newer", slow))
    with TestClient(app) as client:
        try:
            found = result(client)
            assert (found["degraded"], matched(found)) == (["incidents"], [])
            assert "the look for incidents takes long" in caplog.text
        finally:
            slow.open.set()
        monkeypatch.setattr(live, "PATIENCE_S", WAIT_S)
        until(lambda: (found := result(client))["degraded"] == [] and matched(found) == ["hotels"])
    assert all(slow.asked[text] == 1 for text in HOTELS)


@contextmanager
def opened(folder: Path, slow: Placing) -> Iterator[Runtime]:
    settings = settings_of(folder)
    engine = engine_of(settings, "newer", slow)
    with opened_store(settings) as (database, vault), closing(engine.scorer):
        yield Runtime(settings, engine, database, vault)


def test_callers_who_go_take_no_look_with_them(put_before: Path) -> None:
    async def scenario(runtime: Runtime) -> None:
        async with asyncio.timeout(WAIT_S):
            for _ in range(5):
                caller = asyncio.create_task(Beside.of(runtime, None))
                await asyncio.to_thread(slow.at_examples.wait, WAIT_S)
                caller.cancel()
                await asyncio.wait({caller})
            hurried = await Beside.of(runtime, until=time.perf_counter())
            assert hurried.stale
            assert hurried.compare is None
            slow.open.set()
            while (found := await Beside.of(runtime, None)).stale:
                await asyncio.sleep(0.01)
            assert found.compare is not None

    slow = Slow()
    with opened(put_before, slow) as runtime:
        try:
            asyncio.run(scenario(runtime))
        finally:
            slow.open.set()
    assert all(slow.asked[text] == 1 for text in HOTELS), "it was begun once, and not anew"


def test_what_was_read_again_stays_read(
    put_before: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "READ_AT_ONCE", 2)

    async def scenario(runtime: Runtime) -> None:
        await live.look_again(runtime)
        assert runtime.incidents.stale
        assert len(runtime.incidents.read_again) == 2
        slow.fails_at = None
        await live.look_again(runtime)
        assert not runtime.incidents.stale

    slow = Slow()
    slow.open.set()
    slow.fails_at = HOTELS[2]
    with opened(put_before, slow) as runtime:
        asyncio.run(scenario(runtime))
    assert [slow.asked[text] for text in HOTELS[:2]] == [1, 1]
    assert "incidents not looked up" in caplog.text


def test_what_a_look_forgets_meanwhile_is_still_shown(
    put_before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An incident is shown, its examples being read again, when a look finds it put anew."""

    async def scenario(runtime: Runtime) -> None:
        async def forgotten(*given: Any) -> Any:
            found = await numbers_of(*given)
            runtime.incidents.read_again = {}
            return found

        monkeypatch.setattr(live, "numbers_of", forgotten)
        kept = await runtime.database.read(registry.live, now())
        found = await live.wordings_of(runtime.engine, runtime.vault, kept, runtime.incidents)
        assert len(found["hotels"].examples) == len(HOTELS)

    monkeypatch.setattr(live, "READ_AT_ONCE", 2)
    with opened(put_before, Placing()) as runtime:
        asyncio.run(scenario(runtime))


def test_a_defect_is_nobodys_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*given: Any) -> None:
        raise ZeroDivisionError

    with service(url(tmp_path)) as client:
        put(client)
        monkeypatch.setattr(live, "refresh", broken)
        client.app.state.runtime().incidents.next_look = 0.0  # type: ignore[attr-defined]
        found = result(client)
    assert (found["degraded"], matched(found)) == (["incidents"], ["hotels"])
