"""Whether a soak stayed flat: the slope of what was held, with an interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.faults.soak import Sample

DRAWS = 5000
LEVELS = (0.025, 0.975)
LEAVES_OUT = 1 / 3
"""Share of the samples at the beginning: memory of texts fills, and allocators find their size."""

MOST_MB = 1.0
"""In ten minutes, at the upper end of the interval. It is what an hour can tell from nothing:
minutes scatter by a megabyte or two, and the slope of forty of them by a few tenths. A process that
grew so fast all the time would take a week for one more gigabyte, and bundles change more often."""

PER_MINUTES = 10.0

MORE_FILES, MORE_THREADS = 32, 2
"""Between the first and the last third. As many callers as there happen to be have a connection;
threads are begun when they are first needed."""

LEAST_MINUTES = 10.0
"""Of the last two thirds, below which nothing is said of slopes: memory of texts still fills."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """In MB per ten minutes, with its 95 % interval."""

    middle: float
    low: float
    high: float

    def written(self) -> str:
        """For people."""
        return f"{self.middle:+.2f} [{self.low:+.2f}, {self.high:+.2f}] MB in ten minutes"


def slope(minutes: Sequence[float], resident_mb: Sequence[float], seed: int = 0) -> Slope:
    """By least squares. One minute resembles the next, so the interval is by the moving block
    bootstrap (Künsch 1989, The jackknife and the bootstrap for general stationary observations,
    Annals of Statistics 17) of what the line leaves, in blocks of the cube root of their number.

    >>> found = slope(range(60), [100 + minute / 10 for minute in range(60)])
    >>> round(found.middle, 3), round(found.low, 3), round(found.high, 3)
    (1.0, 1.0, 1.0)
    """
    x = np.asarray(minutes, dtype=np.float64)
    y = np.asarray(resident_mb, dtype=np.float64)
    count = len(x)
    centred = x - x.mean()
    weights = centred / (centred @ centred)
    fitted: float = float(weights @ y)
    line = y.mean() + fitted * centred
    rest = y - line
    length = max(1, round(count ** (1 / 3)))
    blocks = -(-count // length)
    rng = np.random.default_rng(seed)
    begins = rng.integers(0, count - length + 1, (DRAWS, blocks))
    places = (begins[:, :, None] + np.arange(length)).reshape(DRAWS, -1)[:, :count]
    low, high = np.quantile(fitted + (rest[places] @ weights), LEVELS)
    return Slope(*(PER_MINUTES * float(one) for one in (fitted, low, high)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a soak."""

    slope: Slope
    seen: dict[str, object]
    broken: tuple[str, ...]


def judged(samples: Sequence[Sample]) -> Verdict:
    """Memory, files and threads, and that everyone was answered."""
    first = samples[: max(1, round(len(samples) * LEAVES_OUT))]
    later = samples[len(first) :] or samples
    last = samples[-len(first) :]
    found = slope([one.seconds / 60 for one in later], [one.resident_mb for one in later])
    statuses: dict[str, int] = {}
    for one in samples:
        for name, count in one.statuses.items():
            statuses[name] = statuses.get(name, 0) + count
    files = middle([one.open_files for one in last]) - middle([one.open_files for one in first])
    threads = middle([one.threads for one in last]) - middle([one.threads for one in first])
    broken = []
    long = later[-1].seconds - later[0].seconds >= 60 * LEAST_MINUTES
    if long and found.high > MOST_MB:
        broken.append(f"memory rose by {found.written()}, more than {MOST_MB:g} at its upper end")
    if long and files > MORE_FILES:
        broken.append(f"{files:.0f} more open files in the last third than in the first")
    if long and threads > MORE_THREADS:
        broken.append(f"{threads:.0f} more threads in the last third than in the first")
    odd = {
        name: n for name, n in statuses.items() if name not in {"200", "202", "400", "422", "429"}
    }
    if odd:
        broken.append(f"answers that should not have come: {odd}")
    if undecided := sum(one.undecided for one in samples):
        broken.append(f"{undecided} good answers did not hold what was asked for")
    seen = {
        "minutes": round(samples[-1].seconds / 60, 1),
        "memory, first third, MB": middle([one.resident_mb for one in first]),
        "memory, last third, MB": middle([one.resident_mb for one in last]),
        "slope over the last two thirds": found.written(),
        "open files, first and last third": f"{middle([one.open_files for one in first]):.0f}, "
        f"{middle([one.open_files for one in last]):.0f}",
        "threads, first and last third": f"{middle([one.threads for one in first]):.0f}, "
        f"{middle([one.threads for one in last]):.0f}",
        "p50 of single ads, first and last third, ms": f"{middle([one.p50_ms for one in first])}, "
        f"{middle([one.p50_ms for one in last])}",
        "p99 of single ads, first and last third, ms": f"{middle([one.p99_ms for one in first])}, "
        f"{middle([one.p99_ms for one in last])}",
        "answers": statuses,
    }
    return Verdict(found, seen, tuple(broken))


def middle(values: Sequence[float]) -> float:
    """The median."""
    return round(float(np.median(values)), 1)
