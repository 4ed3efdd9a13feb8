"""The fairness part of an evaluation: swaps, areas by subgroup, gaps in false positives."""

from collections.abc import Sequence

import numpy as np

from evaluation.answers import assessed
from evaluation.fairness.changes import MOST_CHANGE, MOST_FLIPS, by_dimension, strongest
from evaluation.fairness.gaps import MOST_POINTS, gaps
from evaluation.fairness.pairs import scored
from evaluation.fairness.subgroups import areas
from evaluation.fairness.terms import named, of_language
from evaluation.figures import Figures
from evaluation.metrics import Floats
from evaluation.rows import Labelled
from service.engine import Engine


def measure(
    engine: Engine,
    rows: Sequence[Labelled],
    seed: int = 1,
    per_dimension: int = 120,
    scores: Floats | None = None,
) -> Figures:
    """Everything about fairness, ready for JSON.

    Texts in a language without a list of words are left out and counted. ``per_dimension`` is the
    most texts that are swapped in one dimension, of one true class, in place and again put in.
    ``scores``, ``(rows,)``, are those the engine gave to the rows, where they are known already.
    """
    if scores is None:
        scores = np.array([a.score for a in assessed(engine, [row.text for row in rows], "texts")])
    known = np.array([of_language(row.language) is not None for row in rows], dtype=bool)
    own = [row for row, is_known in zip(rows, known, strict=True) if is_known]
    names = [named(row.text, row.language) for row in own]
    points = engine.bundle.calibration.operating_points
    pairs = scored(engine, own, names, seed, per_dimension)
    return {
        "texts": len(own),
        "left out": len(rows) - len(own),
        "thresholds": {point.name: point.threshold for point in points},
        "targets": {
            "mean change": MOST_CHANGE, "flips": MOST_FLIPS, "gap in points": MOST_POINTS
        },
        "swaps": by_dimension(pairs, points),
        "strongest": strongest(pairs),
        "subgroups": areas(own, scores[known], names),
        "gaps": gaps(own, scores[known], names, points),
    }  # fmt: skip
