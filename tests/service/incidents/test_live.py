"""A change is live on every process within a second, and no answer waits for a database."""

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from service.errors import StoreUnavailable
from service.incidents import live, registry
from service.store import Database
from tests.service.incidents.scene import HOTELS, PARCELS, THAI, matched, matches, put, service


def eventually(client: TestClient, expected: list[str]) -> float:
    """Seconds until a text is answered so."""
    began = time.monotonic()
    while matched(client, THAI) != [expected]:
        assert time.monotonic() - began < 30, "it never came"
        time.sleep(0.02)
    return time.monotonic() - began


def test_another_process_sees_a_change(database_url: str) -> None:
    """How soon is not measured here: machines are busy."""
    with service(database_url) as one, service(database_url) as other:
        assert matched(one, THAI) == matched(other, THAI) == [[]]
        put(one)
        assert matched(one, THAI) == [["hotels"]], "at once where it was put"
        eventually(other, ["hotels"])
        put(other, examples=[PARCELS])
        eventually(one, [])
        put(one, "again")
        eventually(other, ["again"])
        assert one.delete("/v1/incidents/again").status_code == 204
        eventually(other, [])


def url(folder: Path) -> str:
    """A database of its own."""
    return f"sqlite:///{folder / 'lurewatch.db'}"


def test_nobody_looks_twice_in_half_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    refresh = live.refresh

    async def counted(*given: Any) -> None:
        looks.append(time.monotonic())
        await refresh(*given)

    monkeypatch.setattr(live, "refresh", counted)
    with service(url(tmp_path)) as client:
        for _ in range(5):
            matches(client, THAI)
    assert looks
    assert all(later - earlier >= live.EVERY_S for earlier, later in pairwise(looks))


def test_without_the_database_the_incidents_of_before_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*given: Any) -> None:
        raise StoreUnavailable("away")

    with service(url(tmp_path)) as client:
        put(client)
        monkeypatch.setattr(live, "refresh", away)
        monkeypatch.setattr(live, "EVERY_S", 0.0)
        client.app.state.runtime().incidents.next_look = 0.0  # type: ignore[attr-defined]
        assert matched(client, THAI) == [["hotels"]]
        assert "incidents not looked up" in caplog.text


def test_another_bundle_reads_the_examples_again(tmp_path: Path) -> None:
    with service(url(tmp_path), "older") as one:
        put(one)
    with service(url(tmp_path), "newer") as other:
        assert matched(other, THAI) == [["hotels"]]
        state = other.app.state.runtime().incidents  # type: ignore[attr-defined]
        assert len(state.read_again) == len(HOTELS)
        assert other.delete("/v1/incidents/hotels").status_code == 204
        assert matched(other, THAI) == [[]]
        assert state.read_again == {}


def test_a_change_amid_a_look_is_seen_by_the_next(database_url: str) -> None:
    """An incident that is replaced between the two questions of a look is not taken for read: its
    revision is the old one, whatever its examples are."""
    made = Database(database_url)
    asked: list[str] = []
    done: list[Any] = []

    with service(database_url) as client:
        put(client)

        def replaced(*given: Any) -> None:
            asked.extend([given[2]] if given[2].startswith("SELECT") else [])
            if len(asked) == 1 and not done:
                done.append(put(client, examples=[PARCELS]))

        event.listen(made.engine, "after_cursor_execute", replaced)
        ((amid, _),) = made.read_now(registry.load, ["hotels"])
        ((after, examples),) = made.read_now(registry.load, ["hotels"])
    made.close()
    assert len(asked) == 4
    assert done
    assert amid.revision != after.revision
    assert len(examples) == 1
