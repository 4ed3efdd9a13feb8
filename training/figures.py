"""The few figures a training run prints of itself. What is reported comes from ``evaluation``."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.calibration import roc_area

METRICS = "metrics.jsonl"
"""File of a run that holds a line of figures for each epoch."""


def by_origin(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Where prepared rows stand, collected texts apart from written ones: the two are never
    counted together in a figure."""
    found: dict[str, list[int]] = {"collected": [], "written or generated": []}
    for i, row in enumerate(rows):
        found["written or generated" if row["synthetic"] else "collected"].append(i)
    return found


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Area under ROC to four places, ``None`` where one of the classes is missing."""
    truth = np.asarray(positive, dtype=bool)
    if truth.all() or not truth.any():
        return None
    return round(roc_area(np.asarray(scores, dtype=np.float64), truth), 4)
