"""Traces: whom they follow, what they tell, and what they never hold."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from service.logs import JsonLines
from service.observing import traces
from service.observing.observer import Observer
from service.observing.traces import Collected
from tests.live import until
from tests.service.observing.scene import service
from tests.service.receiver import Receiver, Say

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
SECRET = "xylophone-Жираф-秘密"
ADS = {"ads": [{"text": f"[9] {SECRET}"}, {"text": "[-9]"}]}


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def observer(kept: InMemorySpanExporter, share: float = 0.0) -> Observer:
    return Observer(Collected(SimpleSpanProcessor(kept), share, "1"))


@pytest.fixture
def client(tmp_path: Path, kept: InMemorySpanExporter) -> Iterator[TestClient]:
    with service(tmp_path, observer=observer(kept), review_queue=True, campaigns=True) as client:
        yield client


def named(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """The spans, the last of each name."""
    return {span.name: span for span in kept.get_finished_spans()}


def told(span: ReadableSpan, name: str) -> object:
    return (span.attributes or {}).get(name)


def test_a_request_whose_caller_traces_it_is_part_of_that_trace(
    client: TestClient, kept: InMemorySpanExporter
) -> None:
    answer = client.post("/v1/score", json=ADS, headers=SAMPLED)
    assert answer.headers["x-request-id"] == TRACE
    spans = named(kept)
    assert set(spans) == {"POST /v1/score", "score", "campaigns", "decide", "store"}
    top = spans["POST /v1/score"]
    assert f"{top.context.trace_id:032x}" == TRACE
    assert top.parent is not None
    assert f"{top.parent.span_id:016x}" == CALLER
    assert top.kind == SpanKind.SERVER
    for name, value in {
        "http.request.method": "POST", "http.route": "/v1/score",
        "http.response.status_code": 200, "lurewatch.request_id": TRACE, "lurewatch.ads": 2,
    }.items():  # fmt: skip
        assert told(top, name) == value, name
    for name, span in spans.items():
        if span is not top:
            assert span.context.trace_id == top.context.trace_id, name
            assert span.parent is not None, name
            assert (span.end_time or 0) >= (span.start_time or 0) > 0
    score = spans["score"]
    assert (told(score, "lurewatch.ads"), told(score, "lurewatch.tokens")) == (2, 6)
    assert isinstance(told(score, "lurewatch.model_s"), float)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"traceparent": f"00-{TRACE}-{CALLER}-00"},  # the caller says not to
        {"traceparent": f"00-{'0' * 32}-{CALLER}-01"},
        {"traceparent": f"ff-{TRACE}-{CALLER}-01"},
        {"traceparent": SECRET.encode().hex()},
        {"traceparent": "00-" + "x" * 9000},
    ],
)
def test_others_are_not_traced_where_the_share_is_none(
    client: TestClient, kept: InMemorySpanExporter, headers: dict[str, str]
) -> None:
    assert client.post("/v1/score", json=ADS, headers=headers).status_code == 200
    assert kept.get_finished_spans() == ()


def test_a_share_is_traced_whose_callers_say_nothing(
    tmp_path: Path, kept: InMemorySpanExporter
) -> None:
    with service(tmp_path, observer=observer(kept, 1.0)) as client:
        client.get("/health/live", headers={"x-request-id": "mine-1"})
        client.get("/health/live", headers={"traceparent": f"00-{TRACE}-{CALLER}-00"})
    (span,) = kept.get_finished_spans()
    assert span.parent is None
    assert told(span, "lurewatch.request_id") == "mine-1"


def test_a_submission_is_a_trace_of_its_own(tmp_path: Path, kept: InMemorySpanExporter) -> None:
    with service(tmp_path, observer=observer(kept, 1.0)) as client:
        made = client.post("/v1/submissions", json=ADS).json()["id"]
        until(lambda: "submission" in named(kept))
    span = named(kept)["submission"]
    assert span.parent is None
    assert told(span, "lurewatch.submission") == made


def test_no_span_holds_what_a_caller_sent(
    client: TestClient, kept: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/v1/score", json=ADS, headers=SAMPLED)
    client.get(f"/v1/{SECRET}?q={SECRET}", headers=SAMPLED | {"user-agent": SECRET.encode().hex()})
    client.get(f"/v1/submissions/{SECRET}", headers=SAMPLED)
    client.request("XYLOPHONE", "/v1/score", headers=SAMPLED)

    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("service.api.score.is_blank", broken)
    assert client.post("/v1/score", json=ADS, headers=SAMPLED).status_code == 500
    spans = kept.get_finished_spans()
    defect = spans[-1]
    assert defect.status.status_code == StatusCode.ERROR
    assert (defect.status.description, defect.events) == (None, ())
    assert told(defect, "error.type") == "internal"
    written = "".join(span.to_json(indent=None) for span in spans)
    assert len(spans) > 8
    for word in ("xylophone", "Жираф", "秘密", SECRET.encode().hex(), json.dumps(SECRET)[1:-1]):
        assert word.lower() not in written.lower()


def test_the_pages_for_people_are_not_traced(tmp_path: Path, kept: InMemorySpanExporter) -> None:
    with service(tmp_path, observer=observer(kept, 1.0)) as client:
        form = {"content-type": "application/x-www-form-urlencoded", **SAMPLED}
        assert client.post("/", content="text=%5B9%5D", headers=form).status_code == 200
        client.post("/v1/reports", json={"said": "x"}, headers=SAMPLED)
    assert kept.get_finished_spans() == ()


def test_the_log_names_the_trace(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/health/live", headers=SAMPLED | {"x-request-id": "mine-1"})
        client.get("/health/live")
    lines = [json.loads(JsonLines().format(one)) for one in caplog.records if one.msg == "request"]
    assert [line.get("trace") for line in lines] == [TRACE, None]


def test_a_collector_gets_them_over_otlp(tmp_path: Path) -> None:
    with Receiver().open() as collector:
        collector.answer = lambda _: Say(200, {"content-type": "application/x-protobuf"})
        address = f"http://127.0.0.1:{collector.port}/"
        with service(tmp_path, traces=address) as client:
            client.post("/v1/score", json=ADS, headers=SAMPLED)
        # The service has ended: what it had to send is sent.
        spans = []
        for one in collector.received:
            assert one.path == "/v1/traces"
            assert one.headers["content-type"] == "application/x-protobuf"
            for resource in ExportTraceServiceRequest.FromString(one.body).resource_spans:
                names = {each.key: each.value.string_value for each in resource.resource.attributes}
                assert names["service.name"] == "lurewatch"
                spans += [span for scope in resource.scope_spans for span in scope.spans]
    assert {span.name for span in spans} == {"POST /v1/score", "score", "decide"}
    assert {span.trace_id.hex() for span in spans} == {TRACE}


def test_a_collector_that_is_away_is_told_once_and_nobody_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(traces, "TIMEOUT_S", 0.2)
    with (
        caplog.at_level(logging.INFO),
        service(tmp_path, traces="http://127.0.0.1:9", traces_share=1) as client,
    ):
        for _ in range(3):
            assert client.post("/v1/score", json=ADS).status_code == 200
    told = [one for one in caplog.records if "traces are" in one.msg]
    assert [one.msg for one in told] == ["traces are not taken"]


WITHOUT = """
import sys
sys.modules["opentelemetry.sdk"] = None
import service.app
from service.__main__ import main
raise SystemExit(main(["serve", "--port", "0"]))
"""


def test_without_the_extra_the_operator_is_told_what_to_install(tmp_path: Path) -> None:
    environment = {
        **os.environ, "LUREWATCH_TRACES": "http://127.0.0.1:4318",
        "LUREWATCH_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=Path(__file__).parents[3], capture_output=True,
        env=environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert b"pip install 'lurewatch[otel]'" in done.stderr


@pytest.mark.parametrize("wrong", ["collector:4318", "http://user:secret@collector", "ftp://x"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    from pydantic import ValidationError

    from service.settings import Settings

    with pytest.raises(ValidationError):
        Settings(traces=wrong)
