"""Another wall clock for a Python process that has this folder on its path.

Read when Python starts, before anything else takes hold of a clock. The clock is that of the
machine plus the seconds in the file that ``CLOCK_FILE`` names, as they stand at each look. What
counts the time that passes (``time.monotonic``, event loops, timeouts) stays as it is, as on a
machine whose clock is set.
"""

import datetime as module
import os
import time

FILE = os.environ["CLOCK_FILE"]
Real = module.datetime
real_ns = time.time_ns


def ahead_ns() -> int:
    """Nanoseconds."""
    with open(FILE, "rb") as stream:
        return int(float(stream.read() or b"0") * 1e9)


def time_ns() -> int:
    """In the place of :func:`time.time_ns`."""
    return real_ns() + ahead_ns()


def seconds() -> float:
    """In the place of :func:`time.time`."""
    return time_ns() / 1e9


class OfReal(type):
    """Every moment is one of ours: those that C code made, too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, Real)


class Datetime(Real, metaclass=OfReal):
    """In the place of :class:`datetime.datetime`; gives moments of the real class."""

    def __new__(cls, *args: int, **named: int) -> "Datetime":
        return Real(*args, **named)  # type: ignore[return-value,arg-type]

    @classmethod
    def now(cls, tz: module.tzinfo | None = None) -> "Datetime":
        return Real.fromtimestamp(seconds(), tz)  # type: ignore[return-value]

    @classmethod
    def utcnow(cls) -> "Datetime":
        return Real.fromtimestamp(seconds(), module.UTC).replace(tzinfo=None)  # type: ignore[return-value]

    @classmethod
    def today(cls) -> "Datetime":
        return cls.now()


time.time_ns = time_ns
time.time = seconds
module.datetime = Datetime  # type: ignore[misc,assignment]
