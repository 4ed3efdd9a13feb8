"""The id of a request: in its answer, its problem and every line that is written for it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from service.logs import JsonLines
from service.review import keeping
from tests.service.observing.scene import service

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with service(tmp_path, review_queue=True) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-request-id": "a.b_c-1"}, "a.b_c-1"),
        ({"traceparent": f"00-{TRACE}-b7ad6b7169203331-00"}, TRACE),
        ({"x-request-id": "mine", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, "mine"),
        ({"x-request-id": "two words", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, TRACE),
        ({"x-request-id": "x" * 65}, None),
        ({"x-request-id": 'a"} {"level'}, None),
        ({"x-request-id": "a\n"}, None),
        ({"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}, None),  # no trace (3.2.2.3)
        ({"traceparent": f"00-{TRACE}-{'0' * 16}-01"}, None),
        ({"traceparent": f"ff-{TRACE}-b7ad6b7169203331-01"}, None),  # not a version
        ({"traceparent": f"00-{TRACE.upper()}-b7ad6b7169203331-01"}, None),
    ],
)
def test_it_is_the_callers_where_that_is_one(
    client: TestClient, headers: dict[str, str], expected: str | None
) -> None:
    given = client.get("/health/live", headers=headers).headers["x-request-id"]
    assert given == expected if expected else len(given) == 32 and given != TRACE


def test_a_problem_tells_it(client: TestClient) -> None:
    for method, path in (("GET", "/nowhere"), ("GET", "/v1/score"), ("POST", "/v1/score")):
        answer = client.request(method, path, headers={"x-request-id": "mine"})
        assert answer.json()["request_id"] == "mine", path


def test_every_line_of_a_request_has_it(
    client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are written in a thread of the database."""
    log = logging.getLogger("test")

    def keep(session: Session, *_: object) -> list[None]:
        log.info("in a thread")
        return [None]

    monkeypatch.setattr("service.api.score.keep", keep)
    monkeypatch.setattr(keeping, "keep", keep)
    from service import logs

    before = logging.root.handlers[:], logging.root.level
    logs.configure("info")
    try:
        for name in ("one", "two"):
            client.post(
                "/v1/score", json={"ads": [{"text": "[9]"}]}, headers={"x-request-id": name}
            )
    finally:
        logging.root.handlers[:], logging.root.level = before
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ours = [line for line in lines if line["logger"] in ("test", "service.edge")]
    ids = [(line["message"], line.get("request_id")) for line in ours]
    assert ids == [
        ("in a thread", "one"), ("request", "one"), ("in a thread", "two"), ("request", "two"),
    ]  # fmt: skip


def test_a_line_outside_of_a_request_has_none() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 1, "words", None, None)
    assert "request_id" not in json.loads(JsonLines().format(record))


@pytest.mark.parametrize(("level", "written"), [("info", 1), ("warning", 0)])
def test_the_least_level_is_a_setting(
    client: TestClient, capsys: pytest.CaptureFixture[str], level: str, written: int
) -> None:
    from service import logs

    before = logging.root.handlers[:], logging.root.level
    logs.configure(level)
    try:
        client.get("/health/live")
    finally:
        logging.root.handlers[:], logging.root.level = before
    assert capsys.readouterr().err.count('"message": "request"') == written
