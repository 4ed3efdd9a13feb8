"""From logits to probabilities and operating points. Needs numpy alone.

The lure head is an additive model: its logit is the mean of the tokens' logits. Platt scaling
(Platt 1999) keeps it so: ``score = sigmoid(scale * logit + offset)``. The other five kinds share
what the lure leaves, by a softmax over their own logits, so the six always sum to one and the
lure's probability **is** the score.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from models.labels import KINDS, Kind

Floats = NDArray[np.floating]

LURE = KINDS.index(Kind.LURE)


class OperatingPoint(BaseModel):
    """A threshold with what was measured there, on the calibration split."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str
    """What it is for: ``high_precision``, ``balanced`` or ``high_recall``."""

    false_positive_rate: float
    """Share of honest texts at or above the threshold that it was set for, such as 0.01."""

    threshold: float
    """Score at and above which a text counts as flagged."""

    recall: float
    """Share of lures at or above the threshold."""

    lures: int
    """Lures it was measured on."""

    honest: int
    """Texts that are not lures it was measured on."""


class Calibration(BaseModel):
    """The map from logits to scores, and the thresholds that go with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    scale: float = Field(1.0, gt=0)
    """Multiplies the lure logit; positive, so the ranking of texts never changes."""

    offset: float = 0.0
    """Added after that: the prior of the calibration split."""

    rest_scale: float = Field(1.0, gt=0)
    """Multiplies the logits of the other five kinds: the inverse of their temperature."""

    operating_points: tuple[OperatingPoint, ...] = ()
    """From the strictest to the widest net."""

    harm_threshold: float = Field(0.5, ge=0, le=1)
    """Probability from which a harm is named."""

    indicator_threshold: float = Field(0.5, ge=0, le=1)
    """Probability from which a token belongs to an indicator's span."""

    def lure_logit(self, logit: Floats) -> Floats:
        """The calibrated logit, whose sigmoid is the score. Any shape."""
        return self.scale * np.asarray(logit, dtype=np.float64) + self.offset

    def kind_probabilities(self, kind_logits: Floats) -> Floats:
        """``float64 (n, 6)`` in the order of :data:`models.labels.KINDS`; rows sum to 1."""
        logits = np.asarray(kind_logits, dtype=np.float64)
        lure = sigmoid(self.lure_logit(logits[:, LURE]))
        rest: Floats = self.rest_scale * logits
        rest[:, LURE] = -np.inf
        rest = np.exp(rest - rest.max(axis=1, keepdims=True))
        rest *= ((1 - lure) / rest.sum(axis=1))[:, None]
        rest[:, LURE] = lure
        return rest


def sigmoid(x: Floats) -> Floats:
    """``1 / (1 + exp(-x))`` without overflow."""
    x = np.asarray(x, dtype=np.float64)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def logit(probability: float, least: float) -> float:
    """``log(p / (1 - p))``, finite: ``p`` no nearer to 0 or 1 than ``least``.

    >>> logit(0.5, 1e-12), round(logit(1.0, 1e-12), 1)
    (0.0, 27.6)
    """
    inside = min(max(probability, least), 1 - least)
    return math.log(inside / (1 - inside))


def fit_platt(logits: Floats, is_lure: NDArray[np.generic], steps: int = 50) -> tuple[float, float]:
    """Scale and offset that minimise the log loss, by Newton's method.

    ``logits`` and ``is_lure`` are ``(n,)``. Targets are smoothed as Platt (1999, section 2.2)
    does, so that a split which is told apart without error does not give an endless scale.
    Raises ``ValueError`` where one of the two classes is missing.
    """
    x, y = np.asarray(logits, dtype=np.float64), np.asarray(is_lure, dtype=bool)
    positive, negative = int(y.sum()), int((~y).sum())
    if not positive or not negative:
        raise ValueError(f"calibration needs both: {positive} lures and {negative} others given")
    target = np.where(y, (positive + 1) / (positive + 2), 1 / (negative + 2))
    design = np.stack([x, np.ones_like(x)], axis=1)
    weight = np.array([1.0, 0.0])

    def loss(w: Floats) -> float:
        z = design @ w
        return float(np.sum(np.logaddexp(0, z) - target * z))

    for _ in range(steps):
        p = sigmoid(design @ weight)
        gradient = design.T @ (p - target)
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-6 and loss(weight - size * step) > loss(weight):
            size /= 2
        weight = weight - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return max(float(weight[0]), 1e-3), float(weight[1])


def fit_temperature(logits: Floats, kinds: NDArray[np.integer]) -> float:
    """Inverse temperature that minimises the log loss of a softmax (Guo et al. 2017), by golden
    section between 0.1 and 10.

    ``logits`` is ``(n, kinds)``, ``kinds`` the right column of each, ``(n,)``; 1.0 of no texts.
    """
    x = np.asarray(logits, dtype=np.float64)
    if not len(x):
        return 1.0
    low, high = np.log(0.1), np.log(10.0)
    golden = (np.sqrt(5) - 1) / 2

    def loss(log_scale: float) -> float:
        scaled = np.exp(log_scale) * x
        right = scaled[np.arange(len(x)), kinds]
        return float(np.mean(np.logaddexp.reduce(scaled, axis=1) - right))

    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def threshold_at(honest_scores: Floats, rate: float) -> float:
    """Smallest threshold that at most ``rate`` of the honest scores reach.

    Ties count against us: where many share the score at the border, it lies above them all.
    """
    scores = np.sort(np.asarray(honest_scores, dtype=np.float64))[::-1]
    allowed = int(np.floor(rate * len(scores)))
    return float(np.nextafter(scores[allowed], np.inf)) if len(scores) > allowed else 0.0


def at_thresholds(scores: Floats, is_lure: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Every distinct score as a threshold, the highest first: the threshold, the lures at or above
    it, and the texts at or above it. Equal scores are flagged together."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    return (
        scores[order][last], np.cumsum(is_lure[order])[last], np.arange(1, len(scores) + 1)[last],
    )  # fmt: skip


def roc_area(scores: Floats, is_lure: NDArray[np.bool_]) -> float:
    """Area under ROC: the chance that a lure scores above another text, ties counted half
    (Mann and Whitney 1947). Both classes must be there."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    lures = int(is_lure.sum())
    rank_sum = float(ranks[is_lure].sum())
    return (rank_sum - lures * (lures + 1) / 2) / (lures * (len(scores) - lures))


def operating_points(
    scores: Floats, is_lure: NDArray[np.generic], wanted: Sequence[tuple[str, float]]
) -> tuple[OperatingPoint, ...]:
    """Thresholds for the wanted false-positive rates, with the recall at each."""
    scores, lure = np.asarray(scores), np.asarray(is_lure, dtype=bool)
    points = []
    for name, rate in wanted:
        threshold = threshold_at(scores[~lure], rate)
        recall = float((scores[lure] >= threshold).mean())
        points.append(
            OperatingPoint(
                name=name,
                false_positive_rate=rate,
                threshold=threshold,
                recall=recall,
                lures=int(lure.sum()),
                honest=int((~lure).sum()),
            )
        )
    return tuple(points)
