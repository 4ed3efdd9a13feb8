"""How many requests a second a service answers, and what that says of its queue."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.load import closed
from tests.faults.traffic import Body, one_ad

CALLERS = 16
FIRST = 32
"""Requests that say how many are needed for as long as was asked."""

MOST_A_SECOND = 60.0
"""Requests that a service of ours may answer before ads are made longer: our own process asks three
times as often, and shares the machine with it."""

LONGEST = 10_000
"""Characters of an ad that was made longer."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of one service for one kind of request."""

    rate: float
    """Answers a second."""

    own_share: float
    """Of one processor, taken by our own process meanwhile."""


def measured(url: str, body: Body, seconds: float, path: str = "/v1/score") -> Capacity:
    """By a closed loop of :data:`CALLERS`, about so long. Raises ``ValueError`` where one fails."""

    def loop(begin: int, count: int) -> Capacity:
        bodies = [body(begin + one) for one in range(count + CALLERS)]
        taken = asyncio.run(closed(url + path, bodies[:count], CALLERS, bodies[count:]))
        if taken.failed:
            raise ValueError(f"with nobody else there, requests failed: {taken.failed}")
        return Capacity(count / taken.seconds, taken.caller_s / taken.all_s)

    first = loop(0, FIRST)
    return loop(FIRST + CALLERS, max(FIRST, int(first.rate * seconds)))


@dataclass(frozen=True, slots=True)
class Load:
    """Ads of a length at which a service can be asked for more than it can do."""

    texts: tuple[str, ...]
    capacity: Capacity

    @property
    def mean_chars(self) -> float:
        """Of an ad."""
        return sum(map(len, self.texts)) / len(self.texts)

    @property
    def chars_a_second(self) -> float:
        """That are read."""
        return self.capacity.rate * self.mean_chars


def fitting(url: str, seconds: float, given: Sequence[str], queue: int) -> Load:
    """The texts as they are, or each several times over where the service is quicker than
    :data:`MOST_A_SECOND`; those of all callers fit twice into a ``queue`` of so many characters."""
    most = max(1, min(LONGEST, queue // (2 * CALLERS)) // max(map(len, given)))
    times = 1
    while True:
        longer = tuple(" ".join([one] * times) for one in given)
        found = measured(url, one_ad(longer, begin=times * 10**7), seconds)
        if found.rate <= MOST_A_SECOND or times == most:
            return Load(longer, found)
        times = min(most, times * max(2, round(found.rate / MOST_A_SECOND)))
