"""When requests of an open loop come: callers who know nothing of each other."""

import random


def poisson(rate: float, seconds: float, seed: int) -> list[float]:
    """Seconds from the beginning at which requests are meant to be sent: a Poisson process of
    ``rate`` a second.

    >>> times = poisson(100, 10, seed=1)
    >>> times == sorted(times), 0.8 < len(times) / 1000 < 1.2
    (True, True)
    """
    if rate <= 0:
        raise ValueError(f"a rate of {rate} requests a second never sends one")
    rng = random.Random(f"poisson {seed}")
    times: list[float] = []
    at = rng.expovariate(rate)
    while at < seconds:
        times.append(at)
        at += rng.expovariate(rate)
    return times
