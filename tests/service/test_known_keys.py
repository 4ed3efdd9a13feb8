"""Scoring asks the database for a key every few seconds, not every time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from service import access
from service.access import Caller, Scope
from service.known_keys import FRESH_S, KnownKeys
from service.store import Database
from service.store.base import now
from tests.live import Service
from tests.service.observing.scene import lose_database


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """Asks for keys, and has our clock."""
    with TestClient(Service(data_dir=tmp_path, authentication="on").app) as client:
        runtime_behind(client).known_keys.clock = clock
        yield client


def runtime_behind(client: TestClient) -> Any:
    return client.app.state.runtime()  # type: ignore[attr-defined]


def made(client: TestClient, *scopes: Scope) -> tuple[str, str]:
    """Id and key."""
    database: Database = runtime_behind(client).database
    return database.write_now(access.add, "tests", scopes)


def score(client: TestClient, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    ad = {"ads": [{"text": "Free visa"}]}
    return client.post("/v1/score", json=ad, headers=headers).status_code


def test_a_key_is_read_once_in_a_while(client: TestClient, clock: Clock) -> None:
    _, key = made(client, Scope.SCORE)
    read: list[str] = []
    engine = runtime_behind(client).database.engine

    def reading(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "api_keys" in statement:
            read.append(statement)

    event.listen(engine, "before_cursor_execute", reading)
    assert [score(client, key) for _ in range(5)] == [200] * 5
    assert len(read) == 1
    clock.s = FRESH_S
    assert score(client, key) == 200
    assert len(read) == 2


def test_a_revoked_key_scores_no_longer_than_it_is_remembered(
    client: TestClient, clock: Clock
) -> None:
    key_id, key = made(client, Scope.SCORE, Scope.ADMIN)
    assert score(client, key) == 200
    assert runtime_behind(client).database.write_now(access.revoke, key_id)
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/webhooks", headers=headers).status_code == 401, "that asks each time"
    clock.s = FRESH_S
    assert score(client, key) == 401


def test_what_scored_just_now_scores_without_the_database(client: TestClient, clock: Clock) -> None:
    (_, seen), (_, never_seen) = made(client, Scope.SCORE), made(client, Scope.SCORE)
    assert score(client, seen) == 200
    lose_database(client)
    assert (score(client, seen), score(client, never_seen)) == (200, 503)
    clock.s = FRESH_S
    assert score(client, seen) == 503


def test_a_key_that_is_wrong_stays_wrong_and_a_new_one_is_good_at_once(client: TestClient) -> None:
    _, other = made(client, Scope.REVIEW)
    assert [score(client, key) for key in ("lw_wrong", other, other)] == [401, 403, 403]
    assert score(client, made(client, Scope.SCORE)[1]) == 200


def test_it_ends_when_it_ends() -> None:
    known = KnownKeys()
    scopes = frozenset({Scope.SCORE})
    known.put("a", Caller("key_a", scopes, now() - timedelta(seconds=1)), known.clock())
    known.put("b", Caller("key_b", scopes, now() + timedelta(hours=1)), known.clock())
    assert known.get("a") is None
    assert known.get("b") is not None


def test_it_knows_so_many_and_no_more() -> None:
    known = KnownKeys(most=2)
    for name in "abc":
        known.put(name, Caller(f"key_{name}", frozenset({Scope.SCORE})), known.clock())
    assert [known.get(name) is not None for name in "abc"] == [False, True, True]
