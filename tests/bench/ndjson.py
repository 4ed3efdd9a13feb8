"""Whether the service's memory stays the same, however many ads come over one stream.

One request to ``POST /v1/score/stream``, whose lines are sent while answers are read. A stated
share of the ads are copies of a few hundred, so that a great many are answered in a time that one
waits for; memory is sampled as answers come.
"""

import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import numpy as np
import orjson

from tests.bench.process import Server

CHUNK = 64
"""Lines sent together."""

SAMPLES = 200
"""Of memory, over the whole stream."""


class WrongStream(Exception):
    """Answers that are not those to the ads."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Of the server, at a moment."""

    answered: int
    seconds: float
    resident_mb: float
    caller_mb: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What the stream gave."""

    samples: tuple[Sample, ...]
    ads: int
    seconds: float

    @property
    def growth_mb(self) -> float:
        """By how much memory grew over the second half of the stream: a straight line through its
        samples (least squares)."""
        half = [one for one in self.samples if one.answered >= self.ads / 2]
        if len(half) < 2:
            return 0.0
        at = [one.answered for one in half]
        slope = np.polyfit(at, [one.resident_mb for one in half], 1)[0]
        return float(slope) * (at[-1] - at[0])

    @property
    def most_mb(self) -> float:
        """At any sample."""
        return max(one.resident_mb for one in self.samples)


async def stream(
    url: str,
    texts: Sequence[str],
    ads: int,
    fresh: float,
    server: Server,
    own_mb: Callable[[], float],
    told: Callable[[int], object],
    seed: int = 0,
) -> Curve:
    """``fresh``: share of ads that nobody sent before: one of ``texts`` with a number of its own.
    Raises :class:`WrongStream`."""
    rng = random.Random(f"ndjson {seed}")

    async def lines() -> AsyncIterator[bytes]:
        for low in range(0, ads, CHUNK):
            chunk = []
            for number in range(low, min(low + CHUNK, ads)):
                text = rng.choice(texts)
                text = f"{text} #{number}" if rng.random() < fresh else text
                chunk.append(orjson.dumps({"id": str(number), "text": text}) + b"\n")
            yield b"".join(chunk)

    began = time.perf_counter()
    samples = [Sample(0, 0.0, server.weight().resident_mb, own_mb())]
    step, answered = max(1, ads // SAMPLES), 0
    timeout = aiohttp.ClientTimeout(total=None)
    headers = {"Content-Type": "application/x-ndjson"}
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url, data=lines(), headers=headers) as answer,
    ):
        if answer.status != 200:
            raise WrongStream(f"status {answer.status}: {(await answer.text())[:500]}")
        async for line in answer.content:
            said = orjson.loads(line)
            if said.get("id") != str(answered) or "decision" not in said:
                raise WrongStream(f"ad {answered} was answered with {json.dumps(said)[:300]}")
            answered += 1
            if not answered % step:
                passed = time.perf_counter() - began
                samples.append(Sample(answered, passed, server.weight().resident_mb, own_mb()))
                told(step)
    if answered != ads:
        raise WrongStream(f"{answered} answers to {ads} ads")
    return Curve(tuple(samples), ads, time.perf_counter() - began)


def drawn(curve: Curve, width: int = 60, rows: int = 10) -> str:
    """The curve as text: memory over ads."""
    high = max(one.resident_mb for one in curve.samples) * 1.05
    places = [[" "] * width for _ in range(rows)]
    for one in curve.samples:
        column = min(width - 1, int(width * one.answered / max(1, curve.ads)))
        row = min(rows - 1, int(rows * one.resident_mb / high))
        places[rows - 1 - row][column] = "•"
    lines = [f"{high * (rows - i) / rows:6.0f} MB |{''.join(row)}" for i, row in enumerate(places)]
    return "\n".join([*lines, " " * 10 + "0" + f"{curve.ads:,} ads".rjust(width)])


def keep(curve: Curve, path: Path) -> None:
    """As JSON."""
    found = {
        "ads": curve.ads, "seconds": round(curve.seconds, 1),
        "growth_mb_second_half": round(curve.growth_mb, 2), "most_mb": round(curve.most_mb, 1),
        "samples": [
            [one.answered, round(one.seconds, 1), round(one.resident_mb, 1),
             round(one.caller_mb, 1)] for one in curve.samples
        ],
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), "utf-8")
