"""Callers who know exactly how far each of their requests came when a connection ends.

A client library hides that: it may ask again by itself, and says only that there was no answer.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

PATIENCE_S = 90.0


class Fate(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    """Its whole answer came."""

    REFUSED = "refused"
    """No connection: nobody listens any more. The caller goes elsewhere."""

    DROPPED = "dropped"
    """The connection was new and the request was sent, and no byte of an answer came."""

    CUT = "cut"
    """An answer began and did not end."""

    LEFT = "left idle"
    """The request went out on a connection that was used before, and which closed without a byte of
    an answer: it was written as the other side closed an idle connection. HTTP says that it may be
    sent again (RFC 9112, section 9.3.1, and RFC 9110, section 9.2.2)."""


@dataclass(slots=True)
class Told:
    """What callers saw."""

    fates: Counter[Fate] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    """Of answers with status 202."""


Request = Callable[[int], tuple[str, bytes]]
"""Path and body of the request of a number."""


class Caller:
    """Asks one thing after another until nobody listens."""

    def __init__(
        self, port: int, request: Request, kept: bool, told: Told, pauses_s: float, seed: str
    ) -> None:
        """``kept``: the connection is used again; ``pauses_s``: between two requests, at most."""
        self._port, self._request, self._kept, self._told = port, request, kept, told
        self._pauses_s, self._random = pauses_s, random.Random(seed)
        self._number = 0
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        """Until a connection is refused."""
        fate = Fate.ANSWERED
        while fate is not Fate.REFUSED:
            fate = await self._ask()
            self._told.fates[fate] += 1
            if fate is not Fate.ANSWERED or not self._kept:
                self._close()
            await asyncio.sleep(self._random.uniform(0, self._pauses_s))

    def _close(self) -> None:
        if self._open:
            self._open[1].close()
        self._open = None

    async def _ask(self) -> Fate:
        if self._open and (self._open[0].at_eof() or self._open[1].is_closing()):
            self._close()  # the other side has said so in time
        new = self._open is None
        try:
            reader, writer = self._open or await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return Fate.REFUSED
        self._open = reader, writer
        self._number += 1
        path, body = self._request(self._number)
        begun = False
        try:
            writer.write(written(path, body, self._kept))
            await writer.drain()
            async with asyncio.timeout(PATIENCE_S):
                head = await reader.readuntil(b"\r\n\r\n")
                begun = True
                status, length, ends = read_head(head)
                content = await reader.readexactly(length)
        except (OSError, EOFError, TimeoutError) as error:
            begun = begun or bool(getattr(error, "partial", b""))
            return Fate.CUT if begun else Fate.DROPPED if new else Fate.LEFT
        self._told.statuses[status] += 1
        if status == 202:
            self._told.bodies.append(content)
        if ends:
            self._close()
        return Fate.ANSWERED


def written(path: str, body: bytes, kept: bool) -> bytes:
    """A request."""
    end = "" if kept else "Connection: close\r\n"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{end}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def read_head(head: bytes) -> tuple[int, int, bool]:
    """Status, length of the body, and whether the connection ends with it.

    >>> read_head(b"HTTP/1.1 200 OK\\r\\ncontent-length: 7\\r\\nconnection: close\\r\\n\\r\\n")
    (200, 7, True)
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    named = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    return int(first.split()[1]), int(named["content-length"]), named.get("connection") == "close"


async def call(
    port: int, requests: Sequence[Request], kept: bool, pauses_s: float, seed: int,
    stop: Callable[[], object], after_s: float,
) -> Told:  # fmt: skip
    """One caller for each of the requests; ``stop`` is called once, after so many seconds. Until
    nobody listens any more."""
    told = Told()
    callers = [
        asyncio.create_task(Caller(port, one, kept, told, pauses_s, f"{seed}/{place}").run())
        for place, one in enumerate(requests)
    ]
    await asyncio.sleep(after_s)
    stop()
    with suppress(TimeoutError):
        async with asyncio.timeout(2 * PATIENCE_S):
            await asyncio.gather(*callers)
    return told
