"""Ordinary callers beside a fault: an open loop in a thread of its own, every answer kept.

Each request is sent at a moment fixed beforehand, whatever is still on its way, and its time is
counted from that moment, so that nothing is left out while the service stands still.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import numpy as np
import orjson

from tests.bench.arrivals import poisson

JSON = ("application/json", "application/problem+json")
PATIENCE_S = 120.0
"""After which a request has failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To one request."""

    at: float
    """Moment it was meant to be sent, as ``time.monotonic`` counts."""

    took_s: float
    """From then until the whole answer was there."""

    status: int
    """0: none came."""

    retry_after: bool
    """Whether it said when to come back."""

    said: str
    """The problem's type, or the error of the connection; empty for a good answer."""

    decided: bool = False
    """Whether it holds a decision on every ad that was asked about."""

    late_s: float = 0.0
    """By how much our own process sent it later than meant; part of ``took_s``."""

    degraded: tuple[str, ...] = ()
    """What it says it lacks, in any of its results."""

    id: str = ""
    """Of what was accepted, to be fetched later."""


@dataclass(slots=True)
class Seen:
    """All answers so far; read it after the ``with``, or while traffic goes on."""

    answers: list[Answer] = field(default_factory=list)

    def take(self) -> "Seen":
        """Those so far, which are forgotten here: for traffic that goes on for long."""
        taken = self.answers[:]
        del self.answers[: len(taken)]
        return Seen(taken)

    def between(self, low: float, high: float) -> "Seen":
        """Of requests meant for those moments (``time.monotonic``)."""
        return Seen([one for one in self.answers if low <= one.at < high])

    def statuses(self) -> dict[str, int]:
        """How many of each; ``none`` by the error of the connection."""
        counted = Counter(
            str(one.status) if one.status else f"none: {one.said}" for one in self.answers
        )
        return dict(sorted(counted.items()))

    def slowest_s(self) -> float:
        """Of all answers; NaN where there is none."""
        return round(max((one.took_s for one in self.answers), default=float("nan")), 2)

    def of(self, status: int) -> "Seen":
        """Those of one status."""
        return Seen([one for one in self.answers if one.status == status])

    def quantile_ms(self, share: float, status: int = 200) -> float:
        """Time of good answers, or of those of another status; NaN where there is none."""
        return quantile([one.took_s for one in self.answers if one.status == status], share)

    def late_ms(self, share: float) -> float:
        """By how much requests were sent late."""
        return quantile([one.late_s for one in self.answers], share)


def quantile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds; NaN of none."""
    return round(float(np.quantile(seconds, share)) * 1000, 1) if seconds else float("nan")


Body = Callable[[int], bytes]
"""What the request of a number sends."""


def one_ad(texts: Sequence[str], begin: int = 0, **more: object) -> Body:
    """One ad a request, no two the same: what was read before is not read again. Numbers begin at
    ``begin``; ``more`` stands beside the ads."""

    def body(number: int) -> bytes:
        own = begin + number
        text = f"{texts[own % len(texts)]} #{own}"
        return orjson.dumps({"ads": [{"id": str(own), "text": text}], **more})

    return body


Judge = Callable[[bytes], bool]
"""Whether a good answer's body holds a decision on every ad."""


def every_decided(content: bytes) -> bool:
    """Of ``/v1/score``."""
    results = orjson.loads(content).get("results")
    return bool(results) and all("decision" in one for one in results)


class Traffic:
    """``rate`` requests a second to ``url`` + ``path`` until it is stopped."""

    def __init__(
        self, url: str, body: Body, rate: float, path: str = "/v1/score", kept: bool = True,
        seed: int = 1, content_type: str = "application/json", judge: Judge = every_decided,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """``kept``: connections are used again; else each request has its own. ``headers``: beside
        the type of the body, such as a key."""
        self.seen = Seen()
        self._url, self._body, self._rate, self._kept = url + path, body, rate, kept
        self._seed, self._judge = seed, judge
        self._headers = {"Content-Type": content_type, **(headers or {})}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Send no more."""
        self._stop.set()

    def stop(self) -> Seen:
        """Send no more and wait for the answers that are owed."""
        self.end()
        self._thread.join()
        return self.seen

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, force_close=not self._kept)
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        asked: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            for number, meant in enumerate(self._moments()):
                while (wait := meant - time.monotonic()) > 0 and not self._stop.is_set():
                    await asyncio.sleep(min(wait, 0.1))
                if self._stop.is_set():
                    break
                task = asyncio.create_task(self._ask(session, number, meant))
                asked.add(task)
                task.add_done_callback(asked.discard)
            await asyncio.gather(*asked)

    def _moments(self) -> Iterator[float]:
        """A Poisson process, a minute at a time."""
        began, minute = time.monotonic(), 0
        while True:
            for at in poisson(self._rate, 60.0, self._seed + minute):
                yield began + 60.0 * minute + at
            minute += 1

    async def _ask(self, session: aiohttp.ClientSession, number: int, meant: float) -> None:
        status, retry, said, decided = 0, False, "", False
        late = time.monotonic() - meant
        found: dict[str, Any] = {}
        try:
            request = session.post(self._url, data=self._body(number), headers=self._headers)
            async with request as answer:
                content = await answer.read()
                status, retry = answer.status, "Retry-After" in answer.headers
                if answer.content_type in JSON and content:
                    found = orjson.loads(content)
                if status >= 400:
                    said = str(found.get("type", "")).rpartition("/")[2]
                else:
                    decided = self._judge(content)
        except (TimeoutError, OSError, aiohttp.ClientError, orjson.JSONDecodeError) as error:
            said = type(error).__name__
        took = time.monotonic() - meant
        degraded = {part for one in found.get("results", []) for part in one.get("degraded", [])}
        self.seen.answers.append(
            Answer(
                meant, took, status, retry, said, decided, late, tuple(sorted(degraded)),
                found.get("id", ""),
            )
        )  # fmt: skip


@contextmanager
def traffic(
    url: str, body: Body, rate: float, path: str = "/v1/score", kept: bool = True, seed: int = 1,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Seen]:  # fmt: skip
    """Callers for as long as a ``with`` lasts; all their answers are there after it."""
    going = Traffic(url, body, rate, path, kept, seed, headers=headers)
    going.start()
    try:
        yield going.seen
    finally:
        going.stop()
