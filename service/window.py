"""How much there was of something in the last minute, or hour.

Counted by the clock that only ever goes forward: one that is set back or forth, by hand or by NTP,
neither keeps anybody out for the length of the jump nor lets them in before their time.
"""

import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice

from pyrate_limiter import InMemoryBucket, Rate, RateItem

LOOKED_AT = 2
"""Names that are looked at with each counting, so that those of which nothing is left are forgotten
before as many came again. All at once, names of a million addresses would hold everybody up."""


class MovingWindow:
    """Of one process, in its memory, by name."""

    def __init__(self, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``, in seconds, is for tests."""
        self.window_s = window_s
        self._clock = clock
        # Whoever counts decides what is too much, so that what is refused costs nothing.
        self._rates = [Rate(sys.maxsize, round(window_s * 1000))]
        self._counted: OrderedDict[str, InMemoryBucket] = OrderedDict()
        """The one that was looked at longest ago first."""

    def add(self, name: str, amount: int = 1) -> None:
        """Count so many, now."""
        now_ms = self._now_ms()
        for one in list(islice(self._counted, LOOKED_AT)):
            if self._total(one, now_ms):
                self._counted.move_to_end(one)
        bucket = self._counted.setdefault(name, InMemoryBucket(self._rates))
        bucket.put(RateItem(name, now_ms, weight=amount))

    def total(self, name: str) -> int:
        """In the window that ends now.

        >>> moments = iter([0.0, 30.0, 59.0, 61.0])
        >>> window = MovingWindow(60, clock=lambda: next(moments))
        >>> window.add("a", 2)
        >>> window.add("a", 3)
        >>> window.total("a"), window.total("a")
        (5, 3)
        """
        return self._total(name, self._now_ms())

    def __len__(self) -> int:
        """Names that are remembered."""
        return len(self._counted)

    def free_in_s(self, name: str, most: int) -> float:
        """Seconds until no more than ``most`` are counted, if nobody comes; the whole window where
        that is less than none."""
        now = self._now_ms()
        if most < 0:
            return self.window_s
        if self._total(name, now) <= most:
            return 0.0
        last_to_go = self._counted[name].peek(most)  # the newest of those that are too many
        assert last_to_go is not None
        return self.window_s + (last_to_go.timestamp - now) / 1000

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _total(self, name: str, now_ms: int) -> int:
        bucket = self._counted.get(name)
        if bucket is None:
            return 0
        bucket.leak(now_ms)
        if not bucket.count():
            del self._counted[name]
            return 0
        return bucket.count()
