"""The few figures a training run prints of itself. What is reported comes from ``evaluation``."""

from collections.abc import Sequence

import numpy as np

from models.calibration import roc_area

METRICS = "metrics.jsonl"
"""File of a run that holds a line of figures for each epoch."""


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Area under ROC to four places, ``None`` where one of the classes is missing."""
    truth = np.asarray(positive, dtype=bool)
    if truth.all() or not truth.any():
        return None
    return round(roc_area(np.asarray(scores, dtype=np.float64), truth), 4)
