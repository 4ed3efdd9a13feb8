"""Score labelled texts through the service's assessment, and count everything there is to count.

Collected texts and written or generated ones are counted apart: what is written stands in no
headline. Fairness and robustness alone take all of them together, since collected lures are too few
to swap or attack by themselves: there a text is compared with itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from evaluation.abstention import abstention
from evaluation.answers import assessed
from evaluation.calibrated import calibrated
from evaluation.curves import curves
from evaluation.fairness.measure import measure as measure_fairness
from evaluation.figures import Figures, figures, kind_scores, metrics_at
from evaluation.leakage import Leakage, leakage, refuse_shared, unseen
from evaluation.metrics import MIN_EACH, MIN_RATE, Floats
from evaluation.robustness.measure import measure as measure_robustness
from evaluation.robustness.search import measure_search
from evaluation.rows import Labelled, WrongRow
from evaluation.slices import sliced
from evaluation.spans import spans
from models.calibration import OperatingPoint
from models.cli import say
from models.labels import Kind
from models.text_sets import MANNER, places_by_set, set_of_text
from service.assessment import Assessment
from service.engine import Engine

WORST = 20
SAMPLE = 120
"""Most texts that a swap or an attack is tried on."""

FORMAT = 2
"""Of the answer, for those who read it later: reports, floors, comparisons."""


def measure(
    engine: Engine,
    rows: Sequence[Labelled],
    only_unseen: bool = False,
    fairness: bool = False,
    robustness: bool = False,
    sample: int = SAMPLE,
) -> dict[str, Any]:
    """Every figure, JSON-ready. No text is in it. ``sample``: most texts that a swap or an attack
    is tried on.

    Raises :class:`~evaluation.rows.WrongRow` where rows are of groups that the bundle was fitted
    on, unless ``only_unseen`` leaves them out first.
    """
    rows, found = not_fitted_on(engine, rows, only_unseen)
    assessments = assessed(engine, [row.text for row in rows])
    answer = answer_of(engine, rows, assessments, found)
    scores = np.array([one.score for one in assessments])
    answer |= parts(engine, rows, scores, fairness, robustness, sample)
    return answer


def parts(
    engine: Engine,
    rows: Sequence[Labelled],
    scores: Floats,
    fairness: bool,
    robustness: bool,
    sample: int = SAMPLE,
) -> dict[str, Any]:
    """The parts of an answer beside its sets that are asked for, of collected and written texts
    without those whose manner misleads. ``scores``, ``(rows,)``: those the engine gave to the
    rows."""
    kept = [i for i, row in enumerate(rows) if set_of_text(row.id, row.synthetic) != MANNER]
    rows, scores = [rows[i] for i in kept], scores[kept]
    found: dict[str, Any] = {}
    if fairness:
        found["fairness"] = measure_fairness(engine, rows, per_dimension=sample, scores=scores)
    if robustness and len({row.is_lure for row in rows}) < 2:
        say("no attacks are measured: that takes lures and other texts")
    elif robustness:
        found["robustness"] = measure_robustness(engine, rows, per_attack=sample, scores=scores)
        found["search attack"] = {
            name: measure_search(
                engine, rows, texts=sample // 2, leave_out=leave_out, scores=scores
            )
            for name, leave_out in (("with deletions", True), ("without deletions", False))
        }
    return found


def answer_of(
    engine: Engine,
    rows: Sequence[Labelled],
    assessments: Sequence[Assessment],
    found: Leakage | None,
) -> dict[str, Any]:
    """The figures of each set; nothing about fairness or attacks."""
    points = engine.bundle.calibration.operating_points
    answer = head(engine.name, points, found) | {"created": engine.bundle.manifest.created}
    for name, members in by_set(rows):
        own = [rows[i] for i in members]
        answer["sets"][name] = of_set(engine, own, [assessments[i] for i in members])
    return answer


def head(name: str, points: Sequence[OperatingPoint], found: Leakage | None) -> dict[str, Any]:
    """What every answer begins with; its sets are empty."""
    return {
        "format": FORMAT,
        "bundle": name,
        "created": None,
        "minimum of each class": MIN_EACH,
        "minimum of a rate": MIN_RATE,
        "thresholds": {point.name: point.threshold for point in points},
        "leakage": "not recorded by this bundle" if found is None else found.report(),
        "sets": {},
    }


def by_set(rows: Sequence[Labelled]) -> Iterator[tuple[str, list[int]]]:
    """The sets that are not empty, with the positions of their rows."""
    yield from places_by_set((row.id, row.synthetic) for row in rows).items()


def not_fitted_on(
    engine: Engine, rows: Sequence[Labelled], only_unseen: bool
) -> tuple[Sequence[Labelled], Leakage | None]:
    """Rows to measure the bundle on, and what they share with its training texts; ``None`` where
    the bundle is older than the record of that."""
    seen = engine.bundle.trained_on()
    if only_unseen:
        if seen is None:
            raise WrongRow(f"{engine.name} is older than the record of what bundles were fitted on")
        rows = unseen(rows, seen)
    if not rows:
        raise WrongRow("nothing is left to measure on: every text is of the bundle's training set")
    if seen is None:
        return rows, None
    found = leakage(rows, seen)
    refuse_shared(found, engine.name)
    return rows, found


def of_set(
    engine: Engine, rows: Sequence[Labelled], assessments: Sequence[Assessment]
) -> dict[str, Any]:
    """Figures of texts that may be counted together."""
    points = engine.bundle.calibration.operating_points
    scores = np.array([one.score for one in assessments])
    said = np.array([one.kind == Kind.INSUFFICIENT for one in assessments], dtype=bool)
    right = [one.kind == row.kind for one, row in zip(assessments, rows, strict=True)]
    return of_scores(rows, scores, points) | {
        "kind accuracy": round(float(np.mean(right)), 3),
        "abstention": abstention(rows, scores, said),
        "spans": spans(rows, assessments),
    }


def of_scores(
    rows: Sequence[Labelled], scores: Floats, points: Sequence[OperatingPoint]
) -> dict[str, Any]:
    """What ``(rows,)`` scores alone tell, whoever gave them."""
    return {
        "all": figures(rows, scores, points, metrics_at(points)),
        "kinds": kind_scores(rows, scores),
        "slices": sliced(rows, scores, points),
        "calibration": calibrated(rows, scores),
        "curves": curves(rows, scores),
        "worst": worst(rows, scores),
    }


def worst(rows: Sequence[Labelled], scores: Sequence[float] | np.ndarray) -> list[Figures]:
    """The texts whose score is furthest from the truth, by id."""
    wrong = [abs(score - row.is_lure) for score, row in zip(scores, rows, strict=True)]
    order = sorted(range(len(rows)), key=lambda i: -wrong[i])
    return [
        {"id": rows[i].id, "kind": rows[i].kind, "score": round(float(scores[i]), 4)}
        for i in order[:WORST]
    ]
