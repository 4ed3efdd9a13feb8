"""The few figures a training run prints of itself. What is reported comes from ``evaluation``."""

from collections.abc import Sequence

import numpy as np


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Area under ROC by the rank sum (Mann and Whitney 1947), ties counted half.

    ``None`` where one of the classes is missing.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    count = int(truth.sum())
    if not 0 < count < len(truth):
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse]
    area = (ranks[truth].sum() - count * (count + 1) / 2) / (count * (len(truth) - count))
    return round(float(area), 4)
