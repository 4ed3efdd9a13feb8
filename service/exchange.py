"""Lines in, lines out, over one request: answered while they come, in bounded memory.

Not a streaming response of the framework: that one listens for the caller's hanging up by reading
the body, and would lose it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from fastapi.responses import Response
from starlette.types import Message, Receive, Scope, Send

from service.api.schemas import StreamClosed
from service.ending import Ending
from service.errors import KeyLimited, Overloaded
from service.hangup import CallerGone, lost
from service.lines import Splitter, written
from service.missing import left_s

Line = tuple[int, bytes | None]
"""Number and bytes; ``None`` where there were too many."""

Answer = Callable[[Sequence[Line], float | None], Awaitable[bytes]]
"""Lines of answers for a few lines, by a moment of ``time.perf_counter()`` where one is given;
:class:`~service.errors.Overloaded` where there is no room, or :class:`~service.errors.KeyLimited`
where the caller has had enough for now, and neither once that moment has passed."""

Done = TypeVar("Done")

IN_FLIGHT = 3
"""Batches begun and not yet taken by the caller: one on its way out, one being answered, one
waiting for a thread."""

BATCH_BYTES = 20_000
"""Bytes answered together, but for a single line that has more."""

STOPS = "the service stops"
"""Why a stream ends of which not all lines were read."""

LOOK_AGAIN_S = 0.5
"""Longest pause before a stream that has begun asks again for room, or for more of its limit."""


class Exchange(Response):
    """Reads no more of the body while its caller does not take the answers. What comes at once is
    answered together, and a line that comes alone is answered alone.

    When the caller hangs up, or the service stops, what was not begun is dropped. A queue that is
    full, or a limit that is reached, refuses the exchange before its first answer, and only delays
    it afterwards.
    """

    media_type = "application/x-ndjson"

    def __init__(
        self, answer: Answer, max_line_bytes: int, batch_lines: int, idle_s: float,
        ending: Ending, deadline_s: float | None = None, patient: bool = False,
    ) -> None:  # fmt: skip
        """``idle_s``: how long the caller may send nothing while no answer is owed;
        ``ending``: given when no more is to be read; ``deadline_s``: how long a line may take;
        ``patient``: also wait for room at the first."""
        self.status_code = 200
        self.background = None
        self.init_headers({"X-Accel-Buffering": "no"})  # a proxy in front must not collect answers
        self._answer = answer
        self._splitter = Splitter(max_line_bytes)
        self._batch_lines = batch_lines
        self._idle_s = idle_s
        self._ending = ending
        self._deadline_s = deadline_s
        self._patient = patient
        self._first = True
        self._last = b""
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._owed = 0
        self._owed_until = 0.0
        """When the last answer was taken, by ``time.monotonic()``."""

        self._answers: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue()
        self._begun: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the body has ended and all is answered. Raises
        :class:`~service.hangup.CallerGone`, or what ``answer`` raises before it begins."""
        self._stops = self._ending.heard()
        self._lost = lost(scope)
        reading = self._begin(self._read(receive))
        writing = self._begin(self._write(send))
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            await (writing if writing.done() else reading)
        finally:
            self._stops.cancel()
            tasks = list(self._begun)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, receive: Receive) -> None:
        more = True
        coming = self._listen(receive)
        while more:
            message = await self._heard(coming)
            if message is None:
                self._closes(
                    STOPS if self._stops.done() else f"nothing came for {self._idle_s:g} s"
                )
                break
            more = message.get("more_body", False)
            lines = list(self._splitter.feed(message.get("body", b"")))
            if not more:
                lines += self._splitter.close()
            coming = self._listen(receive)  # one message ahead: it may be of a hang-up
            if not await self._all_begun(lines, coming):
                self._closes(STOPS)
                break
        self._answers.put_nowait(None)
        while True:  # until the last answer is sent, or the caller goes
            from_caller(await coming)
            coming = self._listen(receive)

    def _closes(self, why: str) -> None:
        """The last line, where not all were read."""
        self._last = written([StreamClosed(closed=f"{why}; open a stream anew for the rest")])

    async def _all_begun(self, lines: Iterable[Line], coming: asyncio.Task[Message]) -> bool:
        """Begin to answer them; false where the service stops before the last."""
        for batch in batches(lines, self._batch_lines):
            if not await self._has_room(coming):
                return False
            self._owed += 1
            patient = self._patient or not self._first
            self._answers.put_nowait(self._begin(self._answered(batch, patient)))
            self._first = False
        return True

    async def _has_room(self, coming: asyncio.Task[Message]) -> bool:
        """As soon as there is room for a batch; false where the service stops. Many may stand
        between the message they came with and the next, so the connection is watched as well."""
        room = self._begin(self._room.acquire())
        signs: set[asyncio.Future[Any]] = {room, coming, self._stops, self._lost}
        while True:
            if coming.done():
                from_caller(coming.result())
            if self._lost.done():
                raise CallerGone
            if self._stops.done():
                return False
            if room.done():
                return True
            awaited = [one for one in signs if not one.done()]
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)

    async def _heard(self, coming: asyncio.Task[Message]) -> Message | None:
        """What came of the body; ``None`` where the caller fell silent or the service stops."""
        either: set[asyncio.Future[Any]] = {coming, self._stops}
        began = time.monotonic()
        while not self._stops.done() and not coming.done():
            patience_s = self._patience_s(began)
            if patience_s <= 0:
                return None
            await asyncio.wait(either, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        if self._stops.done():
            return None
        return from_caller(coming.result())

    def _patience_s(self, began: float) -> float:
        """How long the caller may still be silent, who was heard last when ``began``: counted from
        the last answer, since they may wait for it before they send more."""
        if self._owed:
            return self._idle_s
        return max(began, self._owed_until) + self._idle_s - time.monotonic()

    def _listen(self, receive: Receive) -> asyncio.Task[Message]:
        async def listening() -> Message:
            return await receive()

        return self._begin(listening())

    def _begin(self, work: Coroutine[Any, Any, Done]) -> asyncio.Task[Done]:
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._begun.discard(task)
        if not task.cancelled():
            task.exception()  # else the event loop logs it, with its message

    async def _answered(self, batch: Sequence[Line], patient: bool) -> bytes:
        until = None if self._deadline_s is None else time.perf_counter() + self._deadline_s
        while True:
            try:
                return await self._answer(batch, until)
            except (KeyLimited, Overloaded) as full:
                if not patient:
                    raise
                pause_s = min(full.retry_after_s, LOOK_AGAIN_S)
                await asyncio.sleep(min(pause_s, left_s(until) or pause_s))

    async def _write(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        started = False
        while (task := await self._answers.get()) is not None:
            answers = await task
            if not started:
                started = True
                await send(start)
            await send({"type": "http.response.body", "body": answers, "more_body": True})
            self._owed -= 1
            self._owed_until = time.monotonic()
            self._room.release()
        if not started:
            await send(start)
        await send({"type": "http.response.body", "body": self._last, "more_body": False})


def from_caller(message: Message) -> Message:
    """The message. Raises :class:`~service.hangup.CallerGone`."""
    if message["type"] == "http.disconnect":
        raise CallerGone
    return message


def batches(lines: Iterable[Line], most: int) -> Iterator[list[Line]]:
    """Lines to be answered together, blank ones left out.

    >>> [[number for number, _ in batch] for batch in batches([(1, b"a"), (2, b""), (3, b"b")], 1)]
    [[1], [3]]
    """
    batch: list[Line] = []
    size = 0
    for number, line in lines:
        if line is not None and not line.strip():
            continue
        length = len(line or b"")
        if batch and (len(batch) >= most or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((number, line))
        size += length
    if batch:
        yield batch
