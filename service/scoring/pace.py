"""How long an ad takes a worker, learnt from those that were read."""

from threading import Lock

REMEMBERS = 0.02
"""Weight of the newest ad: the last fifty speak for three fifths."""

USUAL_CHARS, SPREAD_CHARS = 200.0, 500.0
USUAL_S_PER_CHAR = 5e-5
"""What is taken for granted before the first ad."""


class Pace:
    """Seconds as ``a + b * characters``, by least squares in which older ads fade: a short text is
    never free, and a long one is not a hundred short ones. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._x = USUAL_CHARS
        self._xx = USUAL_CHARS**2 + SPREAD_CHARS**2
        self._y = USUAL_S_PER_CHAR * self._x
        self._xy = USUAL_S_PER_CHAR * self._xx

    def add(self, chars: int, seconds: float) -> None:
        """An ad was read by the model. Those that are answered from memory are not to be told: a
        campaign's copies would have the next new ads promised in no time."""
        with self._lock:
            self._x += REMEMBERS * (chars - self._x)
            self._y += REMEMBERS * (seconds - self._y)
            self._xx += REMEMBERS * (chars * chars - self._xx)
            self._xy += REMEMBERS * (chars * seconds - self._xy)

    def seconds(self, ads: float, chars: float) -> float:
        """Of so many ads with so many characters together, one after the other."""
        with self._lock:
            spread = self._xx - self._x**2
            a, b = self._y, 0.0
            if spread > 1:  # else all had one length
                b = max(0.0, (self._xy - self._x * self._y) / spread)
                a = self._y - b * self._x
            if a < 0:
                a, b = 0.0, self._y / self._x
        return ads * a + chars * b
