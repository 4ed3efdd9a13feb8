"""Callers who hold connections: heads by the letter, halves of bodies, silence in great number.

Each is done for a while beside ordinary callers, half of whom bring a new connection for every
request. What is promised is about those: none of them fails, and they wait hardly longer.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from service.connections import raise_file_limit
from service.settings import Settings
from tests.e2e.memory import texts
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service, Watch
from tests.faults.traffic import Body, Seen, one_ad, traffic

RATE = 2.0
"""Ordinary requests a second on kept connections, and as many on new ones."""

SLOW, HALF, MANY = 500, 500, 3000
"""Connections that are held at the same time."""

MOST_MB = 100.0
"""That they may cost, all together."""

LONGER, LONGER_MS = 2.0, 250.0
"""By which the 95th percentile of ordinary callers may grow: a factor, and milliseconds beside it
for a machine that the held connections themselves keep busy."""

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PATIENCE_S = Settings.model_fields["slow_caller_s"].default
CONNECTIONS = Settings.model_fields["max_connections"].default

Told = Counter[str]
Hold = Callable[[int, Told], Awaitable[None]]
"""Opens one connection, keeps it as long as it can, and counts what came of it."""


class Holders:
    """So many connections, each opened again a second after it was closed, until the ``with``
    ends."""

    def __init__(self, port: int, count: int, hold: Hold) -> None:
        self.told: Told = Counter()
        self._port, self._count, self._hold = port, count, hold
        self._loop = asyncio.new_event_loop()
        self._all: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Holders":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    def _run(self) -> None:
        self._all = self._loop.create_task(self._hold_all())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._all)
        self._loop.close()

    def _end(self) -> None:
        if self._all is not None:
            self._all.cancel()

    async def _hold_all(self) -> None:
        await asyncio.gather(*(self._again() for _ in range(self._count)))

    async def _again(self) -> None:
        while True:
            try:
                await self._hold(self._port, self.told)
            except OSError as error:
                self.told[type(error).__name__] += 1
            await asyncio.sleep(1)


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection."""
    return await asyncio.open_connection("127.0.0.1", port)


async def until_closed(reader: asyncio.StreamReader, told: Told) -> None:
    """Count the status that came before the end; ``closed`` where none did."""
    status = (await reader.readline()).split(b" ")
    told[status[1].decode() if len(status) > 1 else "closed"] += 1


async def by_the_letter(port: int, told: Told) -> None:
    """A head that never ends, one byte a second."""
    reader, writer = await opened(port)
    try:
        ending = asyncio.ensure_future(until_closed(reader, told))
        for letter in HEAD + b"X-More: " + b"a" * 10_000:
            if ending.done():
                break
            writer.write(bytes([letter]))
            await asyncio.sleep(1)
        await ending
    finally:
        writer.close()


async def half_a_body(port: int, told: Told) -> None:
    """A body of which the second half never comes."""
    reader, writer = await opened(port)
    try:
        writer.write(HEAD + b'Content-Length: 2000\r\n\r\n{"ads": [{"text": "' + b"a" * 1000)
        await until_closed(reader, told)
    finally:
        writer.close()


async def silence(port: int, told: Told) -> None:
    """Nothing at all."""
    reader, writer = await opened(port)
    try:
        await until_closed(reader, told)
    finally:
        writer.close()


def slow(given: Given) -> Outcome:
    """500 callers send a head by the letter."""
    return held(
        given, f"{SLOW} callers send the head of a request, one byte a second", SLOW, by_the_letter,
        expects_408=True,
    )  # fmt: skip


def half(given: Given) -> Outcome:
    """500 callers send half of a body and wait."""
    return held(
        given, f"{HALF} callers send half of a body and wait", HALF, half_a_body, expects_408=True
    )


def flood(given: Given) -> Outcome:
    """3,000 connections say nothing and are opened again a second after they were closed."""
    return held(
        given,
        f"{MANY:,} connections that say nothing, each opened again a second after it was closed",
        MANY, silence, expects_408=False,
    )  # fmt: skip


def held(given: Given, fault: str, count: int, hold: Hold, expects_408: bool) -> Outcome:
    """Ordinary callers before and while connections are held."""
    promised = "every ordinary request is answered, new connections too, with hardly more delay; "
    promised += (
        f"what has not arrived after {PATIENCE_S:g} s gets 408"
        if expects_408
        else f"at most {CONNECTIONS:,} are open, who was silent longest makes room"
    )
    found = Outcome(fault, promised)
    raise_file_limit(count + 500)
    with Service(given) as service:
        body = one_ad(texts())
        with callers(service, body) as before:
            time.sleep(max(2.0, given.seconds / 3))
        at_first = service.resident_mb()
        with Watch(service) as watch, Holders(service.port, count, hold) as holders:
            time.sleep(min(5.0, given.seconds / 5))  # until all are held
            with callers(service, body) as during:
                time.sleep(given.seconds)
            told = Counter(holders.told)
        with callers(service, body) as after:
            time.sleep(max(2.0, given.seconds / 6))
    p95 = [seen.quantile_ms(0.95) for seen in (before, during, after)]
    grown = watch.most_mb - at_first
    found.seen = {
        "ordinary answers meanwhile": during.statuses(),
        "p95 before, meanwhile, after": ", ".join(f"{one:,.0f} ms" for one in p95),
        "held ones that were closed": dict(told),
        "memory grew by at most": f"{grown:.0f} MB",
    }
    found.expect(set(during.statuses()) == {"200"}, f"ordinary answers: {during.statuses()}")
    found.expect(set(after.statuses()) == {"200"}, f"answers after it: {after.statuses()}")
    found.expect(
        p95[1] <= LONGER * p95[0] + LONGER_MS, f"p95 went from {p95[0]:.0f} to {p95[1]:.0f} ms"
    )
    found.expect(grown <= MOST_MB, f"memory grew by {grown:.0f} MB")
    if expects_408 and given.seconds > PATIENCE_S:
        found.expect(told["408"] >= count, f"{told['408']} of {count} were told 408")
    return found


@contextmanager
def callers(service: Service, body: Body) -> Iterator[Seen]:
    """Ordinary ones on kept connections, and as many on new ones."""
    both = Seen()
    with (
        traffic(service.url, body, RATE, kept=True, seed=1) as kept,
        traffic(service.url, body, RATE, kept=False, seed=2) as new,
    ):
        yield both
    both.answers += kept.answers + new.answers
