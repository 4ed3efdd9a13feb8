"""Whether what a request wants written is still wanted.

Whoever waits for a slow database goes after a while, and does the same again, or tells a person to.
What they had asked for must not be written behind their back: a report would be two, and the code
of the first with nobody. So one of two things comes first: the one who waits takes the wish back,
and its transaction is rolled back whenever it comes to its end; or its commit begins, and whoever
goes is told that it may have been done.
"""

import threading


class Wish:
    """Of one transaction. Asked by two threads: the one that waits and the one that writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._granted = self._taken_back = False

    def grant(self) -> bool:
        """The commit begins now, unless the wish was taken back: then it must not."""
        with self._lock:
            self._granted = not self._taken_back
            return self._granted

    def take_back(self) -> bool:
        """Nobody waits any more. Whether it is certain that nothing is written.

        >>> late, early = Wish(), Wish()
        >>> late.grant(), late.take_back()
        (True, False)
        >>> early.take_back(), early.grant()
        (True, False)
        """
        with self._lock:
            self._taken_back = not self._granted
            return self._taken_back
