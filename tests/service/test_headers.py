"""Headers of every answer, and who may read one in a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from service.headers import OF_DATA
from service.pages.html import POLICY
from service.settings import Settings
from tests.service.observing.scene import service

ADS = {"ads": [{"text": "[9]"}]}
ORIGIN = "https://desk.example.com"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with service(tmp_path, max_body_bytes=20_000) as client:
        yield client


def answers(client: TestClient) -> Iterator[tuple[str, Any]]:
    """Of every maker of answers: endpoints, router, edge, pages, files."""
    json = {"content-type": "application/json"}
    yield "scored", client.post("/v1/score", json=ADS)
    yield (
        "streamed",
        client.post(
            "/v1/score/stream",
            content=b'{"text": "a"}\n',
            headers={"content-type": "application/x-ndjson"},
        ),
    )
    yield "refused", client.post("/v1/score", json={"ads": []})
    yield "not found", client.get("/nowhere")
    yield "not allowed", client.get("/v1/score")
    yield "too large", client.post("/v1/score", content=b"x" * 30_000, headers=json)
    yield "another type", client.post("/v1/score", content=b"x", headers={"content-type": "a/b"})
    yield "another dialect", client.post("/v1/moderations", json={"input": ""})
    yield "ready", client.get("/health/ready")
    yield "metrics", client.get("/metrics")
    yield "document", client.get("/openapi.json")
    yield "docs", client.get("/docs")
    yield "its script", client.get("/static-offline-docs/swagger-ui-bundle.js")
    yield "page", client.get("/")
    yield "worker", client.get("/worker.js")


def test_every_answer_has_them(client: TestClient) -> None:
    for name, answer in answers(client):
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["cache-control"], name
        if name != "worker" and name != "its script":
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], name
            assert answer.headers["referrer-policy"] == "no-referrer", name


def test_data_may_load_nothing_and_stays_in_no_cache(client: TestClient) -> None:
    found = dict(answers(client))
    for name in ("scored", "streamed", "refused", "too large", "another dialect", "metrics"):
        assert found[name].headers["content-security-policy"] == OF_DATA, name
        assert found[name].headers["cache-control"] == "no-store", name


def test_what_an_answer_says_itself_stands(client: TestClient) -> None:
    found = dict(answers(client))
    assert found["page"].headers["content-security-policy"] == POLICY
    assert found["worker"].headers["cache-control"] == "no-cache"
    # A policy here would bind what the worker fetches for the pages.
    assert "content-security-policy" not in found["worker"].headers


def test_a_defect_has_them(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.api.score.is_blank", broken)
    answer = client.post("/v1/score", json=ADS)
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == OF_DATA


@pytest.mark.parametrize(
    ("address", "peer", "headers", "told"),
    [
        ("http://a", "203.0.113.7", {}, False),
        ("https://a", "203.0.113.7", {}, True),
        ("http://a", "10.1.2.3", {"x-forwarded-proto": "https"}, True),
        ("http://a", "10.1.2.3", {"x-forwarded-proto": "http, HTTPS"}, True),
        ("http://a", "10.1.2.3", {"x-forwarded-proto": "https, http"}, False),
        ("http://a", "203.0.113.7", {"x-forwarded-proto": "https"}, False),  # anyone can say so
    ],
)
def test_https_is_asked_for_where_the_caller_came_by_it(
    tmp_path: Path, address: str, peer: str, headers: dict[str, str], told: bool
) -> None:
    with service(tmp_path, trusted_proxies="10.0.0.0/8") as client:
        client.base_url = address
        transport: Any = client._transport
        transport.client = (peer, 1)
        found = client.get("/health/live", headers=headers).headers
    expected = "max-age=31536000" if told else None
    assert found.get("strict-transport-security") == expected


def test_the_operator_may_leave_https_open(tmp_path: Path) -> None:
    with service(tmp_path, hsts_days=0) as client:
        client.base_url = "https://a"
        assert "strict-transport-security" not in client.get("/health/live").headers


def preflight(client: TestClient, origin: str) -> Any:
    asked = {"access-control-request-method": "POST",
             "access-control-request-headers": "content-type,authorization"}  # fmt: skip
    return client.options("/v1/score", headers={"origin": origin, **asked})


def test_no_other_origin_may_read_by_default(client: TestClient) -> None:
    assert preflight(client, ORIGIN).status_code == 405
    answer = client.post("/v1/score", json=ADS, headers={"origin": ORIGIN})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_origins_that_are_named_may(tmp_path: Path) -> None:
    with service(tmp_path, cors_origins=f"{ORIGIN}, http://localhost:5173") as client:
        asked = preflight(client, ORIGIN)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in asked.headers
        for body, status in ((ADS, 200), ({"ads": []}, 422)):
            answer = client.post("/v1/score", json=body, headers={"origin": ORIGIN})
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == ORIGIN
            exposed = answer.headers["access-control-expose-headers"].split(", ")
            assert {"X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy"} <= {*exposed}
        large = {"origin": ORIGIN, "content-type": "application/json", "content-length": "9" * 9}
        assert client.post("/v1/score", headers=large).headers["access-control-allow-origin"]
        assert preflight(client, "https://desk.example.org").status_code == 400
        other = client.post("/v1/score", json=ADS, headers={"origin": "https://example.org"})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("wrong", ["*", "desk.example.com", "https://a.example/", "https://*.a"])
def test_an_origin_is_named_whole(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"cors_origins": wrong})
