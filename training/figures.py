"""The few figures a training run prints of itself. What is reported comes from ``evaluation``."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import roc_area
from models.text_sets import places_by_set

METRICS = "metrics.jsonl"
"""File of a run that holds a line of figures for each epoch."""


def by_set(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Where the prepared rows of each set stand; see :func:`~models.text_sets.places_by_set`."""
    return places_by_set((row["id"], row["synthetic"]) for row in rows)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Area under ROC to four places, ``None`` where one of the classes is missing."""
    truth = np.asarray(positive, dtype=bool)
    if truth.all() or not truth.any():
        return None
    return round(roc_area(np.asarray(scores, dtype=np.float64), truth), 4)


def mean(values: Sequence[float] | NDArray[np.floating]) -> float:
    """To four places."""
    return round(float(np.mean(values)), 4)


def difference(values: Sequence[float] | NDArray[np.floating]) -> dict[str, Any]:
    """Mean and 95 % interval of paired differences; no interval from one seed."""
    found: dict[str, Any] = {"change": mean(values)}
    if len(values) > 1:
        from scipy.stats import t as student

        reach = float(student.ppf(0.975, len(values) - 1)) * float(np.std(values, ddof=1))
        reach /= math.sqrt(len(values))
        found["interval"] = [round(found["change"] - reach, 4), round(found["change"] + reach, 4)]
    return found
