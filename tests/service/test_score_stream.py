"""``POST /v1/score/stream``: order, wrong lines, talking at the same time, bounded memory."""

import asyncio
import json
import logging
import resource
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.connections import Limits, protocol
from service.lines import Splitter
from service.observing.metrics import Metrics
from service.settings import Settings
from tests.conftest import TinyRun
from tests.live import WAIT_S, Canned, Service, StubModel, live, until

PATH = "/v1/score/stream"
NDJSON = {"Content-Type": "application/x-ndjson"}
MAX_LINE = 2000
SECRET = "xylophone-Жираф-秘密"
"""Stands in texts, and must stand nowhere else."""

GROWTH_BYTES = 16 * 2**20
"""What a stream of 20,000 lines may add to the process: buffers of sockets, and what the allocator
cannot give back. The answers alone have more than twice as much."""


class Conversation:
    """Speaks and listens over one connection, by hand."""

    def __init__(self, address: str, query: str = "", **headers: str) -> None:
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=WAIT_S)
        self.connection.putrequest("POST", PATH + query)
        for name, value in {**NDJSON, "Transfer-Encoding": "chunked", **headers}.items():
            self.connection.putheader(name, value)
        self.connection.endheaders()
        self._response: HTTPResponse | None = None

    @property
    def response(self) -> HTTPResponse:
        if self._response is None:
            self._response = self.connection.getresponse()
        return self._response

    def say(self, words: bytes) -> None:
        self.connection.send(b"%x\r\n%s\r\n" % (len(words), words))

    def end(self) -> None:
        self.connection.send(b"0\r\n\r\n")

    def hear(self) -> Any:
        """One answer."""
        return json.loads(self.response.readline())

    def rest(self) -> list[Any]:
        return [json.loads(line) for line in self.response.read().splitlines()]

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        self.connection.close()


def ad(text: str, **more: str) -> bytes:
    return json.dumps({"text": text, **more}).encode() + b"\n"


def stream(client: TestClient, body: bytes, query: str = "", **headers: str) -> list[Any]:
    answer = client.post(PATH + query, content=body, headers={**NDJSON, **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def service() -> Service:
    return Service(max_body_bytes=MAX_LINE)


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(service.app) as client:
        yield client


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    with live(service.app) as address:
        yield address


def test_results_come_in_the_order_of_the_lines(client: TestClient) -> None:
    body = b"".join(ad(f"job {i}", id=str(i)) for i in range(100))
    assert len(body) > MAX_LINE, "the whole may be longer than a line"
    assert [result["id"] for result in stream(client, body)] == [str(i) for i in range(100)]


def test_answers_are_those_of_a_request(tiny_run: TinyRun) -> None:
    ads = [{"text": f"seasonal work {i}, room free, apply on Telegram @x{i}"} for i in range(5)]
    with TestClient(create_app(Settings(bundle_dir=tiny_run.bundle))) as client:
        together = client.post("/v1/score", json={"ads": ads}).json()["results"]
        assert stream(client, b"".join(ad(**one) for one in ads)) == together


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (SECRET.encode(), "the line: Invalid JSON"),
        (b"{}", "text: Field required"),
        (b"[]", "the line: Input should be an object"),
        (b'{"text": " \\u200b"}', "text: nothing to read"),
        (b'{"text": "\xff"}', "the line: Invalid JSON"),
        (b'{"text": "\\ud800"}', "the line: Invalid JSON"),  # a lone surrogate
        (b'{"text": "x", "txet": 1}', "txet: no such field; did you mean `text`?"),
        (f'{{"text": "x", "{SECRET}": 1}}'.encode(), "a field here is not one of ours"),
        (f'{{"text": "x", "platform": "{SECRET}"}}'.encode(), "platform: Input should be"),
        (b'{"text": "x", "thread": [{"text": 1}]}', "thread.0.text: Input should be"),
        (b"x" * (MAX_LINE + 1), f"the line has more than {MAX_LINE} bytes"),
    ],
)
def test_a_wrong_line_is_told_in_its_place(client: TestClient, line: bytes, words: str) -> None:
    first, wrong, last = stream(client, ad("a", id="1") + b"\n \r\n" + line + b"\n" + ad("b"))
    assert first["id"] == "1"
    assert wrong["line"] == 4, "blank lines count, and get no answer"
    assert words in wrong["error"]
    assert SECRET not in wrong["error"]
    assert last["decision"]


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        (b"", 0),
        (b"\n\n  \n", 0),
        (ad("a").strip(), 1),  # no line feed at the end
        (b"\xef\xbb\xbf" + ad("a"), 1),  # a byte order mark
        (ad("a").replace(b"\n", b"\r\n") * 2, 2),
    ],
)
def test_ends_of_lines(client: TestClient, body: bytes, answers: int) -> None:
    results = stream(client, body)
    assert len(results) == answers
    assert all("score" in result for result in results)


@given(st.lists(st.binary(max_size=12)), st.integers(0, 8))
def test_lines_are_the_same_however_the_bytes_come(pieces: list[bytes], limit: int) -> None:
    splitter = Splitter(limit)
    found: list[tuple[int, bytes | None]] = []
    for piece in pieces:
        found += splitter.feed(piece)
        assert len(splitter._held) <= limit
    found += splitter.close()
    lines = b"".join(pieces).split(b"\n")
    kept = [line if len(line) <= limit else None for line in lines[: None if lines[-1] else -1]]
    if kept and kept[0]:
        kept[0] = kept[0].removeprefix(b"\xef\xbb\xbf")
    assert found == list(enumerate(kept, 1))


def test_each_line_is_answered_before_the_next_is_sent(address: str) -> None:
    talk = Conversation(address)
    for i in range(5):
        talk.say(ad(f"job {i}", id=str(i)))
        assert talk.hear()["id"] == str(i)
    talk.say(b'{"text": "in two')  # a line may come in pieces
    talk.say(b' pieces"}')
    talk.end()
    (last,) = talk.rest()
    assert last["decision"]
    talk.close()


def test_what_is_asked_of_the_answers(client: TestClient) -> None:
    line = ad("Write to work@example.org")
    (plain,) = stream(client, line)
    assert plain["indicators"][0]["language"] == "en"
    assert plain["entities"][0]["value"] is None
    assert plain["statement_of_reasons"] is None
    options = "?answer_language=th&entity_values=true&statement_of_reasons=true"
    (asked,) = stream(client, line, options)
    assert asked["indicators"][0]["language"] == "th"
    assert asked["entities"][0]["value"] == "work@example.org"
    assert asked["statement_of_reasons"]
    (heard,) = stream(client, line, **{"Accept-Language": "sw"})
    assert heard["indicators"][0]["language"] == "sw"


@pytest.mark.parametrize(
    ("query", "kind", "status", "place"),
    [
        ("", "application/json", 415, "send 'application/x-ndjson'"),
        ("", "", 415, "send 'application/x-ndjson'"),
        ("?anser_language=th", NDJSON["Content-Type"], 422, "?anser_language"),
        ("?entity_values=2", NDJSON["Content-Type"], 422, "?entity_values"),
    ],
)
def test_what_is_refused(
    client: TestClient, query: str, kind: str, status: int, place: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post(PATH + query, content=ad("x"), headers=headers)
    assert answer.status_code == status
    assert place in answer.json()["detail"]


def test_what_a_reviewer_should_see_is_kept(tmp_path: Path) -> None:
    service = Service(review_queue=True, data_dir=tmp_path)
    with TestClient(service.app) as client:
        results = stream(client, ad("one") + b"wrong\n" + ad("two"))
    assert [str(result.get("ad_id"))[:3] for result in results] == ["ad_", "Non", "ad_"]


class Busy:
    """Another caller's request, which fills the queue until the gate opens."""

    def __init__(self, service: Service, address: str) -> None:
        service.model.gate.clear()
        begun = service.model.begun
        self.thread = Thread(target=self.ask, args=(address,))
        self.thread.start()
        until(lambda: service.model.begun > begun)

    def ask(self, address: str) -> None:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=WAIT_S)
        body = json.dumps({"ads": [{"text": "x" * 1900}]})
        connection.request("POST", "/v1/score", body, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()


@pytest.fixture
def small_queue() -> Iterator[tuple[Service, str]]:
    service = Service(max_queued_chars=20_000)
    service.app  # noqa: B018
    with live(service.app) as address:
        service.scorer._limit = 1910  # the other caller's text, and less than one more
        yield service, address


def test_a_full_queue_refuses_a_stream_before_it_begins(small_queue: tuple[Service, str]) -> None:
    service, address = small_queue
    busy = Busy(service, address)
    talk = Conversation(address)
    talk.say(ad("one"))
    assert talk.response.status == 429
    assert int(talk.response.headers["Retry-After"]) >= 1
    assert json.loads(talk.response.read())["type"] == "/problems/overloaded"
    talk.close()
    service.model.gate.set()
    busy.thread.join()


def test_a_full_queue_delays_a_stream_that_has_begun(small_queue: tuple[Service, str]) -> None:
    service, address = small_queue
    talk = Conversation(address)
    talk.say(ad("one", id="1"))
    assert talk.hear()["id"] == "1"
    busy = Busy(service, address)
    talk.say(ad("two", id="2"))
    until(lambda: service.scorer.refused)
    service.model.gate.set()
    assert talk.hear()["id"] == "2"
    busy.thread.join()
    talk.close()


async def talk_unheard(app: FastAPI, model: StubModel) -> tuple[int, int]:
    """Messages taken from a caller who sends on and on and takes no answer; ads begun."""
    taken = 0
    never = asyncio.Event()
    stalled = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        if taken > 100:  # else a test that fails would never end
            await never.wait()
        return {"type": "http.request", "body": ad("a job") * 40, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            stalled.set()
            await never.wait()

    headers = [(b"content-type", b"application/x-ndjson")]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": PATH, "headers": headers,
        "raw_path": PATH.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "server": ("x", 80), "client": ("x", 1), "asgi": {"version": "3.0"},
    }  # fmt: skip
    async with app.router.lifespan_context(app):
        call = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]
        await stalled.wait()
        begun = -1
        while begun != model.begun:  # whatever is still in flight
            begun = model.begun
            await asyncio.sleep(0.2)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    return taken, begun


def test_no_more_is_read_while_answers_are_not_taken(service: Service) -> None:
    taken, begun = asyncio.run(talk_unheard(service.app, service.model))
    assert taken <= 3
    assert begun <= 3 * 16


def test_hanging_up_ends_the_work(
    service: Service, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    service.model.gate.clear()
    talk = Conversation(address)
    talk.say(b"".join(ad(f"job {i}") for i in range(400)))
    until(lambda: service.model.begun)
    talk.close()
    until(lambda: requests_of(caplog))
    service.model.gate.set()
    assert requests_of(caplog)[0].status == 499
    until(lambda: service.scorer._waiting == 0)
    assert service.model.begun <= 3 * service.settings.workers, "only what threads had begun"


def test_hanging_up_is_noticed_behind_lines_that_wait(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """And behind what came after them."""
    caplog.set_level(logging.INFO)
    with live(service.app, protocol(Limits(WAIT_S, 10), Metrics())) as address:
        service.model.gate.clear()
        talk = Conversation(address)
        talk.say(b"".join(ad(f"job {i}") for i in range(400)))
        until(lambda: service.model.begun)
        talk.say(ad("job 400"))
        time.sleep(0.2)  # it is taken by now, or else the hang-up is seen in its place
        talk.close()
        until(lambda: requests_of(caplog))
        service.model.gate.set()
        assert requests_of(caplog)[0].status == 499
        until(lambda: service.scorer._waiting == 0)
        assert service.model.begun <= 3 * service.settings.workers


def test_the_order_to_stop_is_heard_among_many_lines(service: Service, address: str) -> None:
    service.model.gate.clear()
    talk = Conversation(address)
    talk.say(b"".join(ad(f"job {i}") for i in range(400)))
    until(lambda: service.model.begun)
    service.app.state.stop()
    time.sleep(0.1)  # told on the service's own loop
    service.model.gate.set()
    *answers, last = talk.rest()
    assert last == {"closed": "the service stops; open a stream anew for the rest"}
    assert 16 <= len(answers) <= 3 * 16, "what was begun is answered"
    assert all(one["decision"] for one in answers)
    talk.close()


def requests_of(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [r for r in caplog.records if r.message == "request" and getattr(r, "path", "") == PATH]


@pytest.mark.parametrize("spoken", [False, True])
def test_a_caller_who_falls_silent_is_told(spoken: bool) -> None:
    with live(Service(stream_idle_s=0.2).app) as address:
        talk = Conversation(address)
        if spoken:
            talk.say(ad("one") + b'{"text": "a line with')
            assert talk.hear()["decision"]
        assert talk.rest() == [
            {"closed": "nothing came for 0.2 s; open a stream anew for the rest"}
        ]
        talk.close()


def test_silence_does_not_count_while_an_answer_is_owed() -> None:
    service = Service(stream_idle_s=0.05)
    with live(service.app) as address:
        service.model.gate.clear()
        talk = Conversation(address)
        talk.say(ad("one", id="1"))
        until(lambda: service.model.begun)
        time.sleep(0.3)
        talk.say(ad("two", id="2"))
        talk.end()
        service.model.gate.set()
        assert [answer["id"] for answer in talk.rest()] == ["1", "2"]
        talk.close()


def test_silence_counts_from_the_last_answer() -> None:
    """Whoever waits for it before they send more has their whole time."""
    idle_s = 1.0
    service = Service(stream_idle_s=idle_s)
    with live(service.app) as address:
        service.model.gate.clear()
        talk = Conversation(address)
        talk.say(ad("one"))
        until(lambda: service.model.begun)
        time.sleep(0.7 * idle_s)
        answered = time.monotonic()
        service.model.gate.set()
        assert talk.hear()["decision"]
        assert "closed" in talk.hear()
        assert time.monotonic() - answered >= idle_s
        talk.close()


def test_a_defect_breaks_the_stream_off(
    service: Service, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An end that looks like one would pass for a whole answer."""
    with closing(Conversation(address)) as talk:
        talk.say(ad("one"))
        assert talk.hear()["decision"]

        def broken(*_: object) -> None:
            raise ZeroDivisionError(SECRET)

        monkeypatch.setattr("service.api.stream.results_of", broken)
        talk.say(ad("two"))
        with pytest.raises(IncompleteRead):
            talk.rest()


def test_the_log_holds_counts_alone(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stream(client, ad(SECRET, author_id=SECRET) * 40 + SECRET.encode() + b"\n")
    (record,) = requests_of(caplog)
    assert (record.status, record.ads, record.wrong_lines) == (200, 40, 1)
    assert record.decisions == {"review": 40}
    assert record.tokens == 120
    assert SECRET not in caplog.text


def resident_bytes() -> int:
    """What this process holds of memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux for its memory")
def test_memory_is_bounded() -> None:
    with live(Service(Canned).app) as address:
        talk = Conversation(address)
        speaking = Thread(target=speak, args=(talk, 20_000))
        speaking.start()
        received, sizes = 0, []
        for i in range(20_000):
            received += len(talk.response.readline())
            if i >= 1000 and i % 500 == 0:  # by then all is made that is made once
                sizes.append(resident_bytes())
        speaking.join()
        assert talk.rest() == []
        talk.close()
    assert received > 2 * GROWTH_BYTES
    assert max(sizes) - sizes[0] < GROWTH_BYTES


def speak(talk: Conversation, lines: int) -> None:
    """Ads that are made while they are sent."""
    for start in range(0, lines, 20):
        talk.say(b"".join(ad(f"seasonal work {i}") for i in range(start, start + 20)))
    talk.end()
