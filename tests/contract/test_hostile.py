"""Whatever is sent, wherever: it reaches no log, no metric, no span and no error, and is no defect.

Every operation of the OpenAPI document and every page is asked in all the ways below, with words, a
contact and a secret in every place where a caller can put some.
"""

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from nacl.public import PrivateKey
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.app import PAGES, create_app
from service.logs import JsonLines
from service.observing.observer import Observer
from service.observing.traces import Collected
from service.settings import Settings
from tests.live import stub_engine, until
from tests.service.desk import Told

MARKS = ("Quaggafjord", "Жирафовка", "秘密の場所", "+1 202 555 0147", "okapi@example.com")
WORDS = "Quaggafjord Жирафовка 秘密の場所, call +1 202 555 0147 or okapi@example.com [9]"
LATIN = "Quaggafjord, +1 202 555 0147, okapi@example.com"
"""What a header can hold."""

FORMS = tuple(
    form.lower()
    for mark in MARKS
    for form in {mark, quote(mark), quote_plus(mark), json.dumps(mark)[1:-1], repr(mark)[1:-1]}
)

HEADERS = {
    "authorization": f"Bearer {LATIN}", "cookie": f"session={LATIN}", "user-agent": LATIN,
    "referer": f"https://example.com/{quote(WORDS)}", "x-request-id": LATIN, "traceparent": LATIN,
    "tracestate": f"a={LATIN}", "accept": LATIN, "accept-language": LATIN, "origin": LATIN,
    "idempotency-key": LATIN, "x-forwarded-for": LATIN, "range": LATIN,
    "host": "quaggafjord.example",
    "x-hub-signature": LATIN, "webhook-signature": LATIN,
}  # fmt: skip

TRACED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


class Kept:
    """All that the service wrote, told and traced."""

    def __init__(self, client: TestClient, spans: InMemorySpanExporter, lines: io.StringIO) -> None:
        self.client = client
        self.spans = spans
        self.lines = lines

    def check(self, words: str, where: str) -> None:
        found = [form for form in FORMS if form in words.lower()]
        assert not found, f"{where}: {found} in {words[:2000]}"

    def check_all(self) -> None:
        self.check(self.lines.getvalue(), "log")
        self.check("".join(one.to_json() for one in self.spans.get_finished_spans()), "span")
        self.lines.seek(0)
        self.lines.truncate()
        self.spans.clear()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A service with everything turned on that can be."""
    public = bytes(PrivateKey.generate().public_key)
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("hostile"), "workers": 1, "review_queue": True,
            "campaigns": True, "webhook_private_targets": True, "max_body_bytes": 30_000,
            "max_pending_submissions": 1_000, "mastodon_webhook_secret": "s" * 20,
            "reports_public_key": base64.b64encode(public).decode(),
            "reports_per_hour": 1_000, "report_codes_per_hour": 1_000,
        }
    )  # fmt: skip
    spans, lines = InMemorySpanExporter(), io.StringIO()
    engine = stub_engine(settings, Told())
    observer = Observer(Collected(SimpleSpanProcessor(spans), 1.0, "1"))
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    before = logging.root.handlers[:], logging.root.level
    quiet = {name: logging.getLogger(name).level for name in ("httpx", "httpx2", "httpcore")}
    app = create_app(settings, start=lambda _: engine, observer=observer)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.DEBUG)
    for name in quiet:  # the caller's own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
            yield Kept(client, spans, lines)
    finally:
        logging.root.handlers[:], logging.root.level = before
        for name, level in quiet.items():
            logging.getLogger(name).setLevel(level)


@cache
def document() -> dict[str, Any]:
    """Of the application that has every operation."""
    return create_app(Settings()).openapi()


def operations() -> list[tuple[str, str]]:
    """Method and path of everything that can be asked."""
    pages = [
        (method, route.path)
        for page in PAGES
        for route in page.router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
    described = [
        (method.upper(), path) for path, known in document()["paths"].items() for method in known
    ]
    return [*described, *pages]


def filled(schema: dict[str, Any], depth: int = 0) -> Any:
    """A value that fits as far as can be, of nothing but words where words may stand. Schemas that
    an operation brings along are passed over."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document()["components"]["schemas"].get(name, {})
    if "anyOf" in schema or "oneOf" in schema:
        choices = schema.get("anyOf") or schema["oneOf"]
        return filled(next(one for one in choices if one.get("type") != "null"), depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object" if depth < 8:
            fields = schema.get("properties", {})
            return {name: filled(one, depth + 1) for name, one in fields.items()} or {WORDS: WORDS}
        case "array" if depth < 8:
            return [filled(schema.get("items", {}), depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string" if schema.get("format") == "date-time":
            return datetime(2026, 11, 28, tzinfo=UTC).isoformat()
        case "string" if "pattern" in schema:
            tries = ("en", "KH", "mine", "2026-11-28", "https://example.com/")
            return next((one for one in tries if re.search(schema["pattern"], one)), WORDS)
        case _:
            return WORDS[: schema.get("maxLength", 10_000)]


def body_schema(method: str, path: str) -> dict[str, Any]:
    operation = document()["paths"].get(path, {}).get(method.lower(), {})
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found: dict[str, Any] = content["schema"]
        return found
    return {}


def bodies(method: str, path: str) -> Iterator[tuple[bytes, str]]:
    """Contents with their types."""
    fits = filled(body_schema(method, path))
    wrong = [{WORDS: WORDS}, [WORDS], WORDS, {"ads": [{"text": [WORDS]}]}, {"ads": WORDS}]
    if isinstance(fits, dict):
        wrong += [{**fits, WORDS: WORDS}, *({**fits, name: {WORDS: [WORDS]}} for name in fits)]
        wrong += [{**fits, name: WORDS} for name in fits]
    for value in (fits, *wrong):
        content = json.dumps(value).encode()
        yield content, "application/json"
    yield (
        json.dumps(fits, ensure_ascii=False).encode() + b"\n" + WORDS.encode(),
        "application/x-ndjson",
    )
    yield (
        f"text={quote_plus(WORDS)}&lang={quote(WORDS)}&{quote(WORDS)}=1".encode(),
        "application/x-www-form-urlencoded",
    )
    yield f'{{"ads": "{WORDS}'.encode(), "application/json"
    yield WORDS.encode("utf-16"), "application/json"
    yield b'{"ads": [{"text": "\\ud800 Quaggafjord"}]}', "application/json"
    yield WORDS.encode() * 1_000, "application/json"
    yield WORDS.encode(), LATIN
    yield WORDS.encode(), "text/plain; charset=" + quote(WORDS)


@pytest.mark.parametrize(("method", "path"), operations(), ids=lambda part: part)
def test_what_is_sent_stays_unsaid(kept: Kept, method: str, path: str) -> None:
    address = re.sub(r"\{[^}]*\}", quote(WORDS, safe=""), path)
    asked = document()["paths"].get(path, {}).get(method.lower(), {}).get("parameters", [])
    names = [one["name"] for one in asked if one["in"] == "query"]
    query = "&".join(f"{quote(name)}={quote(WORDS)}" for name in (*names, WORDS))
    answers: list[Any] = []

    def ask(address: str, headers: dict[str, str], content: bytes = b"") -> None:
        request = kept.client.build_request(method, address, headers=headers, content=content)
        answers.append(kept.client.send(request))

    ask(address, TRACED)
    ask(f"{address}?{query}", TRACED)
    ask(address, HEADERS)
    ask(address, {**HEADERS, **TRACED, "tracestate": "quaggafjord=okapi@example.com"})
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        for content, media_type in bodies(method, path):
            ask(address, {**TRACED, "content-type": media_type}, content)
        fits = json.dumps(filled(body_schema(method, path))).encode()
        ask(address, {**HEADERS, "content-type": "application/json"}, fits)
    for answer in answers:
        assert answer.status_code != 500, answer.text
        kept.check(str(answer.headers), "header")
        if answer.status_code >= 400 and "html" not in answer.headers.get("content-type", ""):
            kept.check(answer.text, f"problem {answer.status_code}")
    kept.check_all()


def test_strange_methods_and_addresses_stay_unsaid(kept: Kept) -> None:
    for method, address in [
        ("QUAGGAFJORD", "/v1/score"), ("GET", f"/{quote(WORDS)}"), ("GET", "/okapi@example.com"),
        ("POST", f"/v1/{quote(WORDS)}"), ("OPTIONS", f"/v1/score?{quote(WORDS)}"),
    ]:  # fmt: skip
        request = kept.client.build_request(method, address, headers=HEADERS)
        answer = kept.client.send(request)
        assert answer.status_code in (404, 405)
        kept.check(answer.text, address)
    kept.check_all()


def test_figures_hold_nothing_of_it_and_work_behind_requests_neither(kept: Kept) -> None:
    """Runs last: what was accepted above has been scored, kept and sent by then."""

    def done() -> bool:
        text = kept.client.get("/metrics").text
        return "lurewatch_submissions_waiting 0.0" in text

    kept.client.post("/v1/submissions", json={"ads": [{"text": WORDS, "id": WORDS[:60]}]})
    until(done)
    kept.check(kept.client.get("/metrics").text, "metrics")
    kept.check_all()


def test_a_leak_would_be_found(kept: Kept) -> None:
    logging.getLogger("service.somewhere").info("about %s", MARKS[1])
    with pytest.raises(AssertionError, match="log"):
        kept.check_all()
    kept.lines.truncate(0)
