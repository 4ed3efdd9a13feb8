"""How likely chance alone is to give a difference as large: of shares, of rankings, and of several
tried together.

Intervals tell how large a difference may be; a level of 0.05 among a hundred figures asks for tails
that a bootstrap of a thousand draws does not have, and that few groups cannot give at all.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as students_t

from evaluation.metrics import Floats

MIN_GROUPS = 8
"""Of fewer groups of near-copies no difference is judged: texts of one campaign win or lose
together, and where all of seven do, another seven need not. Eight that all go one way are chance
once in 128."""


def of_sums(sums: Sequence[int]) -> float:
    """Two-sided p-value of the sum, if each group's difference might as well have gone the other
    way: exact, over all signs of ``sums`` (R. A. Fisher, "The Design of Experiments", 1935, section
    21). Where each group is one text it is McNemar's exact test (1947).

    A large group counts as one throw: ten copies of one campaign prove nothing.

    >>> of_sums([10]), of_sums([1] * 8), of_sums([1, 1, 1, -1])
    (1.0, 0.0078125, 0.625)
    """
    sizes = [abs(one) for one in sums if one]
    reach = sum(sizes)
    chances = np.zeros(2 * reach + 1)  # of each sum, from -reach to reach
    chances[reach] = 1.0
    for size in sizes:
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    far = np.abs(np.arange(-reach, reach + 1)) >= abs(sum(sums))
    return min(1.0, float(chances[far].sum()))


def of_resamples(change: float, resamples: Sequence[float] | Floats, groups: int) -> float:
    """Two-sided p-value of a change, from its resamples over groups: their spread as its standard
    error, and the tail of Student's t (1908) for as many ``groups`` as the rarer class has."""
    error = float(np.std(resamples))
    if error == 0:
        return 1.0 if change == 0 else 0.0
    return student(abs(change) / error, groups - 1)


def student(t: float, freedom: int) -> float:
    """Two-sided tail of Student's t beyond ``t >= 0``.

    >>> [round(student(*one), 3) for one in ((2.262, 9), (2.0, 100), (12.706, 1))]
    [0.05, 0.048, 0.05]
    """
    return float(2 * students_t.sf(t, freedom))


def holm(chances: Sequence[float]) -> list[float]:
    """P-values corrected for how many were tried: where each that is at most 0.05 counts, any is
    counted wrongly once in 20 times, however they hang together (Holm 1979).

    >>> [round(one, 3) for one in holm([0.04, 0.01, 0.03])]
    [0.06, 0.03, 0.06]
    """
    found = [0.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        highest = max(highest, (len(chances) - rank) * chances[place])
        found[place] = min(1.0, highest)
    return found
