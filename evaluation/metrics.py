"""Figures with intervals. Definitions stand in the docstrings; intervals are by group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import at_thresholds, roc_area, threshold_at
from models.intervals import low_of_perfect_area, wilson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Metric = Callable[[Floats, Bools], float]

RESAMPLES = 1000
BINS = 10
MIN_EACH = 5
"""Fewer lures or fewer others than this: "too few" to print a figure."""

MIN_RATE = 10
"""A share of fewer texts than this is "too few" to print: where none of nine is hit, the 95 %
interval still reaches up to 30 %, and where half are, it spans more than half of the scale. The
smallest sample that a floor of a rate stands on has 15."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and its 95 % interval, or nothing where there were too few texts."""

    value: float | None
    low: float | None
    high: float | None
    lures: int
    others: int

    def __str__(self) -> str:
        if self.value is None:
            return f"too few ({self.lures} lures, {self.others} others)"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval, or nothing where there were too few texts, and how much it
    was counted on."""

    value: float | None
    low: float | None
    high: float | None
    texts: int
    groups: int

    def __str__(self) -> str:
        if self.value is None:
            return f"too few ({self.texts} texts)"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def rate(hits: Bools, groups: Sequence[str]) -> Rate:
    """Share of ``(n,)`` hits, with Wilson's interval (1927) at the effective number of texts:
    ``n**2 / sum(group size**2)`` (Kish 1965), as if copies of one text counted once.

    Unlike a bootstrap it is no point where nothing or everything is hit. Of fewer than
    :data:`MIN_RATE` texts only their number is told. Raises ``ValueError`` for no texts.
    """
    n = len(hits)
    if not n:
        raise ValueError("a rate needs texts")
    _, sizes = np.unique(np.asarray(groups), return_counts=True)
    if n < MIN_RATE:
        return Rate(None, None, None, n, len(sizes))
    effective = n**2 / float((sizes**2).sum())
    share = float(np.mean(hits))
    return Rate(share, *wilson(share, effective), n, len(sizes))


def average_precision(scores: Floats, is_lure: Bools) -> float:
    """Sum over distinct thresholds of precision times the recall gained there, without
    interpolation (Manning, Raghavan and Schütze 2008, section 8.4). Depends on the share of lures.
    """
    _, hits, flagged = at_thresholds(scores, is_lure)
    return float(np.sum(hits / flagged * np.diff(hits / hits[-1], prepend=0.0)))


def recall_at(rate: float) -> Metric:
    """Share of lures at or above the threshold that at most ``rate`` of the others reach."""

    def recall(scores: Floats, is_lure: Bools) -> float:
        return float((scores[is_lure] >= threshold_at(scores[~is_lure], rate)).mean())

    return recall


def calibration_error(scores: Floats, is_lure: Bools) -> float:
    """Expected calibration error: mean distance between score and share of lures over
    :data:`BINS` bins of equally many texts (Naeini, Cooper and Hauskrecht 2015; equal counts as in
    Nguyen and O'Connor 2015). 0 is best. Depends on the share of lures, and is above 0 by chance
    in small samples."""
    order = np.argsort(scores, kind="stable")
    # Equal scores count as their mean share of lures, whichever bin they fall in.
    _, same, counts = np.unique(scores, return_inverse=True, return_counts=True)
    share = (np.bincount(same, weights=is_lure) / counts)[same]
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [len(part) * abs(scores[part].mean() - share[part].mean()) for part in bins]
    return float(np.sum(gaps) / len(scores))


def risk_coverage_area(scores: Floats, is_lure: Bools) -> float:
    """Area under the risk-coverage curve (Geifman and El-Yaniv 2017): the share of wrong answers
    among the surest texts, averaged over how many are answered. A text counts as a lure from a
    score of 0.5, and is the surer the further it is from that; ties in the order of the texts."""
    return float(np.mean(risk_by_coverage(scores, is_lure)))


def risk_by_coverage(scores: Floats, is_lure: Bools) -> Floats:
    """``(n,)``: share of wrong answers among the surest 1, 2, … n texts."""
    surest = np.argsort(-np.abs(scores - 0.5), kind="stable")
    wrong = (scores >= 0.5) != is_lure
    return np.asarray(np.cumsum(wrong[surest]) / np.arange(1, len(scores) + 1))


def f1_at(threshold: float) -> Metric:
    """Harmonic mean of precision and recall on lures, flagging scores at or above ``threshold``
    (van Rijsbergen 1979); 0 where nothing is hit."""

    def f1(scores: Floats, is_lure: Bools) -> float:
        flagged = scores >= threshold
        return float(2 * (flagged & is_lure).sum() / max(1, flagged.sum() + is_lure.sum()))

    return f1


def least_of(name: str) -> int:
    """Fewest lures and others for the metric of that name: a recall is a share of lures."""
    return MIN_RATE if name.startswith("recall") else MIN_EACH


def group_members(groups: Sequence[str]) -> list[NDArray[np.intp]]:
    """Positions of each group's texts."""
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])


def with_interval(
    metric: Metric,
    scores: Floats,
    is_lure: Bools,
    groups: Sequence[str],
    seed: int = 1,
    least: int = MIN_EACH,
) -> Figure:
    """The metric with a percentile bootstrap over near-template groups (Efron 1979): texts of one
    group are copies, and would each count as news in a bootstrap over texts. Where all lures are
    above all others it would be a point; see
    :func:`~models.intervals.low_of_perfect_area`. Of fewer than ``least`` lures or others only
    their numbers are told."""
    lures, others = int(is_lure.sum()), int((~is_lure).sum())
    if lures < least or others < least:
        return Figure(None, None, None, lures, others)
    members = group_members(groups)
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < is_lure[drawn].sum() < len(drawn):
            values.append(metric(scores[drawn], is_lure[drawn]))
    value = metric(scores, is_lure)
    low, high = map(float, np.quantile(values, [0.025, 0.975]))
    if metric is roc_area and value == 1:
        named = np.asarray(groups)
        low = low_of_perfect_area(*(len(set(named[own])) for own in (is_lure, ~is_lure)))
    return Figure(value, low, high, lures, others)


def resampled(sums: Floats, sizes: Floats, rng: np.random.Generator) -> Floats:
    """``(RESAMPLES,)``: means over groups drawn with replacement, from their sums and sizes."""
    drawn = rng.integers(len(sums), size=(RESAMPLES, len(sums)))
    return np.asarray(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))


def resampled_means(values: Floats, groups: Sequence[str], seed: int = 1) -> Floats:
    """``(RESAMPLES,)``: means of ``(n,)`` values over groups drawn with replacement."""
    members = group_members(groups)
    sums = np.array([values[own].sum() for own in members])
    sizes = np.array([len(own) for own in members], dtype=np.float64)
    return resampled(sums, sizes, np.random.default_rng(seed))


def mean_with_interval(
    values: Floats, groups: Sequence[str], seed: int = 1
) -> tuple[float, float, float]:
    """Mean of ``(n,)`` values and its 95 % percentile bootstrap interval over groups."""
    drawn = resampled_means(values, groups, seed)
    low, high = map(float, np.quantile(drawn, [0.025, 0.975]))
    return float(np.mean(values)), low, high
