"""What is done over the interface stands in the audit trail, written with what it tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from service import access
from service.__main__ import main
from service.access import Scope
from service.review import erasure
from service.store import Database
from service.store.tables import AuditEntry, Delivery, StoredAd, WebhookEndpoint
from tests.service.desk import KEY, SURE, score

HOOK = "/v1/webhooks/moderation"
ADDRESS = "http://127.0.0.1:9/quagga"
ELSEWHERE = "http://127.0.0.1:9/numbat"


def rows(database: Database) -> list[AuditEntry]:
    """The trail, the oldest row first."""
    query = select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)
    return database.read_now(lambda session: list(session.scalars(query)))


@contextmanager
def no_row_taken(database: Database) -> Iterator[None]:
    """The database refuses every row of the trail, as one that dies at that moment."""
    sqlite = (
        "CREATE TRIGGER no_row BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END",
        "DROP TRIGGER no_row",
    )
    other = (
        "ALTER TABLE audit ADD CONSTRAINT no_row CHECK (id IS NULL) NOT VALID",
        "ALTER TABLE audit DROP CONSTRAINT no_row",
    )
    begin, end = sqlite if database.is_sqlite else other
    database.write_now(lambda session: session.execute(text(begin)))
    try:
        yield
    finally:
        database.write_now(lambda session: session.execute(text(end)))


def test_who_changes_webhooks_is_told_without_addresses_and_secrets(
    client: TestClient, database: Database
) -> None:
    key_id, key = database.write_now(access.add, "night shift", [Scope.ADMIN])
    client.headers["Authorization"] = f"Bearer {key}"
    made = client.put(HOOK, json={"url": ADDRESS})
    answers = [
        made,
        client.put(HOOK, json={"url": ELSEWHERE}),
        client.post(f"{HOOK}/secret"),
        client.post(f"{HOOK}/enable"),
        client.post(f"{HOOK}/replay"),
        client.delete(HOOK),
    ]
    del client.headers["Authorization"]
    assert all(answer.is_success for answer in answers)
    found = rows(database)
    assert [row.action for row in found] == [
        "webhook_made", "webhook_changed", "webhook_rotated", "webhook_enabled",
        "webhook_replayed", "webhook_removed",
    ]  # fmt: skip
    assert {row.key for row in found} == {key_id}
    assert [row.request_id for row in found] == [one.headers["X-Request-ID"] for one in answers]
    told = str([row.detail for row in found])
    for secret in ("quagga", "numbat", made.json()["secret"], answers[2].json()["secret"]):
        assert secret not in told
    assert found[0].detail == {"webhook": "moderation"}


def test_what_is_refused_is_not_told(client: TestClient, database: Database) -> None:
    assert client.post(f"{HOOK}/secret").status_code == 404
    assert client.delete(HOOK).status_code == 404
    assert rows(database) == []


def test_nothing_is_done_that_cannot_be_told(client: TestClient, database: Database) -> None:
    score(client, {"text": f"a {SURE}", "author_id": "a"})
    assert client.put(HOOK, json={"url": ADDRESS}).status_code == 201
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", HOOK, {"json": {"url": ELSEWHERE}}),
        ("POST", f"{HOOK}/secret", {}),
        ("DELETE", HOOK, {}),
        ("POST", "/v1/ads/erase", {"json": {"author_id": "a"}}),
    ]

    def kept() -> list[Any]:
        def look(session: Any) -> list[Any]:
            hooks = session.execute(select(WebhookEndpoint.url, WebhookEndpoint.secrets)).all()
            return [*hooks, *session.scalars(select(StoredAd.id))]

        return database.read_now(look)

    before = kept()
    with no_row_taken(database):
        for method, path, more in calls:
            failed = False
            try:
                failed = client.request(method, path, **more).status_code >= 500
            except Exception:  # the test client raises a defect's own error
                failed = True
            assert failed, path
            assert kept() == before, path


def test_an_erasure_is_told_with_each_part_of_it(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    monkeypatch.setattr(erasure.erase_some, "__defaults__", (2,))
    score(client, *({"text": f"{i} {SURE}", "author_id": "a"} for i in range(5)))
    assert client.post("/v1/ads/erase", json={"author_id": "a"}).json()["ads"] == 5
    found = rows(database)
    assert [row.detail["ads"] for row in found] == [2, 2, 1]
    assert {row.action for row in found} == {"erase"}
    assert len({row.act for row in found}) == 1
    assert client.post("/v1/ads/erase", json={"author_id": "a"}).json()["ads"] == 0
    assert [row.detail["ads"] for row in rows(database)] == [2, 2, 1, 0], "it was asked for"


def test_messages_sent_again_in_the_shell_are_told(
    client: TestClient, database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.put(HOOK, json={"url": ADDRESS}).status_code == 201
    message = client.post(f"{HOOK}/test").json()["id"]

    def die(session: Any) -> None:
        session.get_one(Delivery, message).state = "dead"

    database.write_now(die)
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)
    assert main(["webhooks", "replay", "--endpoint", "moderation"]) == 0
    last = rows(database)[-1]
    assert (last.action, last.key) == ("webhook_replayed", None)
    assert last.detail == {"webhook": "moderation", "messages": 1}
