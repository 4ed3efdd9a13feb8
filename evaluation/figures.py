"""Figures of a set of scored texts, in the form that reports and floors read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from evaluation.metrics import (
    Bools,
    Floats,
    Metric,
    average_precision,
    calibration_error,
    f1_at,
    least_of,
    rate,
    recall_at,
    risk_coverage_area,
    with_interval,
)
from evaluation.rows import Labelled
from models.calibration import OperatingPoint, roc_area
from models.labels import Kind

METRICS: dict[str, Metric] = {
    "area under ROC": roc_area,
    "average precision": average_precision,
    "recall at 1 % false positives": recall_at(0.01),
    "recall at 2 % false positives": recall_at(0.02),
    "recall at 5 % false positives": recall_at(0.05),
    "calibration error": calibration_error,
    "area under risk-coverage": risk_coverage_area,
}
SHORT: dict[str, Metric] = {"area under ROC": roc_area}
"""What a slice is given: its other figures are rates at the shipped thresholds."""

Figures = dict[str, Any]


def metrics_at(points: Sequence[OperatingPoint]) -> dict[str, Metric]:
    """Every metric, and F1 at the shipped thresholds."""
    return METRICS | {f"F1 at {point.name}": f1_at(point.threshold) for point in points}


def figures(
    rows: Sequence[Labelled],
    scores: Floats,
    points: Sequence[OperatingPoint],
    metrics: Mapping[str, Metric],
) -> Figures:
    """Counts, each metric with its interval, recall and false positives at each shipped threshold.

    ``scores`` is ``(rows,)``. A rate of nothing is ``None``; a metric or a rate of too few
    says how many.
    """
    is_lure = truth(rows)
    groups = [row.group for row in rows]
    found: Figures = {
        "texts": len(rows),
        "groups": len(set(groups)),
        "lures": int(is_lure.sum()),
        "others": int((~is_lure).sum()),
    }
    for name, metric in metrics.items():
        found[name] = asdict(with_interval(metric, scores, is_lure, groups, least=least_of(name)))
    for point in points:
        over = scores >= point.threshold
        for what, chosen in (("recall", is_lure), ("false positives", ~is_lure)):
            members = np.flatnonzero(chosen)
            found[f"{what} at {point.name}"] = (
                asdict(rate(over[members], [groups[i] for i in members])) if len(members) else None
            )
    return found


def truth(rows: Sequence[Labelled]) -> Bools:
    """``(rows,)``: which are lures."""
    return np.array([row.is_lure for row in rows], dtype=bool)


def kind_scores(rows: Sequence[Labelled], scores: Floats) -> Figures:
    """Mean score of each true kind."""
    kinds = np.array([row.kind for row in rows])
    return {
        kind: {"texts": int(own.sum()), "mean score": round(float(scores[own].mean()), 4)}
        for kind in Kind
        if (own := kinds == kind).any()
    }
