"""What strategies gain over labels taken at random, seed by seed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from training.budget.curves import FIGURES, FOUND, Point
from training.budget.strategies import RANDOM
from training.figures import difference, mean

OVER_ALL = "mean over budgets"
"""Of a curve, the labels to begin with left out: its area."""

Curves = Mapping[str, Sequence[Sequence[Point]]]
"""By strategy: a curve for each seed, the seeds in the same order."""


def summary(curves: Curves, against: str = RANDOM) -> dict[str, Any]:
    """By strategy and figure: the mean over seeds at each budget, the change against another
    strategy with its 95 % interval (Student's t over the seeds' paired differences), and the labels
    with which it first does as well as that one at the end."""
    found: dict[str, Any] = {}
    other = curves[against]
    for strategy, own in curves.items():
        entry: dict[str, Any] = {}
        for name in (*FIGURES, FOUND):
            if not all(name in point.figures for one in own for point in one):
                continue
            ours = np.array([[point.figures[name] for point in one] for one in own])
            theirs = np.array([[point.figures[name] for point in one] for one in other])
            budgets = [point.labels for point in own[0]]
            enough = np.flatnonzero(ours.mean(axis=0) >= theirs.mean(axis=0)[-1])
            entry[name] = {
                "by budget": [
                    {"labels": labels, "mean": mean(ours[:, i])}
                    | ({} if strategy == against else difference(ours[:, i] - theirs[:, i]))
                    for i, labels in enumerate(budgets)
                ],
                OVER_ALL: {"mean": mean(ours[:, 1:].mean(axis=1))}
                | (
                    {}
                    if strategy == against
                    else difference((ours[:, 1:] - theirs[:, 1:]).mean(axis=1))
                ),
                "labels for what the other reaches": budgets[int(enough[0])]
                if len(enough)
                else None,
            }
        found[strategy] = entry
    return found
