"""How far scores have moved since a reference: the population stability index."""

import numpy as np
from numpy.typing import NDArray

BINS = 10
MIN_TEXTS = 200
"""Fewer scores on either side are too few: their bins would hold a handful."""

WATCH, MOVED = 0.1, 0.25
"""Index from which scores are worth a look, and from which they have moved (Siddiqi 2006)."""

SMOOTHING = 0.5
"""Texts added to each bin, so that an empty one gives no endless index."""

Scores = NDArray[np.float64]


def stability_index(old: Scores, new: Scores) -> float:
    """``sum((q - p) * ln(q / p))`` over bins that hold equal shares of ``old`` (Lewis 1994)."""
    edges = np.unique(np.quantile(old, np.linspace(0, 1, BINS + 1)[1:-1]))
    if edges[0] <= old.min():  # a bin holds what lies at its lower edge: the lowest need one alone
        edges = np.unique([np.nextafter(edges[0], np.inf), *edges[1:]])
    p, q = (shares(scores, edges) for scores in (old, new))
    return float(np.sum((q - p) * np.log(q / p)))


def shares(scores: Scores, edges: Scores) -> Scores:
    """Share of the scores in each bin, smoothed."""
    counts = np.bincount(np.searchsorted(edges, scores, side="right"), minlength=len(edges) + 1)
    smoothed = counts + SMOOTHING
    return np.asarray(smoothed / smoothed.sum(), dtype=np.float64)


def by_chance(old: int, new: int) -> float:
    """The index that sampling alone would give, with so many scores (Yurdakul 2018)."""
    return (BINS - 1) * (1 / old + 1 / new)
