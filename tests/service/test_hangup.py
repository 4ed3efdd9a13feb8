"""Whoever hangs up leaves nothing behind that is scored for nobody, whichever way they asked."""

import json
import logging
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.live import WAIT_S, Service, live, until

JSON = "application/json"
TEXTS = [f"job {number}" for number in range(50)]
ASKED: dict[str, tuple[str, Any]] = {
    "/v1/score": (JSON, {"ads": [{"text": text} for text in TEXTS]}),
    "/v1/moderations": (JSON, {"input": TEXTS}),
    "/predict": (JSON, {"inputs": [[text] for text in TEXTS]}),
    "/v1alpha1/comments:analyze": (
        JSON,
        {"comment": {"text": "job"}, "requestedAttributes": {"FAKE_JOB_AD": {}}},
    ),
    "/v1/classify": (JSON, {"model": "lurewatch", "input": {"text": "job"}}),
    "/": ("application/x-www-form-urlencoded", {"text": "job", "lang": "en"}),
}


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[Service, str]]:
    made = Service()
    with live(made.app) as address:
        yield made, address


@pytest.mark.parametrize("path", ASKED)
def test_what_was_not_begun_is_dropped(
    service: tuple[Service, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    made, address = service
    made.model.gate.clear()
    made.model.begun = 0
    kind, body = ASKED[path]
    connection = HTTPConnection(urlsplit(address).netloc, timeout=WAIT_S)
    sent = json.dumps(body) if kind == JSON else urlencode(body)
    connection.request("POST", path, sent, {"Content-Type": kind})
    until(lambda: made.model.begun)
    until(lambda: made.scorer.queue().ads)
    connection.close()
    until(lambda: not made.scorer.queue().ads)
    assert made.scorer.queue().chars == 0
    made.model.gate.set()
    until(lambda: not made.scorer._turns.before([10**9]).jobs)
    assert made.model.begun <= made.settings.workers, "only what threads had begun"
    if path != "/":  # of which nothing is logged
        until(lambda: "request" in [one.getMessage() for one in caplog.records])
        (line,) = [one for one in caplog.records if one.getMessage() == "request"]
        assert vars(line)["status"] == 499
