"""Does the score rank as well for texts that name a subgroup? Three areas under ROC.

Borkan, Dixon, Sorensen, Thain and Vasserman 2019, "Nuanced metrics for measuring unintended bias".
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from evaluation.fairness.gaps import side_names
from evaluation.fairness.pairs import Named
from evaluation.figures import Figures, truth
from evaluation.metrics import Bools, Floats, with_interval
from evaluation.rows import Labelled
from models.calibration import roc_area

SIDES = "sides"
"""Dimension of the joined subgroups: origin, destination, hub, no hub."""


def areas(rows: Sequence[Labelled], scores: Floats, named: Sequence[Named]) -> Figures:
    """By dimension and subgroup, each with its interval. ``scores`` is ``(rows,)``.

    ``subgroup``: over texts that name it. ``BPSN`` (background positive, subgroup negative): lures
    that do not name it against other texts that do; low where naming it raises scores. ``BNSP``:
    the other way round; low where naming it lowers them. An area of too few texts is ``None``.
    """
    memberships = [own | {(SIDES, side) for side in side_names(own)} for own in named]
    found: Figures = {}
    for dimension, subgroup in sorted({one for own in memberships for one in own}):
        names_it = np.array([(dimension, subgroup) in own for own in memberships], dtype=bool)
        found.setdefault(dimension, {})[subgroup] = three_areas(rows, scores, names_it)
    return found


def three_areas(rows: Sequence[Labelled], scores: Floats, names_it: Bools) -> Figures:
    """Of one subgroup, whose texts are those of ``names_it``, ``(rows,)``."""
    is_lure = truth(rows)
    parts = {
        "subgroup": names_it,
        "BPSN": names_it != is_lure,
        "BNSP": names_it == is_lure,
    }
    found: Figures = {"texts": int(names_it.sum())}
    for name, part in parts.items():
        members = np.flatnonzero(part).tolist()
        groups = [rows[i].group for i in members]
        found[name] = asdict(with_interval(roc_area, scores[members], is_lure[members], groups))
    return found
