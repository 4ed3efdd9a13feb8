"""Others beside ours on the same texts: each gets an answer of the shape of
:func:`evaluation.run.measure`, and one table holds them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.abstention import risk
from evaluation.answers import assessed
from evaluation.compare import paired
from evaluation.guide_tables import figure
from evaluation.leakage import Leakage
from evaluation.metrics import Floats
from evaluation.rows import Labelled
from evaluation.run import answer_of, by_set, head, of_scores
from models.calibration import OperatingPoint
from service.engine import Engine

Answers = dict[str, dict[str, Any]]
"""By name of the peer."""

SHOWN = (
    "area under ROC", "average precision", "recall at 1 % false positives",
    "recall at 5 % false positives", "calibration error",
)  # fmt: skip
OURS_LESS = "area under ROC, ours less this"
POINTS = ("high_precision", "balanced", "high_recall")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to score the same texts."""

    name: str
    words: str
    """What it is, in one sentence."""

    scores: Floats
    """``(rows,)``, each from 0 to 1."""

    points: Sequence[OperatingPoint]
    """Thresholds, from the strictest to the widest net."""


def constants(rows: Sequence[Labelled]) -> list[Peer]:
    """Flag everything, and flag nothing: what any other way has to beat."""
    points = [point(name, 0.5) for name in POINTS]
    return [
        Peer("flag everything", "Every text scores 1.", np.ones(len(rows)), points),
        Peer("flag nothing", "Every text scores 0.", np.zeros(len(rows)), points),
    ]


def point(name: str, threshold: float) -> OperatingPoint:
    """A threshold that nobody measured anything at yet."""
    return OperatingPoint(
        name=name, false_positive_rate=0, threshold=threshold, recall=0, lures=0, honest=0
    )


def answers(
    rows: Sequence[Labelled],
    others: Sequence[Peer],
    engine: Engine | None,
    found: Leakage | None,
) -> Answers:
    """The answer of each, ours first and with the paired difference from it. ``found``: what the
    rows share with what was fitted on."""
    made: Answers = {}
    ours: Floats | None = None
    if engine is not None:
        assessments = assessed(engine, [row.text for row in rows], engine.name)
        ours = np.array([one.score for one in assessments])
        made[engine.name] = answer_of(engine, rows, assessments, found)
    for peer in others:
        answer = head(peer.name, peer.points, found) | {"peer": peer.words}
        for name, members in by_set(rows):
            own = [rows[i] for i in members]
            scores = peer.scores[members]
            # One who says nothing else than a score never calls a text insufficient.
            abstained = {"risk": risk(own, scores)}
            part = of_scores(own, scores, peer.points) | {"abstention": abstained}
            if ours is not None:
                change = paired(own, scores, ours[members]).get("area under ROC")
                part["beside ours"] = {OURS_LESS: as_figure(change)}
            answer["sets"][name] = part
        made[peer.name] = answer
    return made


def as_figure(change: Mapping[str, float] | None) -> dict[str, float | None]:
    """A paired change as a figure; ``None`` in it where there were too few."""
    if change is None:
        return {"value": None, "low": None, "high": None}
    return {"value": change["change"], "low": change["low"], "high": change["high"]}


def as_markdown(made: Answers, links: bool = False) -> str:
    """One table for each set. ``links``: names lead to the pages beside it."""
    parts = []
    sets = dict.fromkeys(name for answer in made.values() for name in answer["sets"])
    for name in sets:
        own = {who: answer["sets"][name] for who, answer in made.items()}
        whole = next(iter(own.values()))["all"]
        with_ours = any("beside ours" in part for part in own.values())
        columns = [*SHOWN, *([OURS_LESS] if with_ours else [])]
        parts.append(f"{name}: {whole['lures']} lures, {whole['others']} others\n")
        parts.append("| | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
        for who, part in own.items():
            told = part["all"] | part.get("beside ours", {})
            cells = " | ".join(figure(told[c]) if c in told else "" for c in columns)
            parts.append(f"| {f'[{who}]({file_name(who)}.html)' if links else who} | {cells} |")
        parts.append("")
    return "\n".join(parts)


def file_name(who: str) -> str:
    """Letters, digits and dots alone.

    >>> file_name("TF-IDF + SVM")
    'tf-idf-svm'
    """
    kept = "".join(c if c.isalnum() or c in ".-" else " " for c in who.lower())
    return "-".join(kept.split())
