"""Connections as the server keeps them: slow callers are let go, and silent ones make room.

uvicorn by itself waits without end for the rest of a request and for a caller who does not read
their answer, and takes as many connections as the system has files for. A few hundred callers who
send a letter now and then would hold them all (CWE-400; "Slowloris").
"""

import select
import sys
from asyncio import BaseTransport, Future, TimerHandle, Transport
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Protocol, cast

from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.edge import STREAMS
from service.ending import tell
from service.hangup import LOST
from service.problems import Problem, as_problem_json

if sys.platform == "linux":
    import fcntl
    import termios

SLOW_SENDER, SLOW_READER, NO_ROOM = REASONS = ("slow-sender", "slow-reader", "no-room")
"""Why a connection was closed by us before its time."""

MAX_HEAD_BYTES = 64 * 1024
"""Of a request: what other servers take at most."""

SETTLED_S = 0.2
"""Silence after which a connection may be closed to make room: a request is on its way for so long
from the other side of the world. Who has just connected or was just answered is about to ask; many
do so at once, and none of them may be cut off for the next. The shorter it is, the more that come
and say nothing can be let go in a second."""

SPARE = 64
"""Connections above the limit whose request is looked at: who watches the service is answered when
it has no room for others. A probe that fails then would have it killed for its load."""

CROWDED = 3 / 4
"""Share of the connections above which an answer says that its connection ends with it. One that is
closed while it is silent may be the one on which its caller has just begun to ask again (RFC 9112,
section 9.3.1)."""

LINGER_S = 1.0
"""For so long what a caller still sends is taken and thrown away after their last answer: closed at
once, their system would tell them of a reset in place of the answer (RFC 9112, section 9.6)."""

LEAVING = 256
"""Connections that linger so at the same time; more are closed at once. Where the process stood
still for a moment, so many are refused in the next."""

LOOKS = 4
"""How often, while a caller is waited for, it is looked whether they read."""

HEALTH = b"/health/"

OTHER_FILES = 256
"""Beside connections: the database's, the bundle's, those of webhooks and of the log."""


class Watcher(Protocol):
    """Counts connections."""

    def connection(self, change: int) -> None:
        """One more, or one less."""

    def connection_closed(self, reason: str) -> None:
        """By us, for one of :data:`REASONS`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one process."""

    patience_s: float
    """In which a request must have arrived whole, and in which a caller must take some of their
    answer. A stream's lines have a rule of their own (:mod:`service.api.stream`)."""

    connections: int
    """Open at the same time."""


class Connection(HttpToolsProtocol):
    """One of them. See :func:`protocol`."""

    limits: ClassVar[Limits]
    watcher: ClassVar[Watcher]
    silent: "ClassVar[dict[bool, dict[Connection, float]]]"
    """Those of which no request is being answered, so that closing them loses no work of ours, by
    whether they ever had an answer, and since when; who has been silent longest is first."""

    leaving: "ClassVar[set[Connection]]"
    """Those that had their last answer and may still be sending, :data:`LEAVING` at most."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._served = False  # whether it ever had an answer
        self._spare = False  # whether there was no room for it
        self._whole = False  # whether the last request has arrived to its end
        self._head: int | None = None  # bytes of a head that has not, None outside of one
        self._arriving: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._waits = 0  # bytes of an answer that were not taken when last looked
        self._took = 0.0  # when some last were, by the loop's clock
        self._lost: Future[None] = self.loop.create_future()

    @property
    def _idle(self) -> bool:
        return not busy(self)

    @property
    def _open(self) -> int:
        """Connections that may still ask something."""
        return len(self.connections) - len(self.leaving)

    def connection_made(self, transport: BaseTransport) -> None:
        """Of the transport; makes room where there is none."""
        super().connection_made(cast(Transport, transport))
        self.watcher.connection(1)
        self._falls_silent()
        self._wait()
        if self._open > self.limits.connections:
            self._make_room()

    def connection_lost(self, error: Exception | None) -> None:
        """Of the transport."""
        super().connection_lost(error)
        tell(self._lost)
        self.watcher.connection(-1)
        self.leaving.discard(self)
        self._speaks()
        self._arrived()
        self._read()

    def data_received(self, data: bytes) -> None:
        """Of the transport."""
        if self in self.leaving:
            return
        super().data_received(data)
        if self.transport.is_closing() or self in self.leaving:
            return
        if self._head is not None:
            self._head += len(data)
            if self._head > MAX_HEAD_BYTES:
                self._refuse(
                    431, "head-too-large", "The head of the request is too large",
                    f"address and headers may have {MAX_HEAD_BYTES:,} bytes together",
                )  # fmt: skip
                return
        # Also where nothing of a request came, such as an empty line: uvicorn took its own timer.
        waits = not self._whole or self._idle
        if waits and self._arriving is None:
            self._wait()

    def on_message_begin(self) -> None:
        """Of the parser: a request's first byte."""
        super().on_message_begin()
        self.scope["extensions"] = {LOST: {"done": self._lost}}
        self._whole, self._head = False, 0

    def on_headers_complete(self) -> None:
        """Of the parser."""
        if self._spare and not self.url.startswith(HEALTH):
            self.watcher.connection_closed(NO_ROOM)
            self.app = after_body(self._no_room)
        super().on_headers_complete()
        self._head = None
        if self.scope["path"] in STREAMS:
            self._is_whole()

    def on_message_complete(self) -> None:
        """Of the parser: a request's last byte."""
        super().on_message_complete()
        self._is_whole()
        crowded = self._open > CROWDED * self.limits.connections
        if crowded and self.cycle and not self.cycle.response_started:
            self.cycle.keep_alive = False  # nothing is on its way that a reset would answer

    def on_response_complete(self) -> None:
        """Of the request being answered."""
        super().on_response_complete()
        if self._idle:
            self._speaks()
            self._served = True
            self._falls_silent()

    def pause_writing(self) -> None:
        """Of the transport: what was sent is not taken."""
        super().pause_writing()
        self._read()
        self._expect_reading()

    def resume_writing(self) -> None:
        """Of the transport."""
        super().resume_writing()
        self._read()

    def send_400_response(self, msg: str) -> None:
        """To what is no HTTP."""
        self._refuse(400, "bad-http", "The request is not HTTP/1.1", msg)

    def _falls_silent(self) -> None:
        self.silent[self._served][self] = self.loop.time()

    def _speaks(self) -> None:
        self.silent[self._served].pop(self, None)

    def _is_whole(self) -> None:
        self._speaks()
        self._arrived()
        self._whole = True

    def _wait(self) -> None:
        self._arriving = self.loop.call_later(self.limits.patience_s, self._late)

    def _arrived(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _expect_reading(self) -> None:
        """Some of what waits now must be taken in time. Writing goes on only when nearly all of it
        is taken: a slow line needs longer for that than anybody is waited for."""
        self._waits, self._took = untaken(self.transport), self.loop.time()
        self._look_again()

    def _look_again(self) -> None:
        self._unread = self.loop.call_later(self.limits.patience_s / LOOKS, self._look)

    def _look(self) -> None:
        """Whether the caller took any of the answer since."""
        waits, moment = untaken(self.transport), self.loop.time()
        if waits < self._waits:
            self._waits, self._took = waits, moment
        elif moment - self._took >= self.limits.patience_s:
            self._never_read()
            return
        self._look_again()

    def _late(self) -> None:
        """The request is not here in time."""
        self._arriving = None
        if self.transport.is_closing():
            return
        answering = not self._idle
        if self.flow.read_paused or (answering and not self.cycle.more_body):
            self._wait()  # it is we who do not read, or who answer the request before it
            return
        self.watcher.connection_closed(SLOW_SENDER)
        if answering and self.cycle.response_started:
            self.transport.close()
            return
        self._refuse(
            408, "slow-request", "The request did not arrive in time",
            f"a request must arrive whole within {self.limits.patience_s:g} seconds of its first "
            "byte, or of the connection; send it at once, or use /v1/score/stream",
        )  # fmt: skip

    def _never_read(self) -> None:
        """Nobody took any of the answer."""
        self._unread = None
        self.watcher.connection_closed(SLOW_READER)
        self.transport.abort()

    def _make_room(self) -> None:
        """Close who has been silent longest, of those who never asked anything first. Where all are
        being answered, or have only just come, the new one has to go, unless it is a probe."""
        self._speaks()
        settled = self.loop.time() - SETTLED_S
        for silent in (self.silent[False], self.silent[True]):
            longest = next((one for one in silent if not asks(one.transport)), None)
            if longest is not None and silent[longest] <= settled:
                self.watcher.connection_closed(NO_ROOM)
                longest._speaks()  # it goes when the loop comes to it
                longest.transport.close()
                self._falls_silent()
                return
        if self._open <= self.limits.connections + SPARE:
            self._spare = True
            self._falls_silent()
            return
        self.watcher.connection_closed(NO_ROOM)
        self._write(self._no_room)

    @property
    def _no_room(self) -> Response:
        """An answer, and what gives it in place of the application."""
        return last_answer(
            503, "no-room", "Too many connections",
            f"{self.limits.connections} connections are being answered; come back later",
            {"Retry-After": "1"},
        )  # fmt: skip

    def _refuse(self, status: int, kind: str, title: str, detail: str) -> None:
        """From outside of the application."""
        self._write(last_answer(status, kind, title, detail))

    def _write(self, answer: Response) -> None:
        lines = b"".join(b"%b: %b\r\n" % one for one in answer.raw_headers)
        self.transport.write(STATUS_LINE[answer.status_code] + lines + b"\r\n" + answer.body)
        if self._whole or not self._idle or len(self.leaving) >= LEAVING:
            self.transport.close()  # where the application still waits, it hears of it so
            return
        self.leaving.add(self)
        self._speaks()
        self._arrived()
        self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)


def busy(connection: object) -> bool:
    """Whether something is being answered there."""
    cycle = getattr(connection, "cycle", None)
    return cycle is not None and not cycle.response_complete


def untaken(transport: Transport) -> int:
    """Bytes that were written and are not known to be taken: those that wait here, and, where the
    system tells (Linux), those that it has not got acknowledged. It takes more from us only when
    much of what it holds is gone."""
    number = transport.get_extra_info("socket").fileno()
    held = bytearray(4)
    if number >= 0 and sys.platform == "linux":
        with suppress(OSError):
            fcntl.ioctl(number, termios.TIOCOUTQ, held)  # SIOCOUTQ of tcp(7), under another name
    return transport.get_write_buffer_size() + int.from_bytes(held, sys.byteorder)


def asks(transport: Transport) -> bool:
    """Whether something has come that the loop has not looked at yet: after a busy moment it may
    first hear of new connections, and then of what the open ones have sent."""
    number = transport.get_extra_info("socket").fileno()
    if number < 0 or not hasattr(select, "poll"):  # closed already; Windows
        return False
    look = select.poll()
    look.register(number, select.POLLIN)
    return bool(look.poll(0))


def after_body(answer: ASGIApp) -> ASGIApp:
    """The answer, given when the request has been read to its end: a caller who still sends would
    be told of a reset. Streams have no end."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        while scope["path"] not in STREAMS and (await receive()).get("more_body"):
            pass
        await answer(scope, receive, send)

    return application


def last_answer(
    status: int, kind: str, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A problem, after which the connection ends."""
    headers = {"Connection": "close", **(headers or {})}
    return as_problem_json(Problem(HTTPStatus(status), kind, title, detail, headers))


def protocol(limits: Limits, watcher: Watcher) -> type[Connection]:
    """What uvicorn takes as ``http``."""
    return type("Connection", (Connection,), {
        "limits": limits, "watcher": watcher, "silent": {False: {}, True: {}},
        "leaving": set(),
    })  # fmt: skip


def raise_file_limit(connections: int) -> None:
    """Let this process open so many connections and the files that it needs beside them, as far as
    the system allows: often 1,024 files are the limit although many more may be asked for."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE + LEAVING + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
