"""Curves of a label budget: what a classifier reaches on held-out texts with so many labels, chosen
one way or another."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import roc_area, threshold_at
from models.picking import Waiting
from training.budget.probe import fitted, logits
from training.budget.setting import Material, Shape, Trial
from training.budget.strategies import Choose, State, counted

MIN_SIDE = 8
"""Lures, and others, that a language needs among the held-out texts to have a figure."""

FEWEST = 5
"""Languages that the figure of the weakest is a mean of."""

AUROC, AT_1, AT_5, WORST, WEAKEST, FOUND = (
    "AUROC",
    "recall at 1 % false positives",
    "recall at 5 % false positives",
    "AUROC of the worst language",
    f"mean AUROC of the {FEWEST} weakest languages",
    "lures labelled",
)
FIGURES = (AUROC, AT_1, AT_5, WORST, WEAKEST)


@dataclass(frozen=True, slots=True)
class Point:
    """With so many labels."""

    labels: int
    figures: dict[str, float]


def curve(material: Material, shape: Shape, given: Trial, choose: Choose) -> list[Point]:
    """From the first labels to the whole budget."""
    pool = given.pool
    rng = np.random.default_rng([given.seed, 1])  # the same for every strategy
    labelled = np.zeros(len(pool), dtype=bool)
    labelled[given.start] = True
    sizes = Counter(material.campaigns[pool].tolist())
    recent = np.array([sizes[name] for name in material.campaigns[pool]], dtype=np.float64)
    points = []
    while True:
        own = pool[labelled]
        model = fitted(material.places[own], material.lures[own])
        figures = measured(logits(model, material.places[given.test]), material, given.test)
        figures[FOUND] = float(material.lures[own].sum())
        points.append(Point(len(own), figures))
        count = min(shape.step, shape.budget - len(own))
        if count <= 0:
            return points
        left = np.flatnonzero(~labelled)
        rest = pool[left]
        scores = logits(model, material.places[rest])
        state = State(
            places=material.places[rest],
            known=material.places[own],
            logits=scores,
            waiting=Waiting(
                unsure=np.exp(-np.abs(scores)),
                languages=material.languages[rest].tolist(),
                campaigns=material.campaigns[rest].tolist(),
                recent=recent[left],
                spoken=np.isin(material.campaigns[rest], material.campaigns[own]),
            ),
            labels=counted(material.languages[own]),
            count=count,
            rng=rng,
        )
        labelled[left[choose(state)]] = True


def measured(
    scores: NDArray[np.float64], material: Material, test: NDArray[np.intp]
) -> dict[str, float]:
    """Figures on held-out texts. A language without :data:`MIN_SIDE` of each is not looked at."""
    lures, languages = material.lures[test], material.languages[test]
    found = {AUROC: roc_area(scores, lures)}
    for name, rate in ((AT_1, 0.01), (AT_5, 0.05)):
        line = threshold_at(scores[~lures], rate)
        found[name] = float((scores[lures] >= line).mean())
    areas = []
    for language in np.unique(languages):
        own = languages == language
        if min(lures[own].sum(), (~lures[own]).sum()) >= MIN_SIDE:
            areas.append(roc_area(scores[own], lures[own]))
    if areas:
        areas.sort()
        found |= {WORST: areas[0], WEAKEST: float(np.mean(areas[:FEWEST]))}
    return found
