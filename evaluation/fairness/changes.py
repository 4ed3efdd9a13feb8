"""Figures of counterfactual pairs: how far, which way, and whether a decision flips."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import numpy as np

from evaluation.fairness.pairs import WAYS, Pair
from evaluation.fairness.swaps import NEUTRAL
from evaluation.fairness.terms import DIMENSIONS
from evaluation.figures import Figures
from evaluation.metrics import MIN_EACH, MIN_RATE, mean_with_interval, rate
from evaluation.slices import language
from models.calibration import OperatingPoint

MOST_CHANGE = 0.02
"""Target: the mean absolute change of the score is at most this."""

MOST_FLIPS = 0.01
"""Target: the share of pairs on two sides of a threshold is at most this."""

FEWEST_TEXTS = MIN_EACH
"""A term of fewer texts is not listed among the strongest, which say where to look."""

STRONGEST = 40


def by_dimension(pairs: Sequence[Pair], points: Sequence[OperatingPoint]) -> Figures:
    """By dimension, way and true class (``lure``, ``not lure``)."""
    found: Figures = {}
    for dimension in DIMENSIONS:
        for way in WAYS:
            for is_lure in (True, False):
                own = [
                    pair
                    for pair in pairs
                    if (pair.swap.dimension, pair.way, pair.row.is_lure)
                    == (dimension, way, is_lure)
                ]
                if own:
                    classes = found.setdefault(dimension, {}).setdefault(way, {})
                    classes["lure" if is_lure else "not lure"] = figures(own, points)
    return found


def figures(pairs: Sequence[Pair], points: Sequence[OperatingPoint]) -> Figures:
    """Of pairs that are alike: mean absolute change, mean signed change by subgroup, the worst,
    flips at each threshold, with intervals, and whether the targets hold. Of fewer than
    :data:`~evaluation.metrics.MIN_RATE` swaps each is ``None``, with how many there were."""
    groups = [pair.row.group for pair in pairs]
    texts = len({(pair.row.id, pair.row.text) for pair in pairs})
    enough = len(pairs) >= MIN_RATE
    change, low, high = mean_with_interval(np.array([abs(pair.change) for pair in pairs]), groups)
    mean = [round(end, 4) if enough else None for end in (change, low, high)]
    flips = {
        point.name: rate(np.array([flipped(pair, point.threshold) for pair in pairs]), groups)
        for point in points
    }
    return {
        "texts": texts,
        "swaps": len(pairs),
        "mean change": {
            **dict(zip(("value", "low", "high"), mean, strict=True)),
            "texts": texts,
            "swaps": len(pairs),
        },
        "by term": by_term(pairs),
        "worst": worst(pairs),
        "flips": {name: asdict(share) for name, share in flips.items()},
        "holds": {
            "mean change": change <= MOST_CHANGE if enough else None,
            "flips": all(
                share.value is not None and share.value <= MOST_FLIPS for share in flips.values()
            )
            if enough
            else None,
        },
    }


def flipped(pair: Pair, threshold: float) -> bool:
    """Whether the two texts stand on two sides of a threshold."""
    return (pair.before >= threshold) != (pair.after >= threshold)


def ends(pair: Pair) -> Iterator[tuple[str, str, float]]:
    """Subgroup, word and change towards it, of both sides of a swap: away from a word counts
    reversed. A neutral control is no side."""
    before, after = pair.swap.words
    yield pair.swap.after, after, pair.change
    if pair.swap.before != NEUTRAL:
        yield pair.swap.before, before, -pair.change


def by_term(pairs: Iterable[Pair]) -> Figures:
    """Mean signed change towards each subgroup; ``None`` of too few swaps."""
    changes: dict[str, list[float]] = {}
    for pair in pairs:
        for subgroup, _, change in ends(pair):
            changes.setdefault(subgroup, []).append(change)
    return {
        name: {
            "swaps": len(own),
            "mean": round(float(np.mean(own)), 4) if len(own) >= MIN_RATE else None,
        }
        for name, own in sorted(changes.items())
    }


def worst(pairs: Sequence[Pair]) -> Figures:
    """The pair that moves furthest: its row and words, never its text."""
    pair = max(pairs, key=lambda one: abs(one.change))
    return {
        "id": pair.row.id,
        "language": pair.row.language,
        "words": list(pair.swap.words),
        "before": round(pair.before, 4),
        "after": round(pair.after, 4),
    }


def strongest(pairs: Iterable[Pair]) -> list[Figures]:
    """Terms that scores move towards or away from most, by language, dimension and way: those of
    at least :data:`FEWEST_TEXTS` texts, at most :data:`STRONGEST` of them, the furthest first."""
    same: dict[tuple[str, str, str, str], list[tuple[str, str, float]]] = {}
    for pair in pairs:
        for subgroup, word, change in ends(pair):
            key = (language(pair.row), pair.swap.dimension, pair.way, subgroup)
            same.setdefault(key, []).append((pair.row.text, word, change))
    found: list[Figures] = [
        {
            "language": language, "dimension": dimension, "way": way, "term": term,
            "words": sorted({word for _, word, _ in own}),
            "texts": len({text for text, _, _ in own}),
            "mean": round(float(np.mean([change for _, _, change in own])), 4),
        }
        for (language, dimension, way, term), own in sorted(same.items())
    ]  # fmt: skip
    kept = [one for one in found if one["texts"] >= FEWEST_TEXTS]
    return sorted(kept, key=lambda one: -abs(one["mean"]))[:STRONGEST]
