"""Callers who send or read too slowly, or say nothing at all, on real sockets."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.connections import LEAVING, SETTLED_S, SPARE, Connection, Limits, asks, protocol
from service.observing.metrics import Metrics
from tests.live import WAIT_S, Service, StubModel, live, until

PATIENCE_S = 0.5
STANDS_STILL_S = 1.0
BODY = b'{"ads": [{"text": "night porter wanted, uniform provided"}]}'
HEAD = b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
STREAM = (
    b"POST /v1/score/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
LINE = b'{"text": "night porter wanted"}\n'


class Served:
    """A service with little patience, and what it counted."""

    def __init__(
        self, model: StubModel, metrics: Metrics, port: int, kind: type[Connection]
    ) -> None:
        self.model = model
        self.kind = kind
        self.port = port
        self._metrics = metrics

    def closed(self, reason: str) -> float:
        return self._metrics.registry.get_sample_value(
            "lurewatch_connections_closed_total", {"reason": reason}
        ) or 0.0  # fmt: skip

    def open(self) -> float | None:
        return self._metrics.registry.get_sample_value("lurewatch_connections")

    def connect(self, receive: int = 0) -> socket.socket:
        line = socket.socket()
        line.settimeout(WAIT_S)
        if receive:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        line.connect(("127.0.0.1", self.port))
        return line


@contextmanager
def served(folder: Path, connections: int = 1000, patience: float = PATIENCE_S) -> Iterator[Served]:
    service, metrics = Service(data_dir=folder), Metrics()
    kind = protocol(Limits(patience, connections), metrics)
    with live(service.app, kind) as url:
        yield Served(service.model, metrics, urlsplit(url).port or 0, kind)


@pytest.fixture(scope="module")
def to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as found:
        yield found


def answer_on(line: socket.socket) -> tuple[int, Any]:
    """Status and body; 0 where the connection was closed without an answer."""
    answer = HTTPResponse(line)
    try:
        answer.begin()
        return answer.status, json.loads(answer.read() or b"null")
    except (HTTPException, ConnectionResetError):
        return 0, None


@pytest.mark.parametrize(
    "given",
    [b"", b"\r\n", b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", HEAD,
     WHOLE[:-1], HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"],
    ids=["silent", "an empty line", "half a header", "half a head", "a byte less", "half a chunk"],
)  # fmt: skip
def test_what_does_not_arrive_is_told_so(to: Served, given: bytes) -> None:
    with to.connect() as line:
        began, before = time.monotonic(), to.closed("slow-sender")
        line.sendall(given)
        status, problem = answer_on(line)
        assert status == 408
        assert problem["type"] == "/problems/slow-request"
        assert "0.5 seconds" in problem["detail"]
        assert time.monotonic() - began >= PATIENCE_S * 0.9
        assert line.recv(1) == b""
        assert to.closed("slow-sender") == before + 1
        until(lambda: to.open() == 0)


def test_a_letter_now_and_then_gains_no_time(to: Served) -> None:
    with to.connect() as line:
        began, before = time.monotonic(), to.closed("slow-sender")
        try:
            for letter in HEAD * 100:
                line.sendall(bytes([letter]))
                time.sleep(PATIENCE_S / 20)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert to.closed("slow-sender") == before + 1
        assert time.monotonic() - began < WAIT_S / 2


def test_a_second_request_has_its_own_time(to: Served) -> None:
    with to.connect() as line:
        for _ in range(3):
            line.sendall(WHOLE[:40])
            time.sleep(PATIENCE_S / 2)
            line.sendall(WHOLE[40:])
            assert answer_on(line)[0] == 200
        line.sendall(WHOLE[:40])
        assert answer_on(line)[0] == 408


def test_an_empty_line_after_an_answer_does_not_hold_a_connection(to: Served) -> None:
    with to.connect() as line:
        line.sendall(WHOLE)
        assert answer_on(line)[0] == 200
        line.sendall(b"\r\n")
        assert answer_on(line)[0] == 408


def test_our_own_time_is_not_the_callers(to: Served) -> None:
    with to.connect() as line:
        before = to.closed("slow-sender")
        to.model.gate.clear()
        line.sendall(WHOLE + WHOLE[:60])  # half of the next one waits behind it
        time.sleep(PATIENCE_S * 2)
        assert to.closed("slow-sender") == before
        to.model.gate.set()
        assert answer_on(line)[0] == 200


def test_a_stream_may_be_slow(to: Served) -> None:
    with to.connect() as line:
        before = to.closed("slow-sender")
        line.sendall(STREAM)
        for _ in range(2):
            time.sleep(PATIENCE_S * 1.5)
            line.sendall(b"%x\r\n%b\r\n" % (len(LINE), LINE))
        line.sendall(b"0\r\n\r\n")
        answer = HTTPResponse(line)
        answer.begin()
        assert [json.loads(one)["decision"] for one in answer.read().splitlines()] != []
        assert to.closed("slow-sender") == before


async def long(scope: Any, receive: Any, send: Any) -> None:
    """An application with an answer of 200 MB."""
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(200):
        await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})


def test_who_reads_nothing_is_let_go() -> None:
    metrics = Metrics()
    kind = protocol(Limits(PATIENCE_S, 10), metrics)
    with live(long, kind) as url:
        to = Served(StubModel(), metrics, urlsplit(url).port or 0, kind)
        with to.connect(receive=4096) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            for _ in range(3):  # who reads now and then stays
                time.sleep(PATIENCE_S / 2)
                taken = 0
                while taken < 8 * 2**20:
                    taken += len(line.recv(2**20))
                assert to.closed("slow-reader") == 0
            until(lambda: to.closed("slow-reader") == 1)
            until(lambda: to.open() == 0)


def test_who_reads_slowly_but_steadily_stays() -> None:
    """Too slowly for the service to write any more in the time in which some must be taken."""
    patience_s, metrics = 2.0, Metrics()
    kind = protocol(Limits(patience_s, 10), metrics)
    with live(long, kind) as url:
        to = Served(StubModel(), metrics, urlsplit(url).port or 0, kind)
        with to.connect(receive=4096) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            end = time.monotonic() + 1.5 * patience_s
            while time.monotonic() < end:
                assert line.recv(4096)
                time.sleep(patience_s / 100)
            assert to.closed("slow-reader") == 0


def test_silent_ones_make_room(tmp_path: Path) -> None:
    with served(tmp_path, connections=3, patience=WAIT_S) as to, ExitStack() as opened:
        known = opened.enter_context(to.connect())
        known.sendall(WHOLE)
        assert answer_on(known)[0] == 200
        silent = [opened.enter_context(to.connect()) for _ in range(2)]
        until(lambda: to.open() == 3)
        time.sleep(1.1 * SETTLED_S)
        late = []
        for number, gone in enumerate(silent):
            late.append(opened.enter_context(to.connect()))
            assert gone.recv(1) == b""
            assert to.closed("no-room") == number + 1
        for one in late:
            one.sendall(WHOLE)
            assert answer_on(one)[0] == 200
        known.sendall(WHOLE)  # who was answered before stayed, though silent for longer
        assert answer_on(known)[0] == 200


def test_where_it_gets_crowded_an_answer_says_that_its_connection_ends(tmp_path: Path) -> None:
    """Nobody begins to ask on a connection that is being closed to make room."""
    with served(tmp_path, connections=8, patience=WAIT_S) as to, ExitStack() as opened:
        lines = [opened.enter_context(to.connect()) for _ in range(7)]
        until(lambda: to.open() == 7)
        told = []
        for line in lines:
            line.sendall(WHOLE)
            answer = HTTPResponse(line)
            answer.begin()
            assert (answer.status, bool(answer.read())) == (200, True)
            told.append(answer.getheader("Connection"))
            if told[-1]:
                assert line.recv(1) == b""
        assert told == ["close", *[None] * 6]
        assert to.closed("no-room") == 0
        lines[-1].sendall(WHOLE)
        assert answer_on(lines[-1])[0] == 200


def test_who_is_answered_before_they_sent_all_may_go_on(tmp_path: Path) -> None:
    """A connection that is closed while something is on its way takes the answer with it."""
    with served(tmp_path, connections=1, patience=WAIT_S) as to, to.connect() as line:
        line.sendall(HEAD + b"Content-Length: 100000000\r\n\r\n")
        answer = HTTPResponse(line)
        answer.begin()
        assert answer.status == 413
        assert answer.getheader("Connection") is None


def test_those_that_are_answered_stay(tmp_path: Path) -> None:
    with served(tmp_path, connections=2, patience=WAIT_S) as to, ExitStack() as opened:
        to.model.gate.clear()
        busy = [opened.enter_context(to.connect()) for _ in range(2)]
        for line in busy:
            line.sendall(WHOLE)
        until(lambda: to.model.begun == 2)
        late = opened.enter_context(to.connect())
        late.sendall(WHOLE)
        answer = HTTPResponse(late)
        answer.begin()
        problem = json.loads(answer.read())
        assert (answer.status, problem["type"]) == (503, "/problems/no-room")
        assert answer.headers["Retry-After"] == "1"
        assert "2 connections" in problem["detail"]
        probe = opened.enter_context(to.connect())
        probe.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert answer_on(probe)[0] == 200
        to.model.gate.set()
        assert [answer_on(line)[0] for line in busy] == [200, 200]


def test_who_is_refused_reads_why_whatever_they_still_send(tmp_path: Path) -> None:
    """Not a reset, which would take the answer from them."""
    with served(tmp_path, connections=1, patience=WAIT_S) as to, ExitStack() as opened:
        to.model.gate.clear()
        busy = opened.enter_context(to.connect())
        busy.sendall(WHOLE)
        until(lambda: to.model.begun == 1)
        held = [opened.enter_context(to.connect()) for _ in range(SPARE)]
        for size, line in enumerate([*held[-2:], opened.enter_context(to.connect())]):
            length = 200_000 * (size + 1)
            line.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % length)
            time.sleep(0.05)  # what is refused is refused now
            for _ in range(20):
                line.sendall(b"x" * (length // 20))
            assert answer_on(line)[0] == 503
        to.model.gate.set()
        assert answer_on(busy)[0] == 200


def test_who_comes_while_the_process_stands_still_reads_why_too(tmp_path: Path) -> None:
    """Many are refused in one moment, while they send."""
    with served(tmp_path, connections=1, patience=WAIT_S) as to, ExitStack() as opened:
        to.model.gate.clear()
        busy = opened.enter_context(to.connect())
        until(lambda: len(to.kind.silent[False]) == 1)
        (one,) = to.kind.silent[False]
        busy.sendall(WHOLE)
        until(lambda: to.model.begun == 1)
        one.loop.call_soon_threadsafe(time.sleep, STANDS_STILL_S)
        late = [opened.enter_context(to.connect()) for _ in range(SPARE + LEAVING)]
        for line in late:
            line.sendall(HEAD + b"Content-Length: 4000\r\n\r\n")
        until(lambda: to.closed("no-room") == len(late))
        for line in late + late:
            line.sendall(b"x" * 2000)
        assert [answer_on(line)[0] for line in late] == [503] * len(late)
        to.model.gate.set()
        assert answer_on(busy)[0] == 200


def test_who_was_refused_does_not_stay(tmp_path: Path) -> None:
    """Whoever sends on is not listened to for ever, and those who leave take no room."""
    with served(tmp_path, connections=2, patience=WAIT_S) as to, to.connect() as line:
        line.sendall(b"no HTTP\r\n\r\n")
        assert answer_on(line)[0] == 400
        began = time.monotonic()
        with to.connect() as one, to.connect() as other:
            for each in (one, other):
                each.sendall(WHOLE)
                assert answer_on(each)[0] == 200
        with suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - began < WAIT_S:
                line.sendall(b"more")
                time.sleep(0.02)
        assert time.monotonic() - began < WAIT_S / 2
        until(lambda: to.open() == 0)


def test_who_has_asked_is_not_silent_though_nobody_looked_yet(to: Served) -> None:
    with to.connect() as line:
        line.sendall(WHOLE)
        assert answer_on(line)[0] == 200
        until(lambda: len(to.kind.silent[True]) == 1)
        (one,) = to.kind.silent[True]
        seen: list[bool] = []

        def on_the_loop() -> None:
            seen.append(asks(one.transport))
            line.sendall(WHOLE)  # the loop is here, and reads it when it is back
            seen.append(asks(one.transport))

        one.loop.call_soon_threadsafe(on_the_loop)
        assert answer_on(line)[0] == 200
        assert seen == [False, True]


@pytest.mark.parametrize(
    ("given", "status", "kind"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400, "bad-http"),
        (HEAD + b"Content-Length: x\r\n\r\n", 400, "bad-http"),
        (HEAD + b"X-Long: " + b"a" * 400_000, 431, "head-too-large"),
        (HEAD + b"X-Many: a\r\n" * 40_000, 431, "head-too-large"),
    ],
    ids=["tls", "no length", "a long header", "many headers"],
)
def test_what_is_no_request_is_told_as_a_problem(
    tmp_path: Path, given: bytes, status: int, kind: str
) -> None:
    with served(tmp_path, patience=WAIT_S) as to, to.connect() as line:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(given)
        found, problem = answer_on(line)
        assert found == status
        assert problem["type"] == f"/problems/{kind}"
