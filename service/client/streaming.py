"""A stream without its I/O: ads in parts, and how far the answers of one have come.

Parts, though the service takes a stream of any length: httpx does not read an answer before it has
sent all of its request, and many a proxy does not pass on a request before it has all of it. In
return a connection that breaks off costs nothing: what has no answer is sent again.
"""

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.client.asking import AdLike, as_json, full
from service.client.calls import Lost, Reply, pause_after_loss, pause_after_problem
from service.client.errors import Unreadable
from service.client.parts import STREAM_BYTES, Filling, parts
from service.client.results import Answer, LineError, Result, Undecided
from service.client.retrying import Attempts, Patience

PATH = "/v1/score/stream"
HEADERS = {"Content-Type": "application/x-ndjson"}


class Closed(Answer):
    """The service ends a stream."""

    closed: str


LINE: TypeAdapter[Result | Undecided | LineError | Closed] = TypeAdapter(
    Result | Undecided | LineError | Closed
)


class Part:
    """Ads that are sent together. ``left`` are those without an answer."""

    def __init__(self, lines: list[bytes], first: int, patience: Patience) -> None:
        """``first``: number of the first ad in the whole stream."""
        self.left = deque(lines)
        self._next = first
        self._patience = patience
        self._attempts = Attempts(patience)
        self._held = b""

    def body(self) -> bytes:
        """What is to be sent, anew where it was sent before."""
        self._held = b""
        return b"".join(self.left)

    def feed(self, chunk: bytes) -> Iterator[Result | Undecided | LineError]:
        """The answers that are whole with this piece of the response."""
        *lines, self._held = (self._held + chunk).split(b"\n")
        for line in lines:
            answer = read(line)
            if isinstance(answer, Closed):
                return
            if not self.left:
                raise Unreadable("more answers than ads; check the base address")
            self.left.popleft()
            self._attempts = Attempts(self._patience)
            if isinstance(answer, LineError):
                answer = answer.model_copy(update={"line": self._next})
            self._next += 1
            yield answer

    def ended(self) -> float:
        """Seconds to wait before the rest is sent, if there is any. Raises
        :class:`~service.client.errors.ClientError`."""
        if self._held:
            read(self._held)
        return self.lost(Lost("the stream ended early", sent=True)) if self.left else 0

    def refused(self, reply: Reply) -> float:
        """The same after an error. Raises :class:`~service.client.errors.Problem`."""
        return pause_after_problem(self._attempts, reply)

    def lost(self, lost: Lost) -> float:
        """The same after a connection that broke off."""
        return pause_after_loss(self._attempts, lost)


def read(line: bytes) -> Result | Undecided | LineError | Closed:
    """One line of the answer."""
    try:
        return LINE.validate_json(line)
    except ValidationError:
        raise Unreadable("a line is no answer of the service; check the base address") from None


def in_parts(ads: Iterable[AdLike], at_once: int, patience: Patience) -> Iterator[Part]:
    """No more ads are taken than the next part holds."""
    first = 1
    for lines in parts(((line, len(line)) for line in map(line_of, ads)), at_once, STREAM_BYTES):
        yield Part(lines, first, patience)
        first += len(lines)


async def in_parts_async(
    ads: AsyncIterable[AdLike] | Iterable[AdLike], at_once: int, patience: Patience
) -> AsyncIterator[Part]:
    """The same of ads that are awaited."""
    if isinstance(ads, Iterable):
        for part in in_parts(ads, at_once, patience):
            yield part
        return
    first = 1
    filling: Filling[bytes] = Filling(at_once, STREAM_BYTES)
    async for ad in ads:
        line = line_of(ad)
        for lines in filling.add(line, len(line)):
            yield Part(lines, first, patience)
            first += len(lines)
    if lines := filling.end():
        yield Part(lines, first, patience)


def line_of(ad: AdLike) -> bytes:
    """An ad as it is sent."""
    return as_json(full(ad)) + b"\n"


def request(part: Part, options: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the request for a part."""
    query = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in options.items()
    }
    return {
        "method": "POST",
        "url": PATH,
        "headers": HEADERS,
        "params": query or None,
        "content": part.body(),
    }
