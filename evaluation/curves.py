"""Points of the curves that a report draws, few enough to be read by a browser."""

from collections.abc import Sequence

import numpy as np

from evaluation.figures import Figures, truth
from evaluation.metrics import BINS, Floats, risk_by_coverage
from evaluation.rows import Labelled
from models.calibration import at_thresholds

POINTS = 200


def curves(rows: Sequence[Labelled], scores: Floats) -> Figures:
    """ROC, precision-recall, reliability and risk-coverage of ``(rows,)`` scores, as lists of
    points; empty where one of the classes is missing."""
    is_lure = truth(rows)
    if is_lure.all() or not is_lure.any():
        return {}
    _, hits, flagged = at_thresholds(scores, is_lure)
    recall, precision = hits / hits[-1], hits / flagged
    false = (flagged - hits) / (~is_lure).sum()
    risk = risk_by_coverage(scores, is_lure)
    order = np.argsort(scores, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    coverage = np.arange(1, len(rows) + 1) / len(rows)
    return {
        "roc": thinned(np.append(0.0, false), np.append(0.0, recall)),
        "precision-recall": thinned(recall, precision),
        "reliability": [
            [round(float(scores[b].mean()), 4), round(float(is_lure[b].mean()), 4), len(b)]
            for b in bins
        ],
        "risk-coverage": thinned(coverage, risk),
    }


def thinned(x: Floats, y: Floats) -> list[list[float]]:
    """At most :data:`POINTS` points, the first and the last among them."""
    keep = np.unique(np.linspace(0, len(x) - 1, min(POINTS, len(x))).round().astype(int))
    return [[round(float(a), 4), round(float(b), 4)] for a, b in zip(x[keep], y[keep], strict=True)]
