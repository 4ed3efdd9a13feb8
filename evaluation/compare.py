"""Two bundles on the same texts: differences, with intervals over the same resamples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evaluation.answers import assessed
from evaluation.chance import of_resamples
from evaluation.figures import truth
from evaluation.metrics import (
    MIN_EACH,
    RESAMPLES,
    Floats,
    Metric,
    average_precision,
    calibration_error,
    group_members,
    least_of,
    recall_at,
)
from evaluation.rows import Labelled
from evaluation.run import by_set, not_fitted_on
from evaluation.slices import members
from models.calibration import roc_area
from service.engine import Engine

COMPARED: dict[str, Metric] = {
    "area under ROC": roc_area,
    "average precision": average_precision,
    "recall at 1 % false positives": recall_at(0.01),
    "recall at 5 % false positives": recall_at(0.05),
    "calibration error": calibration_error,
}
BY = ("source", "language")


def compare(
    champion: Engine, challenger: Engine, rows: Sequence[Labelled], only_unseen: bool = False
) -> dict[str, Any]:
    """Figures of both and their difference (challenger less champion), of each set, and by source
    and language. Raises :class:`~evaluation.rows.WrongRow` where either was fitted on a group of
    the rows, unless ``only_unseen`` leaves out what either was fitted on."""
    for engine in (champion, challenger):
        rows, _ = not_fitted_on(engine, rows, only_unseen)
    scores = [
        np.array([one.score for one in assessed(engine, [r.text for r in rows], engine.name)])
        for engine in (champion, challenger)
    ]
    answer: dict[str, Any] = {"champion": champion.name, "challenger": challenger.name, "sets": {}}
    for name, chosen in by_set(rows):
        own = [rows[i] for i in chosen]
        before, after = scores[0][chosen], scores[1][chosen]
        found = {"all": paired(own, before, after)}
        for dimension in BY:
            for value, places in members(own, dimension).items():
                found[f"{dimension}={value}"] = paired(
                    [own[i] for i in places], before[places], after[places]
                )
        answer["sets"][name] = found
    return answer


def paired(
    rows: Sequence[Labelled], before: Floats, after: Floats, seed: int = 1
) -> dict[str, Any]:
    """Each metric of both, and the difference with a 95 % interval: both are computed on the same
    resampled groups (paired bootstrap, Efron and Tibshirani 1993). Counts alone where there are
    too few; a change of recall needs :data:`~evaluation.metrics.MIN_RATE` lures and others. ``p``:
    how likely chance alone is to give such a change, one figure looked at alone."""
    is_lure = truth(rows)
    counts = {"lures": int(is_lure.sum()), "others": int((~is_lure).sum())}
    if min(counts.values()) < MIN_EACH:
        return counts
    copies = group_members([row.group for row in rows])
    rng = np.random.default_rng(seed)
    changes: dict[str, list[float]] = {name: [] for name in COMPARED}
    for _ in range(RESAMPLES // 2):
        drawn = np.concatenate([copies[i] for i in rng.integers(len(copies), size=len(copies))])
        if 0 < is_lure[drawn].sum() < len(drawn):
            for name, metric in COMPARED.items():
                both = [metric(s[drawn], is_lure[drawn]) for s in (before, after)]
                changes[name].append(both[1] - both[0])
    found: dict[str, Any] = dict(counts)
    groups = least_groups(rows)
    for name, metric in COMPARED.items():
        if min(counts.values()) < least_of(name):
            continue
        low, high = np.quantile(changes[name], [0.025, 0.975])
        ours, theirs = metric(before, is_lure), metric(after, is_lure)
        found[name] = {
            "champion": round(float(ours), 4),
            "challenger": round(float(theirs), 4),
            "change": round(float(theirs - ours), 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
            # Of one group the spread is not known.
            "p": of_resamples(theirs - ours, changes[name], groups) if groups > 1 else 1.0,
        }
    return found


def least_groups(rows: Sequence[Labelled]) -> int:
    """Groups of near-copies of the class that has fewer."""
    return min(len({row.group for row in rows if row.is_lure == side}) for side in (True, False))
