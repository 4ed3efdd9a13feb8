"""A share and how sure it is."""

from dataclasses import dataclass

from models.intervals import wilson

MIN_OF = 5
"""A share of fewer is "too few" to print."""


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``of``, with Wilson's 95 % interval (1927)."""

    part: int
    of: int
    value: float | None
    """``None`` where there are too few."""

    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.value is None:
            return f"too few ({self.part} of {self.of})"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] ({self.part} of {self.of})"


def share(part: int, of: int) -> Share:
    """The share with its interval.

    >>> str(share(1, 2)), str(share(3, 10))
    ('too few (1 of 2)', '0.300 [0.108, 0.603] (3 of 10)')
    """
    if of < MIN_OF:
        return Share(part, of, None, None, None)
    value = part / of
    low, high = wilson(value, of)
    return Share(part, of, round(value, 4), round(low, 4), round(high, 4))
