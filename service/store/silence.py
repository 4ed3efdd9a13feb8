"""Whether the database answers at all.

One that is away says so at once. One that hangs, or a network that swallows everything, says
nothing: whoever asks would wait until they give up, one after the other. So it is remembered who
waits in vain; while somebody does, and nobody was answered since, nobody else need wait.
"""

import threading
import time
from collections.abc import Callable

SILENT_S = 5.0
"""A database that answered nobody for so long answers nobody."""

TOLD_S = 2 * SILENT_S
"""For so long counts what was told late; whoever asks in that time waits in vain long enough to
count too."""


class Silence:
    """Of one database. Written by several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``, in seconds, is for tests."""
        self._clock = clock
        self._waiting: dict[int, float] = {}
        self._asked = 0
        self._heard = clock()
        self._in_vain = float("-inf")
        """When they asked who were told late that there is no answer: the first of them since
        somebody was answered."""

        self._told = float("-inf")
        """When the last of those were."""

        self._lock = threading.Lock()

    def ask(self) -> int:
        """Somebody begins to wait; gives the number to say the rest by."""
        with self._lock:
            self._asked += 1
            self._waiting[self._asked] = self._clock()
            return self._asked

    def hear(self, number: int) -> None:
        """They were answered."""
        with self._lock:
            self._waiting.pop(number, None)
            self._heard = self._clock()

    def fail(self, number: int) -> None:
        """They were told that there is no answer: at once, which is one, or after so long that it
        is none. A connection that is not made in time says nothing of a database that hangs, and
        would have everybody wait anew."""
        with self._lock:
            moment = self._clock()
            asked = self._waiting.pop(number, moment)
            if moment - asked < SILENT_S:
                self._heard = moment
                return
            self._told = moment
            if self._in_vain < self._heard:
                self._in_vain = asked

    def forget(self, number: int) -> None:
        """They wait no more, and their question was never put."""
        with self._lock:
            self._waiting.pop(number, None)

    def lasts(self) -> bool:
        """Whether it is silent now.

        >>> moments = iter([0.0, 1.0, 3.0, 7.0, 7.5, 8.0])
        >>> silence = Silence(clock=lambda: next(moments))
        >>> number = silence.ask()
        >>> silence.lasts(), silence.lasts()
        (False, True)
        >>> silence.hear(number)
        >>> silence.lasts()
        False
        """
        with self._lock:
            moment = self._clock()
            asked = [*self._waiting.values()]
            # Nobody may be waiting now, and whoever does not ask never hears that it is back.
            if moment - self._told < TOLD_S:
                asked.append(self._in_vain)
            since = [at for at in asked if at >= self._heard]
            return bool(since) and moment - min(since) >= SILENT_S
