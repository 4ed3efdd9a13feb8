"""How far surface features alone tell a lure from its honest twin: the corpus's own bias test.

A classifier that sees only length, case, punctuation, digits, emoji and line breaks should stay
near chance within pairs. Where it does not, a model can learn the corpus instead of the matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.labels import Kind
from training.corpus.row import Row

FEATURES = (
    "log length", "log words", "digits", "upper case", "exclamation", "question", "line breaks",
    "emoji and symbols", "placeholders", "other punctuation",
)  # fmt: skip
FOLDS = 5
RIDGE = 1.0
STEPS = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """A lure and its honest twin."""

    lure: str
    honest: str
    group: str


@dataclass(frozen=True, slots=True)
class SurfaceFigure:
    """Share of pairs told apart, on folds not fitted on."""

    pairs: int
    right: float
    low: float
    high: float
    """95 % interval, normal approximation over pairs."""

    honest_longer: float
    """Share of pairs in which the honest twin has more characters."""

    weights: dict[str, float]
    """Of each standardised feature; above 0 speaks for the lure."""


def features(text: str) -> NDArray[np.float64]:
    """``(10,)`` in the order of :data:`FEATURES`; shares are of the characters."""
    length = max(1, len(text))
    return np.array(
        [
            np.log(length),
            np.log(len(text.split()) + 1),
            sum(c.isdigit() for c in text) / length,
            sum(c.isupper() for c in text) / length,
            text.count("!") / length + text.count("！") / length,
            text.count("?") / length + text.count("？") / length,
            text.count("\n") / length,
            sum(ord(c) > 0x2190 and not c.isalnum() and ord(c) > 0x20FF for c in text) / length,
            len(re.findall(r"<\w+>", text)) / length,
            sum(c in ".,;:()-–—/" for c in text) / length,
        ]
    )


def measure(pairs: Sequence[Pair]) -> SurfaceFigure:
    """Logistic regression on the difference of a pair's features, in folds by group."""
    difference = np.array([features(p.lure) - features(p.honest) for p in pairs])
    difference /= difference.std(axis=0) + 1e-9
    groups = sorted({pair.group for pair in pairs})
    fold_of = {group: i % FOLDS for i, group in enumerate(groups)}
    folds = np.array([fold_of[pair.group] for pair in pairs])
    right = np.zeros(len(pairs))
    for fold in range(FOLDS):
        weights = fit(difference[folds != fold])
        right[folds == fold] = difference[folds == fold] @ weights > 0
    mean = float(right.mean())
    half = 1.96 * float(np.sqrt(mean * (1 - mean) / len(pairs)))
    return SurfaceFigure(
        pairs=len(pairs),
        right=round(mean, 3),
        low=round(mean - half, 3),
        high=round(mean + half, 3),
        honest_longer=round(float(np.mean([len(p.honest) > len(p.lure) for p in pairs])), 3),
        weights={
            name: round(float(weight), 2)
            for name, weight in zip(FEATURES, fit(difference), strict=True)
        },
    )


def fit(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights without intercept, so that swapping the twins swaps the answer. Gradient descent on
    the ridge-penalised log loss, which is convex."""
    weights = np.zeros(difference.shape[1])
    step = 4 / (np.square(difference).sum(axis=1).mean() + RIDGE / len(difference))
    for _ in range(STEPS):
        wrong = 1 / (1 + np.exp(difference @ weights))
        gradient = difference.T @ wrong / len(difference) - RIDGE * weights / len(difference)
        weights = weights + step * gradient
    return weights


def pairs_of(rows: Sequence[Row]) -> list[Pair]:
    """Every lure with its honest twin."""
    by_id = {row.id: row for row in rows}
    pairs = []
    for row in rows:
        twin = by_id.get(row.pair or "")
        if row.kind == Kind.LURE and twin is not None and twin.kind == Kind.RECRUITMENT:
            pairs.append(Pair(row.text, twin.text, row.group))
    return pairs
