"""When to ask again, and how long to wait before."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_S = 0.25
"""The first pause is drawn from 0 to this; the range doubles with each."""

LONGEST_S = 20.0

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that may be others at the next attempt."""

UNDONE = frozenset({429, 503})
"""Those of them by which a service says that nothing was done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one request is tried."""

    retries: int
    """Attempts after the first."""

    total_s: float
    """No attempt begins later than this after the first, in seconds."""

    draw: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class Attempts:
    """Of one request."""

    patience: Patience
    begun_at: float = field(init=False)
    failed: int = 0

    def __post_init__(self) -> None:
        self.begun_at = self.patience.clock()

    def pause(self, least_s: float | None = None) -> float | None:
        """Seconds to wait before the next attempt; ``None``: give up.

        Full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so
        that callers who failed together do not come back together. ``least_s``: what the service
        asks for; the draw comes on top.
        """
        if self.failed >= self.patience.retries:
            return None
        longest = min(LONGEST_S, FIRST_S * 2**self.failed)
        self.failed += 1
        wait_s = self.patience.draw(0, longest) + (least_s or 0)
        waited = self.patience.clock() - self.begun_at
        return wait_s if waited + wait_s <= self.patience.total_s else None


def seconds_of(retry_after: str | None) -> float | None:
    """A ``Retry-After`` header: seconds, or a date (RFC 9110, section 10.2.3)."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # a year of twenty digits
        return None
    if moment.tzinfo is None:  # a zone of "-0000"
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
