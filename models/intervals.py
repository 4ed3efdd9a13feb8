"""Confidence intervals."""

import math

Z = 1.959964
"""Standard normal quantile of 97.5 %."""

STEPS = 50
"""Halvings of the interval in which an end is looked for."""


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


def low_of_perfect_area(positives: float, negatives: float) -> float:
    """Lower end of the 95 % interval of an area under the ROC curve that was 1 in a sample of so
    many: Newcombe's score method, with Hanley and McNeil's variance at the end itself (R. G.
    Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic,
    part 2", Statistics in Medicine 2006, method 5). A bootstrap says 1: it never draws the text
    that would have been ranked wrongly.

    >>> [round(low_of_perfect_area(n, n), 2) for n in (10, 50, 250)]
    [0.8, 0.96, 0.99]
    """
    half = (positives + negatives) / 2 - 1

    def beyond(area: float) -> bool:
        spread = 1 + half * (1 - area) / (2 - area) + half * area / (1 + area)
        variance = area * (1 - area) * spread / (positives * negatives)
        return (1 - area) ** 2 > Z**2 * variance

    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) else (low, middle)
    return low
