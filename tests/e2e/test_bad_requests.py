"""What no client sends, sent to the service as it runs: an answer in 4xx or a closed connection, no
word of it in the log, and the next ordinary ad is scored."""

import gzip
import json
import socket
import subprocess
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse

import pytest

from tests.conftest import TinyRun
from tests.e2e.processes import free_port, serving

WORD = "Quaggafjord"
MB = 2**20
JSON = b"Content-Type: application/json\r\n"
LIMIT_S = 20.0
"""Within which each is answered: machines are busy."""


@dataclass
class Served:
    """A service and what it has logged so far."""

    port: int
    lines: list[bytes] = field(default_factory=list)

    def send(self, *parts: bytes) -> tuple[int, bytes]:
        """Bytes as they are; gives status, 0 where there was no answer, and what followed."""
        with socket.create_connection(("127.0.0.1", self.port), LIMIT_S) as line:
            try:
                for part in parts:
                    line.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                pass  # answered before all was sent
            return answer_on(line)

    def post(
        self, body: bytes, more: bytes = JSON, path: bytes = b"/v1/score"
    ) -> tuple[int, bytes]:
        """A whole request."""
        length = b"Content-Length: %d\r\n" % len(body)
        head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" % path
        return self.send(head + more + length + b"\r\n", body)

    def score(self) -> None:
        """An ordinary ad."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/score", b'{"ads": [{"text": "cook wanted"}]}',
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            assert len(json.load(answer)["results"]) == 1


def answer_on(line: socket.socket) -> tuple[int, bytes]:
    """Status and body."""
    answer = HTTPResponse(line)
    try:
        answer.begin()
        return answer.status, answer.read()
    except (HTTPException, ConnectionResetError):
        return 0, b""


@pytest.fixture(scope="module")
def served(tiny_run: TinyRun) -> Iterator[Served]:
    port = free_port()
    with serving(port, LUREWATCH_BUNDLE_DIR=str(tiny_run.bundle)) as process:
        found = Served(port)
        threading.Thread(target=listen, args=(process, found.lines), daemon=True).start()
        yield found


def listen(process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
    """Else the pipe fills and the service stands still."""
    assert process.stderr is not None
    lines.extend(process.stderr)


@pytest.fixture(autouse=True)
def goes_on(served: Served) -> Iterator[None]:
    yield
    served.score()
    assert all(WORD.encode() not in line for line in served.lines)
    assert all(b'"defect"' not in line for line in served.lines)


def deep(opening: bytes, closing: bytes, levels: int = 100_000) -> bytes:
    return opening * levels + closing * levels


TEXT = f'{{"ads": [{{"text": "{WORD}'.encode()


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (TEXT + b"x" * 10 * MB + b'"}]}', {413}),
        (b" " * 10 * MB, {413}),
        (deep(b"[", b"]"), {413}),
        (deep(b'{"a":', b"}"), {413}),
        (deep(b"[", b"]", 5_000), {400}),
        (deep(b'{"a":', b"}", 5_000), {400}),
        (TEXT + b'", "thread": ' + deep(b"[", b"]", 900) + b"}]}", {400, 422}),
        (b'{"ads": ' + b"9" * 5_000 + b"}", {400}),
        (TEXT + b'", "posted_at": ' + b"9" * 4_000 + b"}]}", {422}),
        (TEXT + b'", "posted_at": 1e999999}]}', {422}),
        (TEXT + b'", "posted_at": -1e308}]}', {422}),
        (TEXT + b'", "posted_at": NaN}]}', {422}),
        (TEXT + b'\\ud800"}]}', {422}),
        (TEXT + b'", "id": "\\udc00"}]}', {422}),
        (TEXT + b'", "\\udfff": 1}]}', {422}),
        (TEXT + b'", "id": "\\u0000"}]}', {422}),
        (TEXT + b'\0"}]}', {400}),
        (TEXT + b'\xff\xfe"}]}', {400}),
        (TEXT + b'\xed\xa0\x80"}]}', {400, 422}),
        (f'{{"ads": [{{"text": "{WORD}"}}]'.encode("utf-16"), {400}),
        (f'{{"ads": [{{"text": "{WORD}"}}]}}'.encode("utf-32"), {200, 400}),
        (b"\xef\xbb\xbf" + TEXT + b'"}]}', {200, 400}),
        (TEXT + b'", "text": ""}]}', {422}),  # of two equal keys the last counts
        (TEXT + b'"}]}' + b"\n" * 1_000 + b"{}", {400}),
        (b"", {422}),
        (b"\0" * 1_000, {400}),
        (b'"' + b"\\" * 1_000_000, {400}),
    ],
    ids=range(27),
)
def test_a_body(served: Served, body: bytes, statuses: set[int]) -> None:
    began = time.monotonic()
    status, told = served.post(body)
    assert status in statuses, told
    assert time.monotonic() - began < LIMIT_S
    if status >= 400:
        problem = json.loads(told)
        assert problem["type"].startswith("/problems/")
        assert WORD not in told.decode()


PACKED = gzip.compress(b'{"ads": [{"text": "' + b"x" * 64 * MB + b'"}]}')
"""64 MB in 64 kB."""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", PACKED),
        (b"deflate", zlib.compress(b"x" * 64 * MB)),
        (b"br", b"\x1b"),
        (b"zstd", b"\x28\xb5"),
        (b"gzip, gzip", gzip.compress(PACKED)),
        (b"GZIP", b""),
        (b"identity, gzip", PACKED),
    ],
)
@pytest.mark.parametrize("path", [b"/v1/score", b"/predict", b"/v1/moderations", b"/v1/reports"])
def test_a_compressed_body_is_not_unpacked(
    served: Served, path: bytes, encoding: bytes, body: bytes
) -> None:
    status, told = served.post(body or b"{}", JSON + b"Content-Encoding: %b\r\n" % encoding, path)
    assert status == 415
    assert b"Content-Encoding" in told


def test_a_body_that_says_it_is_not_compressed_is_read(served: Served) -> None:
    status, _ = served.post(b'{"ads": [{"text": "a"}]}', JSON + b"Content-Encoding: identity\r\n")
    assert status == 200


HEAD = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\n" + JSON
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        [CHUNKED, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 200],
        [CHUNKED, b"zz\r\n"],
        [CHUNKED, b"ffffffffffffffffff\r\nx"],
        [HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"0\r\n\r\n", b"\0"],
        [HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", b"0\r\n\r\nxx"],
        [HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n", b"[[[[[[["],
        [HEAD + b"Content-Length: -1\r\n\r\n", b"[]"],
        [HEAD + b"Content-Length: 1e3\r\n\r\n", b"[]"],
        [HEAD + b"Content-Length: \xb2\r\n\r\n", b"[]"],
        [HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", b"[]"],
        [HEAD + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", b"[]"],
        [HEAD + b"Content-Length: 99999999999\r\n\r\n", b"[]"],
        [HEAD + b"X-A: " + b"a" * MB + b"\r\n\r\n"],
        [HEAD, *[b"X-%d: a\r\n" % i for i in range(100_000)], b"\r\n"],
        [b"GET /" + b"a" * MB + b" HTTP/1.1\r\n\r\n"],
        [b"GET /" + b"a/" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        [b"GET /v1/queue/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"GET /v1/queue/\0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"GET /%ff%fe%ed%a0%80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"GET http:// HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"QUAGGA /v1/score HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        [b"TRACE /v1/score HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"PROPFIND /v1/score HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        [b"get /v1/model HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        [b"GET /v1/model HTTP/9.9\r\nHost: localhost\r\n\r\n"],
        [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
        [b"\0" * 10_000],
        [b"\r\n" * 100_000 + b"\0"],
        [HEAD + b"Quaggafjord\0: a\r\n\r\n"],
        [HEAD + b"Expect: 200-maybe\r\nContent-Length: 2\r\nConnection: close\r\n\r\n", b"[]"],
    ],
    ids=range(34),
)  # fmt: skip
def test_a_request_that_is_none(served: Served, parts: list[bytes]) -> None:
    status, told = served.send(*parts)
    assert status == 0 or 400 <= status < 500, told
    assert WORD not in told.decode("latin-1")


@pytest.mark.parametrize(
    "headers",
    [
        b"Host: [\r\n", b"Host: \xff\r\n", b"Host: a:b:c\r\n", b"Cookie: \xff=\r\n",
        b"Host: localhost\r\nOrigin: http://[\r\n",
        b"Host: localhost\r\nAccept-Language: " + b"a-" * 5_000 + b"\r\n",
        b"Host: localhost\r\nAuthorization: Basic \xe9\r\n",
        b"Host: localhost\r\nX-Forwarded-For: " + b",[" * 9_000 + b"\r\n",
        b"Host: localhost\r\nTraceparent: " + b"0" * 9_000 + b"\r\n",
        b"Host: localhost\r\nX-Forwarded-Proto: \xff\r\n",
        b"Host: localhost\r\nRange: bytes=0-1,0-1\r\n",
        b"Host: localhost\r\nCookie: lurewatch=\xff\r\n",
    ],
    ids=range(12),
)  # fmt: skip
@pytest.mark.parametrize(
    "target",
    [
        b"GET /", b"GET /?lang=\xff&\xfe", b"GET /?lang=%FF&%00=%00", b"GET /share?signs=%ED%A0%80",
        b"GET /review/sign-in", b"GET /$discovery/rest", b"GET /v1/model",
        b"GET /label-studio/health", b"GET /pages/%FF", b"GET /metrics",
    ],
)  # fmt: skip
def test_odd_headers_are_no_defect(served: Served, target: bytes, headers: bytes) -> None:
    status, told = served.send(target + b" HTTP/1.1\r\nConnection: close\r\n" + headers + b"\r\n")
    assert 0 <= status < 500, told
