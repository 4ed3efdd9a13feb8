"""Every route asks for a key, or is on the list of those that ask for none, with its reason."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Mount, Route

from service import access
from service.access import Scope
from service.app import CONSOLE, PAGES, RESOURCES
from tests.live import Service

CONDITION = "says that it is up, for who restarts and routes"
CARD = "the model's card holds nothing of anybody's"
DOCS = "the interface's description is the same for everyone"
PERSON = "a person who got an offer has no key; counted by address"
REPORTER = "a person who reports has no key; counted by address, and sealed"
SIGNED = "its sender signs instead"
DOOR = "where one signs in, and what the page of the door loads"

OPEN = {
    "GET /health/live": CONDITION,
    "GET /health/ready": CONDITION,
    "GET /v1/model": CARD,
    "GET /openapi.json": DOCS,
    "GET /docs": DOCS,
    "GET /docs/oauth2-redirect": DOCS,
    "GET /static-offline-docs": DOCS,
    "GET /": PERSON,
    "POST /": PERSON,
    "GET /share": PERSON,
    "GET /advice": PERSON,
    "GET /help": PERSON,
    "GET /pages/{name}": PERSON,
    "GET /worker.js": PERSON,
    "GET /manifest.webmanifest": PERSON,
    "GET /favicon.ico": PERSON,
    "GET /apple-touch-icon.png": PERSON,
    "GET /apple-touch-icon-precomposed.png": PERSON,
    "GET /report": REPORTER,
    "POST /report": REPORTER,
    "POST /v1/reports": REPORTER,
    "POST /v1/reports/additions": REPORTER,
    "POST /v1/reports/withdraw": REPORTER,
    "GET /$discovery/rest": DOCS,
    "POST /v1/feedback/coop": SIGNED,
    "POST /v1/platforms/mastodon": SIGNED,
    "POST /v1/platforms/generic/{mapping}": SIGNED,
    "GET /review/sign-in": DOOR,
    "POST /review/sign-in": DOOR,
    "GET /review/static/{digest}/{name}": DOOR,
}

SCORING = (
    "POST /v1/score", "POST /v1/score/stream", "POST /v1/submissions", "GET /v1/submissions/{id}",
)  # fmt: skip


def routes(service: Service) -> Iterator[BaseRoute]:
    """All of the application's."""
    for module in (*RESOURCES, *PAGES, *CONSOLE):
        yield from module.router.routes
    yield from (route for route in service.app.routes if isinstance(route, Route | Mount))


def calls(service: Service) -> list[str]:
    """Method and path of each."""
    found = []
    for route in routes(service):
        assert isinstance(route, Route | Mount), route
        methods = getattr(route, "methods", None) or {"GET"}
        found += [f"{method} {route.path}" for method in sorted(methods - {"HEAD"})]
    return found


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Everything is on, and keys are asked for."""
    return Service(data_dir=tmp_path, authentication="on", review_queue=True, metrics="auto")


def asked(client: TestClient, call: str, **headers: str) -> Any:
    """The call without anything that is right in it."""
    method, _, path = call.partition(" ")
    body: dict[str, Any] = {}
    if method in ("POST", "PUT", "PATCH"):
        body = {"data": {"a": "b"}} if form(path) else {"json": {}}
        if path == "/v1/score/stream":
            body = {"content": b"{}"}
            headers["Content-Type"] = "application/x-ndjson"
    url = re.sub(r"\{[^}]*\}", "x", path)
    return client.request(method, url, follow_redirects=False, headers=headers, **body)


def form(path: str) -> bool:
    return path in ("/", "/report") or path.startswith("/review")


def turned_away(answer: Any) -> bool:
    """For want of a key, or of a session that a key begins."""
    if answer.status_code == 401:
        return "signature" not in answer.text
    door = answer.headers.get("location") or answer.headers.get("hx-redirect") or ""
    return door.startswith("/review/sign-in")


def test_every_route_asks_for_a_key_or_says_why_not(service: Service) -> None:
    with TestClient(service.app) as client:
        open_to_all = {call for call in calls(service) if not turned_away(asked(client, call))}
    assert open_to_all == set(OPEN)


@pytest.mark.parametrize("call", SCORING)
def test_a_key_with_the_scope_is_taken_and_another_is_not(service: Service, call: str) -> None:
    with TestClient(service.app) as client:
        database = service.app.state.runtime().database
        for scope in Scope:
            _, key = database.write_now(access.add, scope, [scope])
            answer = asked(client, call, Authorization=f"Bearer {key}")
            if scope == Scope.SCORE:  # nothing else is right in the call
                assert answer.status_code in (200, 404, 422)
            else:
                assert (answer.status_code, answer.json()["scope"]) == (403, "score")


@pytest.mark.parametrize("call", SCORING)
def test_where_none_is_asked_for_a_wrong_one_is_ignored(tmp_path: Path, call: str) -> None:
    with TestClient(Service(data_dir=tmp_path).app) as client:
        answer = asked(client, call, Authorization="Bearer lw_wrong")
        assert answer.status_code in (200, 404, 422)


def test_keys_are_asked_for_wherever_others_may_reach_it(tmp_path: Path) -> None:
    for host, status in (("0.0.0.0", 401), ("::", 401), ("192.0.2.1", 401), ("127.0.0.1", 200)):
        with TestClient(Service(data_dir=tmp_path, host=host).app) as client:
            answer = client.post("/v1/score", json={"ads": [{"text": "Free visa"}]})
            assert answer.status_code == status, host
