"""Confidence intervals."""

import math

Z = 1.959964
"""Standard normal quantile of 97.5 %."""


def wilson(share: float, count: float) -> tuple[float, float]:
    """95 % interval of a ``share`` of ``count`` trials, which may be an effective number (Wilson
    1927). Unlike a bootstrap it is no point where nothing or everything is hit.

    >>> [round(end, 4) for end in wilson(0.8, 10)]
    [0.4902, 0.9433]
    """
    centre = share + Z**2 / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    scale = 1 + Z**2 / count
    low, high = (centre - reach) / scale, (centre + reach) / scale
    return min(share, max(0.0, low)), max(share, min(1.0, high))  # rounding may pass the share
