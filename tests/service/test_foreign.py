"""Where no key is asked for, a page of another site gets nothing, and every program of one's own
does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from service import access
from service.access import Scope
from service.foreign import is_known
from service.settings import Settings
from tests.live import Service, live

ADS = {"ads": [{"text": "seasonal work", "id": "p1"}]}
REBOUND = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
"""As a page sends them that led its own name to this machine: to the browser it is at home."""

CROSS_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
HOOK = "/v1/webhooks/moderation"


def opened(folder: Path, **more: Any) -> TestClient:
    """Asked by the address that is the default."""
    given = {"data_dir": folder, "allowed_hosts": (), "review_queue": True, **more}
    return TestClient(Service(**given).app, base_url="http://127.0.0.1:8000")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with opened(tmp_path, webhook_private_targets=True) as client:
        assert client.put(HOOK, json={"url": "http://127.0.0.1:9/hook"}).status_code == 201
        yield client


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/queue", {}),
    ("GET", "/metrics", {}),
    ("POST", "/v1/score", {"json": ADS}),
    ("POST", "/v1/moderations", {"json": {"input": "seasonal work"}}),
    ("POST", "/v1/ads/erase", {"json": {"external_ids": ["p1"]}}),
    ("POST", f"{HOOK}/secret", {}),  # no body, so that a browser asks nobody before it sends it
    ("POST", f"{HOOK}/enable", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), CALLS)
def test_a_page_of_another_site_gets_nothing(
    client: TestClient, method: str, path: str, more: dict[str, Any]
) -> None:
    assert client.request(method, path, **more).status_code == 200
    for headers, said in (
        (REBOUND, "LUREWATCH_ALLOWED_HOSTS"),
        ({"Host": "evil.example"}, "LUREWATCH_ALLOWED_HOSTS"),
        (REBOUND | {"X-Forwarded-Host": "localhost"}, "LUREWATCH_ALLOWED_HOSTS"),
        (CROSS_SITE, "LUREWATCH_CORS_ORIGINS"),
        ({"Sec-Fetch-Site": "same-site"}, "LUREWATCH_CORS_ORIGINS"),  # another port of this machine
        ({"Origin": "https://evil.example"}, "LUREWATCH_CORS_ORIGINS"),  # an old browser
        ({"Origin": "null"}, "LUREWATCH_CORS_ORIGINS"),
    ):
        answer = client.request(method, path, headers=headers, **more)
        assert answer.status_code == 403, headers
        assert said in answer.text


def test_the_problems_have_types(client: TestClient) -> None:
    for headers, kind in ((REBOUND, "foreign-host"), (CROSS_SITE, "foreign-page")):
        assert client.get("/v1/queue", headers=headers).json()["type"] == f"/problems/{kind}"


def test_a_rebound_page_does_not_sign_in_or_use_a_session(client: TestClient) -> None:
    answer = client.post("/review/sign-in", data={"name": "x"}, headers=REBOUND)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    answer = client.post("/review/sign-in", data={"name": "ana"})
    assert answer.status_code == 200
    assert client.get("/review").status_code == 200
    assert client.get("/review", headers={"Host": "evil.example"}).status_code == 403


def test_programs_and_browsers_of_this_machine_go_on(tmp_path: Path) -> None:
    with live(Service(data_dir=tmp_path, allowed_hosts=()).app) as address:
        port = address.rpartition(":")[2]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "LOCALHOST."):
            answer = httpx.post(f"{address}/v1/score", json=ADS, headers={"Host": host})
            assert answer.status_code == 200, host
        for headers in (
            {"Origin": address, "Sec-Fetch-Site": "same-origin"},  # /docs
            {"Origin": address},
            {"Sec-Fetch-Site": "none"},
        ):
            answer = httpx.post(f"{address}/v1/score", json=ADS, headers=headers)
            assert answer.status_code == 200, headers


def test_a_link_on_another_page_may_be_followed_and_not_embedded(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/metrics", headers=link | {"Sec-Fetch-Dest": "document"}).status_code == 200
    assert client.get("/metrics", headers=link | {"Sec-Fetch-Dest": "embed"}).status_code == 403
    assert client.post(f"{HOOK}/secret", headers=link | CROSS_SITE).status_code == 403


@pytest.mark.parametrize("headers", [REBOUND, {"Host": "evil.example"} | CROSS_SITE])
def test_what_is_open_to_all_is_answered_under_every_name(
    client: TestClient, headers: dict[str, str]
) -> None:
    for path in ("/", "/advice", "/help", "/health/ready", "/v1/model", "/openapi.json"):
        assert client.get(path, headers=headers).status_code == 200, path
    answer = client.post("/", data={"text": "seasonal work"}, headers=headers)
    assert answer.status_code == 200
    assert client.get("/review/sign-in", headers=headers).status_code == 200


def test_a_proxy_of_this_machine_names_its_host(tmp_path: Path) -> None:
    behind = {"Host": "desk.example.com", "X-Forwarded-For": "192.0.2.7"}
    page = behind | {"Origin": "https://desk.example.com"}
    trusting = {"trusted_proxies": "127.0.0.1"}
    with opened(tmp_path, **trusting) as client:
        assert client.post("/v1/score", json=ADS, headers=behind).status_code == 403
    with opened(tmp_path, allowed_hosts="Desk.Example.com, b.example", **trusting) as client:
        for headers in (behind, page, behind | {"Host": "desk.example.com:8443"}):
            assert client.post("/v1/score", json=ADS, headers=headers).status_code == 200
        form = {"name": "ana"}
        answer = client.post("/review/sign-in", data=form, headers=page, follow_redirects=False)
        assert answer.status_code == 303
        assert client.get("/v1/queue", headers=REBOUND).status_code == 403


def test_origins_that_may_read_may_ask(tmp_path: Path) -> None:
    with opened(tmp_path, cors_origins="https://desk.example.com") as client:
        headers = {"Origin": "https://desk.example.com", "Sec-Fetch-Site": "cross-site"}
        answer = client.post("/v1/score", json=ADS, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://desk.example.com"
        assert client.post("/v1/score", json=ADS, headers=CROSS_SITE).status_code == 403


def test_a_key_is_taken_under_every_name(tmp_path: Path) -> None:
    for more in ({"authentication": "on"}, {"host": "0.0.0.0"}, {}):
        with opened(tmp_path, **more) as client:
            app: Any = client.app
            database = app.state.runtime().database
            _, key = database.write_now(access.add, "desk", [Scope.REVIEW])
            given = REBOUND | {"Authorization": f"Bearer {key}"}
            assert client.get("/v1/queue", headers=given).status_code == 200, more


@pytest.mark.parametrize(
    ("host", "here", "beyond"),
    [
        ("", True, True),  # HTTP/1.0
        ("192.0.2.7:8000", True, True),  # an address leads nowhere else
        ("[2001:db8::1]:8000", True, True),
        ("console.localhost:8000", True, True),
        ("lurewatch:8000", False, True),  # a container's neighbour
        ("localhost.evil.example", False, False),
        ("127.0.0.1.evil.example", False, False),
        ("evil.example", False, False),
        ("evillocalhost", False, True),
    ],
)
def test_names_that_another_site_may_have_are_not_known(
    host: str, here: bool, beyond: bool
) -> None:
    assert is_known(host, Settings(allowed_hosts=())) == here
    off = Settings(allowed_hosts=(), host="0.0.0.0", authentication="off")
    assert is_known(host, off) == beyond


def test_a_host_is_a_name_without_a_port() -> None:
    with pytest.raises(ValidationError, match="allowed_hosts"):
        Settings(allowed_hosts="desk.example.com:8443")
