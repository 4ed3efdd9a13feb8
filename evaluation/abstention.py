"""What is gained by answering the surest texts alone, and what ``insufficient`` is said of."""

from collections.abc import Sequence

import numpy as np

from evaluation.figures import Figures, truth
from evaluation.metrics import MIN_RATE, Bools, Floats, risk_by_coverage
from evaluation.rows import Labelled
from models.labels import Kind

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)


def risk(rows: Sequence[Labelled], scores: Floats) -> dict[str, float]:
    """Share of wrong answers (lure or not, at 0.5) among the surest share of texts."""
    by_coverage = risk_by_coverage(scores, truth(rows))
    at = {c: max(1, round(c * len(rows))) - 1 for c in COVERAGES}
    return {f"{c:.0%}": round(float(by_coverage[i]), 4) for c, i in at.items()}


def abstention(rows: Sequence[Labelled], scores: Floats, said: Bools) -> Figures:
    """``risk``: see :func:`risk`. ``said insufficient``: of each true kind, the share answered with
    that kind; ``None`` of fewer than :data:`~evaluation.metrics.MIN_RATE`. ``scores`` and ``said``
    are ``(rows,)``."""
    kinds = np.array([row.kind for row in rows])
    return {
        "risk": risk(rows, scores),
        "said insufficient": {
            kind: {
                "texts": int(own.sum()),
                "share": round(float(said[own].mean()), 3) if own.sum() >= MIN_RATE else None,
            }
            for kind in Kind
            if (own := kinds == kind).any()
        },
    }
