"""``/v1/incidents`` and what scores say of them, the same on SQLite and on PostgreSQL."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url, select, text, update
from sqlalchemy.orm import Session

from service import access
from service.access import Scope
from service.api.incidents import PUT
from service.api.schemas import Result
from service.incidents import registry
from service.incidents.shapes import MAX_LIVE, IncidentDetail, IncidentOut
from service.policy.logged import LoggedResult
from service.store import Database
from service.store.base import now
from service.store.retention import prune
from service.store.tables import AuditEntry, Incident, IncidentExample
from tests.live import Service
from tests.service.desk import KINDS, emptied, url_of
from tests.service.incidents.scene import (
    HONEST,
    HOTELS,
    KEY,
    PARCELS,
    THAI,
    matched,
    matches,
    put,
    service,
)

CONTACT = "+1 555 0100 199"


@pytest.fixture(scope="module", params=KINDS)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    with service(url_of(request, tmp_path_factory)) as client:
        yield client


@pytest.fixture
def client(shared: TestClient) -> TestClient:
    """The same service, its database empty."""
    emptied(shared)
    shared.app.state.runtime().incidents.next_look = 0.0  # type: ignore[attr-defined]
    return shared


def test_who_puts_and_removes_an_incident_is_told_without_its_texts(client: TestClient) -> None:
    database = database_of(client)
    key_id, key = database.write_now(access.add, "night shift", [Scope.REVIEW])
    client.headers["Authorization"] = f"Bearer {key}"
    answers = [put(client), put(client), client.delete("/v1/incidents/hotels")]
    del client.headers["Authorization"]
    assert [one.status_code for one in answers] == [201, 200, 204]
    query = select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)
    rows = database.read_now(lambda session: list(session.scalars(query)))
    assert [(row.action, row.key) for row in rows] == [
        ("incident_put", key_id), ("incident_put", key_id), ("incident_removed", key_id),
    ]  # fmt: skip
    assert [row.request_id for row in rows] == [one.headers["X-Request-ID"] for one in answers]
    assert rows[0].detail == {"incident": "hotels", "examples": len(HOTELS)}


def database_of(client: TestClient) -> Database:
    found: Database = client.app.state.runtime().database  # type: ignore[attr-defined]
    return found


def test_every_score_carries_the_match_from_then_on(client: TestClient) -> None:
    assert matches(client, THAI) == [{}]
    answer = put(client)
    assert answer.status_code == 201, answer.text
    thai, honest = matches(client, THAI, HONEST)
    assert thai["hotels"] == {
        "name": "hotels", "matched": True, "match": 1.0, "near_duplicate": False,
    }  # fmt: skip
    assert not honest["hotels"]["matched"]
    assert 0 <= honest["hotels"]["match"] < 1
    (copy,) = matches(client, HOTELS[3] + f" Write to {CONTACT}.")
    assert copy["hotels"]["near_duplicate"]


def test_what_it_does_is_told(client: TestClient) -> None:
    told = IncidentOut.model_validate_json(put(client, false_positive_rate=0.02).content)
    assert told.examples == 5
    assert told.measured.background == 600
    assert 0.01 < told.measured.false_positive_rate <= 0.02
    assert told.measured.examples_found == 5
    assert [one.language for one in told.measured.by_language] == ["en"]
    assert told.expires_at - told.updated_at == timedelta(days=14)


def test_a_stream_and_a_submission_carry_it_too(client: TestClient) -> None:
    put(client)
    line = json.dumps({"text": THAI}).encode()
    lines = {"Content-Type": "application/x-ndjson"}
    streamed = client.post("/v1/score/stream", content=line + b"\n", headers=lines).json()
    assert Result.model_validate(streamed).incidents[0].matched
    made = client.post("/v1/submissions", json={"ads": [{"text": THAI}]}).json()
    for _ in range(600):
        found = client.get(f"/v1/submissions/{made['id']}").json()
        if found["state"] != "queued":
            break
        time.sleep(0.05)
    (result,) = found["results"]
    assert result["incidents"] == streamed["incidents"]
    assert LoggedResult.model_validate(result).facts().incidents["hotels"].matched


def test_results_of_before_are_read() -> None:
    """A stored result without the field has no incidents."""
    assert Result.model_fields["incidents"].get_default(call_default_factory=True) == []


def test_putting_again_replaces(client: TestClient) -> None:
    first = put(client).json()
    again = put(client, examples=[PARCELS], expires_in_days=3)
    assert again.status_code == 200
    assert again.json()["examples"] == 1
    assert again.json()["created_at"] == first["created_at"]
    assert matched(client, THAI, PARCELS) == [[], ["hotels"]]


def test_of_two_who_put_a_new_name_at_once_one_replaces_the_other(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a database lets both look before either has written."""
    both = threading.Barrier(2)
    touch = registry.touch

    def together(*given: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        touch(*given)

    monkeypatch.setattr(registry, "touch", together)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda some: put(client, examples=some), ([PARCELS], [HOTELS[0]])))
    assert sorted(one.status_code for one in answers) == [200, 201], [one.text for one in answers]
    shown = client.get("/v1/incidents/hotels").json()
    assert [one["text"] for one in shown["example_texts"]] in ([PARCELS], [HOTELS[0]])


def test_one_is_shown_with_its_texts_and_forgotten(client: TestClient) -> None:
    counter = {"text": HONEST, "kind": "about_lures", "language": "en-GB"}
    put(client, counter_examples=[counter])
    shown = IncidentDetail.model_validate_json(client.get("/v1/incidents/hotels").content)
    assert [one.text for one in shown.example_texts] == list(HOTELS)
    (against,) = shown.counter_example_texts
    assert (against.text, against.kind, against.language) == (HONEST, "about_lures", "en-GB")
    listed = client.get("/v1/incidents").json()["incidents"]
    assert [one["name"] for one in listed] == ["hotels"]
    assert "example_texts" not in listed[0]
    assert client.delete("/v1/incidents/hotels").status_code == 204
    assert client.get("/v1/incidents/hotels").status_code == 404
    assert client.delete("/v1/incidents/hotels").status_code == 404
    assert matches(client, THAI) == [{}]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"examples": []}, "/examples"),
        ({"examples": ["a text"] * 51}, "/examples"),
        ({"examples": ["  "]}, "/examples/0"),
        ({"counter_examples": ["other"] * 51}, "/counter_examples"),
        ({"counter_examples": [HOTELS[0]]}, ""),
        ({"false_positive_rate": 0.5}, "/false_positive_rate"),
        ({"false_positive_rate": 0.001}, "/false_positive_rate"),  # 600 texts cannot show it
        ({"expires_in_days": 91}, "/expires_in_days"),
        ({"definition": ""}, "/definition"),
        ({"harms": ["theft"]}, "/harms/0"),
        ({"examples": [{"text": "a", "kind": "lure"}]}, "/examples/0"),
    ],
)
def test_what_cannot_be_is_told_at_its_place(
    client: TestClient, change: dict[str, Any], pointer: str
) -> None:
    answer = put(client, **change)
    assert answer.status_code == 422
    found = answer.json()
    assert found["errors"][0]["pointer"].startswith(pointer)
    assert HOTELS[0] not in answer.text
    assert client.get("/v1/incidents").json() == {"incidents": []}


@pytest.mark.parametrize("name", ["Hotels", "1a", "a" * 65, "a.b"])
def test_a_name_is_one_that_policies_can_say(client: TestClient, name: str) -> None:
    assert put(client, name).status_code == 422


def test_there_is_an_end_to_how_many(client: TestClient) -> None:
    def fill(session: Session) -> None:
        for i in range(MAX_LIVE):
            session.add(
                Incident(
                    name=f"i{i}", definition=b"", harms=[], false_positive_rate=0.01,
                    revision=str(i), created_at=now(), updated_at=now(),
                    expires_at=now() + timedelta(days=1 if i else -1),
                )
            )  # fmt: skip

    database_of(client).write_now(fill)
    assert put(client, "last").status_code == 201  # one of the hundred has expired
    answer = put(client, "more")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/incident-refused"


def test_the_example_of_the_documentation_is_taken(client: TestClient) -> None:
    assert put(client, "documented", **PUT["new"]["value"]).status_code == 201


def test_keys_are_asked_for_where_they_are(tmp_path: Path) -> None:
    with service(f"sqlite:///{tmp_path / 'lurewatch.db'}", authentication="on") as client:
        assert put(client).status_code == 401
        keys = {
            scope: database_of(client).write_now(access.add, "k", [scope])[1] for scope in Scope
        }
        expected = dict.fromkeys(Scope, 403) | {Scope.REVIEW: 200, Scope.ADMIN: 200}
        for scope, status in expected.items():
            headers = {"Authorization": f"Bearer {keys[scope]}"}
            assert client.get("/v1/incidents", headers=headers).status_code == status, scope


def test_a_bundle_without_embeddings_says_what_to_do(tmp_path: Path) -> None:
    """The stub's bundle is served without a background."""
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    with TestClient(Service(database=url, secret_key=KEY).app) as client:
        answer = put(client)
        assert answer.status_code == 503
        assert answer.json()["type"] == "/problems/incidents-unavailable"
        assert "python -m training embedding" in answer.json()["detail"]
        assert client.get("/v1/incidents").status_code == 503
        assert matches(client, THAI) == [{}]


def test_an_incident_expires_and_is_deleted_with_its_texts(client: TestClient) -> None:
    put(client)
    database = database_of(client)
    ended = update(Incident).values(expires_at=now() - timedelta(seconds=1))
    database.write_now(lambda session: session.execute(ended) and None)
    assert client.get("/v1/incidents/hotels").status_code == 404
    settings = client.app.state.runtime().settings  # type: ignore[attr-defined]
    assert database.write_now(prune, settings, now())["incidents"] == 1
    rows = database.read_now(lambda session: session.scalars(select(IncidentExample.id)).all())
    assert rows == []


def test_an_expired_name_is_new_again(client: TestClient) -> None:
    put(client)
    ended = update(Incident).values(expires_at=now() - timedelta(seconds=1))
    database_of(client).write_now(lambda session: session.execute(ended) and None)
    assert put(client).status_code == 201


def test_texts_are_sealed_and_contacts_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    with service(url) as client:
        put(client, examples=[f"{HOTELS[0]} Call {CONTACT} now"], definition="Secret of ours")
        shown = client.get("/v1/incidents/hotels").json()["example_texts"][0]["text"]
        assert shown == f"{HOTELS[0]} Call <phone> now"
    path = make_url(url).database
    assert path is not None
    kept = b"".join(one.read_bytes() for one in tmp_path.glob("lurewatch.db*"))
    for word in (b"hotel rooms", b"Secret of ours", CONTACT.encode()):
        assert word not in kept
    assert "hotel rooms" not in caplog.text


def test_erasing_an_author_erases_the_examples(client: TestClient) -> None:
    theirs = [{"text": HOTELS[0], "author_id": "a1"}, {"text": HOTELS[1], "id": "post-7"}]
    put(client, examples=[*theirs, HOTELS[2]])
    put(client, "alone", examples=[{"text": PARCELS, "author_id": "a1"}])
    erased = client.post("/v1/ads/erase", json={"author_id": "a1"}).json()
    assert erased["incident_examples"] == 2
    assert client.get("/v1/incidents/alone").status_code == 404
    assert client.get("/v1/incidents/hotels").json()["examples"] == 2
    erased = client.post("/v1/ads/erase", json={"external_ids": ["post-7"]}).json()
    assert erased["incident_examples"] == 1
    left = client.get("/v1/incidents/hotels").json()["example_texts"]
    assert [one["text"] for one in left] == [HOTELS[2]]
    authors = text("SELECT count(*) FROM incident_examples WHERE author IS NOT NULL")
    assert database_of(client).read_now(lambda session: session.scalar(authors)) == 0
