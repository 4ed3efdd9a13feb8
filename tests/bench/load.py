"""Requests over HTTP, as few processor seconds of our own as can be: the caller shares the machine
with who is measured.

A **closed loop** keeps so many requests on their way: each caller waits for its answer before it
asks again. It says how much a service can do, and hides how long callers would have waited: while
one answer takes long, nobody else asks (coordinated omission). An **open loop** sends each request
at a moment fixed beforehand, whatever is still on its way, and counts from that moment, so that
every wait is seen, that of requests the caller itself sent late included.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

PATIENCE_S = 60.0
"""After which a request has failed."""

HEADERS = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Taken:
    """What a load gave."""

    seconds: float = 0.0
    """From the first request to the last answer that counts."""

    latencies_s: list[float] = field(default_factory=list)
    """Of answers that count, in the order of their requests."""

    late_s: list[float] = field(default_factory=list)
    """By how much requests of an open loop were sent later than meant."""

    failed: dict[str, int] = field(default_factory=dict)
    """Requests without a good answer, by what came instead."""

    answers: list[bytes] = field(default_factory=list)
    """Bodies of the answers that count."""

    sent: int = 0
    """All requests, those that keep the load up to the end included."""

    caller_s: float = 0.0
    """Processor seconds of the caller, from the first request until all were answered."""

    all_s: float = 0.0
    """From the first request until all were answered."""


class Caller:
    """Sends bodies to one address."""

    def __init__(self, url: str, session: aiohttp.ClientSession, taken: Taken) -> None:
        self._url = url
        self._session = session
        self._taken = taken

    async def ask(self, body: bytes, since: float, counts: bool = True) -> None:
        """One request; its latency is counted from ``since``."""
        taken = self._taken
        taken.sent += 1
        try:
            async with self._session.post(self._url, data=body, headers=HEADERS) as answer:
                content = await answer.read()
                said = "" if answer.status == 200 else f"status {answer.status}"
        except (TimeoutError, aiohttp.ClientError) as error:
            content, said = b"", type(error).__name__
        if not counts:
            return
        if said:
            taken.failed[said] = taken.failed.get(said, 0) + 1
            return
        taken.latencies_s.append(time.perf_counter() - since)
        taken.answers.append(content)


def session() -> aiohttp.ClientSession:
    """Connections that are kept, as many as are needed."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        auto_decompress=False,
    )


async def closed(url: str, bodies: Sequence[bytes], callers: int, more: Sequence[bytes]) -> Taken:
    """Every body once, ``callers`` at the same time. ``more`` are sent after them and do not count:
    they keep the others company, so that the last ones that count are not asked alone."""
    taken = Taken()
    coming = iter([*((body, True) for body in bodies), *((body, False) for body in more)])
    left = len(bodies)
    async with session() as connections:
        caller = Caller(url, connections, taken)
        began, spent = time.perf_counter(), time.process_time()

        async def one() -> None:
            nonlocal left
            for body, counts in coming:
                await caller.ask(body, time.perf_counter(), counts)
                left -= counts
                if counts and not left:
                    taken.seconds = time.perf_counter() - began

        await asyncio.gather(*(one() for _ in range(callers)))
        taken.caller_s = time.process_time() - spent
        taken.all_s = time.perf_counter() - began
    return taken


async def opened(url: str, bodies: Sequence[bytes], times: Sequence[float]) -> Taken:
    """The body of each moment, at that moment."""
    taken = Taken()
    async with session() as connections:
        caller = Caller(url, connections, taken)
        began, spent = time.perf_counter(), time.process_time()
        asked = []
        for body, at in zip(bodies, times, strict=True):
            meant = began + at
            while (wait := meant - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            taken.late_s.append(time.perf_counter() - meant)
            asked.append(asyncio.create_task(caller.ask(body, meant)))
        await asyncio.gather(*asked)
        taken.caller_s = time.process_time() - spent
        taken.seconds = taken.all_s = time.perf_counter() - began
    return taken
