"""How much there was of something in the last minute, or hour.

Counted by the clock that only ever goes forward: one that is set back or forth, by hand or by NTP,
neither keeps anybody out for the length of the jump nor lets them in before their time.
"""

import time
from collections import deque
from collections.abc import Callable

SWEPT_EVERY = 1_000
"""Countings after which names of which nothing is left are forgotten."""


class MovingWindow:
    """Of one process, in its memory, by name."""

    def __init__(self, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``, in seconds, is for tests."""
        self.window_s = window_s
        self._clock = clock
        self._counted: dict[str, deque[tuple[float, int]]] = {}
        self._totals: dict[str, int] = {}
        self._since_swept = 0

    def add(self, name: str, amount: int = 1) -> None:
        """Count so many, now."""
        self._since_swept += 1
        if self._since_swept >= SWEPT_EVERY:
            self._since_swept = 0
            for one in list(self._counted):
                self.total(one)
        self._counted.setdefault(name, deque()).append((self._clock(), amount))
        self._totals[name] = self._totals.get(name, 0) + amount

    def total(self, name: str) -> int:
        """In the window that ends now.

        >>> moments = iter([0.0, 30.0, 59.0, 60.0])
        >>> window = MovingWindow(60, clock=lambda: next(moments))
        >>> window.add("a", 2)
        >>> window.add("a", 3)
        >>> window.total("a"), window.total("a")
        (5, 3)
        """
        counted, over = self._counted.get(name), self._clock() - self.window_s
        if counted is None:
            return 0
        while counted and counted[0][0] <= over:
            self._totals[name] -= counted.popleft()[1]
        if not counted:
            del self._counted[name], self._totals[name]
        return self._totals.get(name, 0)

    def free_in_s(self, name: str, most: int) -> float:
        """Seconds until no more than ``most`` are counted, if nobody comes; the whole window where
        that is less than none."""
        left, now = self.total(name), self._clock()
        if most < 0:
            return self.window_s
        wait_s = 0.0
        for at, amount in self._counted.get(name, ()):
            if left <= most:
                break
            left -= amount
            wait_s = at + self.window_s - now
        return wait_s
