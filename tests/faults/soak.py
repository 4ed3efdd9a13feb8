"""Ordinary load for a long time: does what the service holds stay the same?

Callers come as they like (an open loop) at a share of what the service can do, with single ads,
batches, streams, submissions and requests that are wrong. Once a minute a line is written: memory,
open files, threads, answers and how long they took.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson

from models import bundle as bundles
from tests.bench.copies import recorded
from tests.bench.mix import REPEATS, Unique
from tests.bench.texts import Pool, written
from tests.faults.capacity import measured
from tests.faults.fault import Given
from tests.faults.served import Service
from tests.faults.traffic import Body, Judge, Seen, Traffic, every_decided

DRAWN = 20_000
"""Ads; they come again when all were sent, and by then no memory knows the first ones."""

FEWEST, A_SECOND = 400, 200
"""Of them at least, and as many as a quick service would be asked about."""

LONG_SHARE, LONG_ADS = 0.03, 20
"""Ads that are read in many windows: so many others one after the other."""

BATCH, STREAM, SUBMISSION = 8, 32, 4
SHARES = {"single": 0.5, "batch": 0.2, "stream": 0.15, "submission": 0.1, "wrong": 0.05}
"""Of the ads, by how they come."""

WRONG = (b"{", b"{}", b'{"ads": []}', b'{"ads": [{"text": " "}]}', b'{"ads": [{"txet": "a"}]}')
MINUTE_S = 60.0
LOOKS = 20
"""At memory in a minute, of which the middle one stands for it: one look meets now a busy moment
and now a quiet one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A minute, or whatever the period is."""

    period: int
    seconds: float
    """From the beginning to the end of the period."""

    resident_mb: float
    open_files: int
    threads: int
    requests: int
    statuses: dict[str, int]
    p50_ms: float
    """Of single ads that were answered with 200."""

    p99_ms: float
    late_p99_ms: float
    """By how much our own process was late."""

    undecided: int = 0
    """Good answers that did not hold what was asked for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which ads come."""

    path: str
    body: Body
    ads: int
    judge: Judge = every_decided
    content_type: str = "application/json"


def soak(
    given: Given, texts: Sequence[str], share: float, out: Path, period_s: float = MINUTE_S
) -> list[Sample]:
    """``given.seconds`` of it with those texts at that share of what can be done; each sample is
    added to ``out`` at once."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    samples: list[Sample] = []
    with Service(given) as service:
        found = measured(service.url, ads_of(texts, 1, 0), min(20.0, given.seconds / 3))
        ads_a_second = share * found.rate
        given.told(f"can do {found.rate:.1f} ads a second; asked: {ads_a_second:.1f}")
        kinds = kinds_of(texts)
        with ExitStack() as stack:
            going = {
                name: Traffic(
                    service.url, one.body, SHARES[name] * ads_a_second / one.ads, one.path,
                    seed=given.seed + 10**6 * place, content_type=one.content_type,
                    judge=one.judge,
                )
                for place, (name, one) in enumerate(kinds.items())
            }  # fmt: skip
            for one in going.values():
                one.start()
                stack.callback(one.stop)
            began = time.monotonic()
            for number in range(max(1, round(given.seconds / period_s))):
                sample = watched(service, going, began, number, period_s)
                samples.append(sample)
                with out.open("ab") as stream:
                    stream.write(orjson.dumps(asdict(sample)) + b"\n")
                given.told(f"{number + 1}: {sample.resident_mb:.1f} MB, p99 {sample.p99_ms} ms")
    return samples


def watched(
    service: Service, going: dict[str, Traffic], began: float, number: int, period_s: float
) -> Sample:
    """One period, from now on."""
    low = began + number * period_s
    looks = []
    for look in range(LOOKS):
        time.sleep(max(0.0, low + (look + 1) * period_s / LOOKS - time.monotonic()))
        looks.append(service.resident_mb())
    files, threads = service.server.handles()
    taken = {name: one.seen.take() for name, one in going.items()}
    everyone = Seen([one for seen in taken.values() for one in seen.answers])
    single = taken["single"]
    return Sample(
        period=number,
        seconds=round(time.monotonic() - began, 1),
        resident_mb=round(float(np.median(looks)), 2),
        open_files=files,
        threads=threads,
        requests=len(everyone.answers),
        statuses=everyone.statuses(),
        p50_ms=single.quantile_ms(0.5),
        p99_ms=single.quantile_ms(0.99),
        late_p99_ms=everyone.late_ms(0.99),
        undecided=sum(0 < one.status < 300 and not one.decided for one in everyone.answers),
    )


def drawn(bundle: Path, seconds: float, seed: int) -> list[str]:
    """As many texts of the written corpus as such a soak needs."""
    pool = written(bundles.load(bundle))
    return mixture(pool, seed, min(DRAWN, max(FEWEST, round(A_SECOND * seconds))))


def mixture(pool: Pool, seed: int, count: int) -> list[str]:
    """Texts of all lengths and languages as the benchmark draws them, copies among them, and some
    long ones."""
    rng = random.Random(f"soak {seed}")
    fresh = Unique(pool, seed).take(count)
    texts = [one.text for one in recorded(fresh, REPEATS, count, seed)]
    for place in rng.sample(range(count), int(LONG_SHARE * count)):
        texts[place] = "\n".join(rng.choice(texts)[:900] for _ in range(LONG_ADS))
    return texts


def kinds_of(texts: Sequence[str]) -> dict[str, Kind]:
    """By name, as :data:`SHARES` has them."""
    return {
        "single": Kind("/v1/score", ads_of(texts, 1, 1), 1),
        "batch": Kind("/v1/score", ads_of(texts, BATCH, 2), BATCH),
        "stream": Kind(
            "/v1/score/stream", lines_of(texts, STREAM, 3), STREAM, every_line_decided,
            "application/x-ndjson",
        ),
        "submission": Kind("/v1/submissions", ads_of(texts, SUBMISSION, 4), SUBMISSION, accepted),
        "wrong": Kind("/v1/score", lambda number: WRONG[number % len(WRONG)], 1),
    }  # fmt: skip


def chosen(texts: Sequence[str], count: int, which: int) -> Callable[[int], list[dict[str, str]]]:
    """So many ads for the request of a number; each of the ways begins at another place."""
    begin = which * len(texts) // 5

    def ads(number: int) -> list[dict[str, str]]:
        first = begin + number * count
        return [
            {"id": str(n), "text": texts[(first + n) % len(texts)]} for n in range(count)
        ]  # fmt: skip

    return ads


def ads_of(texts: Sequence[str], count: int, which: int) -> Body:
    """The body of a request."""
    ads = chosen(texts, count, which)
    return lambda number: orjson.dumps({"ads": ads(number)})


def lines_of(texts: Sequence[str], count: int, which: int) -> Body:
    """The same as a stream."""
    ads = chosen(texts, count, which)
    return lambda number: b"".join(orjson.dumps(one) + b"\n" for one in ads(number))


def every_line_decided(content: bytes) -> bool:
    """Of a stream."""
    lines = content.splitlines()
    return len(lines) == STREAM and all("decision" in orjson.loads(one) for one in lines)


def accepted(content: bytes) -> bool:
    """Of a submission."""
    return "id" in orjson.loads(content)
