"""Score labelled texts through the service's assessment, and count."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from evaluation.metrics import (
    average_precision,
    calibration_error,
    recall_at,
    risk_by_coverage,
    risk_coverage_area,
    with_interval,
)
from models.ad import Ad
from models.calibration import OperatingPoint, roc_area
from models.labels import Kind
from service.assessment import Assessment
from service.engine import Engine

CHUNK = 64
METRICS = {
    "area under ROC": roc_area,
    "average precision": average_precision,
    "recall at 1 % false positives": recall_at(0.01),
    "recall at 5 % false positives": recall_at(0.05),
    "calibration error": calibration_error,
    "area under risk-coverage": risk_coverage_area,
}
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)
LENGTHS = ((80, "under 80"), (300, "80 to 299"), (1000, "300 to 999"))
"""Bands of length in characters; what is longer is ``1000 and more``."""


class WrongRow(Exception):
    """A row that cannot be measured, with its file, line and reason."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its label, from a JSON line of the shape the training corpora have."""

    text: str
    kind: Kind
    group: str
    source: str
    language: str


def read(paths: Iterable[Path]) -> list[Labelled]:
    """Rows with a kind, of files or of every ``.jsonl`` in a folder."""
    files = [
        file
        for path in paths
        for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])
    ]
    rows = []
    for file in files:
        with file.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    given: dict[str, Any] = json.loads(line)
                    if given["kind"] is None:
                        continue
                    for name in ("text", "language"):
                        if not isinstance(given[name], str):
                            raise TypeError(f"{name} is no text")
                    row = Labelled(
                        given["text"], Kind(given["kind"]), f"{file.stem}:{given['group']}",
                        file.stem, given["language"],
                    )  # fmt: skip
                except (ValueError, KeyError, TypeError) as error:
                    reason = f"{type(error).__name__}: {error}"
                    raise WrongRow(f"{file}:{number}: {reason}") from None
                rows.append(row)
    if not rows:
        raise WrongRow("no labelled text in what was named")
    return rows


def assessed(engine: Engine, texts: Sequence[str]) -> list[Assessment]:
    """What the service says of each text, a few at a time."""
    found: list[Assessment] = []
    bar = tqdm(total=len(texts), desc="evaluate", unit="text", mininterval=2)
    for low in range(0, len(texts), CHUNK):
        found += engine.assess_now([Ad(text=text) for text in texts[low : low + CHUNK]])
        bar.update(min(CHUNK, len(texts) - low))
    bar.close()
    return found


def measure(engine: Engine, rows: Sequence[Labelled]) -> dict[str, Any]:
    """Every metric over all rows and by source, mean score by kind, and the shipped thresholds."""
    assessments = assessed(engine, [row.text for row in rows])
    return {
        "model": engine.name,
        "texts": len(rows),
        "all": figures(rows, assessments, range(len(rows))),
        "kinds": {
            kind: {"texts": len(found), "mean score": round(float(np.mean(found)), 3)}
            for kind in Kind
            if (
                found := [a.score for a, r in zip(assessments, rows, strict=True) if r.kind == kind]
            )
        },
        "kind accuracy": round(
            float(np.mean([a.kind == r.kind for a, r in zip(assessments, rows, strict=True)])), 3
        ),
        "thresholds": {
            point.name: at_threshold(rows, assessments, point)
            for point in engine.bundle.calibration.operating_points
        },
        "abstention": abstention(rows, assessments),
        "sources": by(lambda row: row.source, rows, assessments),
        "languages": by(lambda row: row.language.split("-")[0], rows, assessments),
        "lengths": by(length_band, rows, assessments),
    }


def length_band(row: Labelled) -> str:
    """The band of the text's length in characters."""
    over = f"{LENGTHS[-1][0]} and more"
    return next((name for limit, name in LENGTHS if len(row.text) < limit), over)


def by(
    name_of: Callable[[Labelled], str],
    rows: Sequence[Labelled],
    assessments: Sequence[Assessment],
) -> dict[str, Any]:
    """The figures of each slice, by name."""
    slices: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        slices.setdefault(name_of(row), []).append(i)
    return {name: figures(rows, assessments, slices[name]) for name in sorted(slices)}


def abstention(rows: Sequence[Labelled], assessments: Sequence[Assessment]) -> dict[str, Any]:
    """What is gained by answering the surest texts alone, and what ``insufficient`` is said of.

    ``risk``: share of wrong answers (lure or not, at 0.5) among the surest share of texts.
    ``said insufficient``: of each true kind, the share answered with that kind.
    """
    scores = np.array([a.score for a in assessments])
    truth = np.array([row.kind == Kind.LURE for row in rows], dtype=bool)
    risk = risk_by_coverage(scores, truth)
    said: dict[str, Any] = {}
    for kind in Kind:
        answers = [
            a.kind == Kind.INSUFFICIENT
            for a, row in zip(assessments, rows, strict=True)
            if row.kind == kind
        ]
        if answers:
            said[kind] = {"texts": len(answers), "share": round(float(np.mean(answers)), 3)}
    at = {c: max(1, round(c * len(rows))) - 1 for c in COVERAGES}
    return {
        "risk": {f"{c:.0%}": round(float(risk[i]), 4) for c, i in at.items()},
        "said insufficient": said,
    }


def figures(
    rows: Sequence[Labelled], assessments: Sequence[Assessment], members: Sequence[int]
) -> dict[str, Any]:
    """Each metric with its interval, over some of the rows."""
    scores = np.array([assessments[i].score for i in members])
    is_lure = np.array([rows[i].kind == Kind.LURE for i in members], dtype=bool)
    groups = [rows[i].group for i in members]
    return {
        name: asdict(with_interval(metric, scores, is_lure, groups))
        for name, metric in METRICS.items()
    }


def at_threshold(
    rows: Sequence[Labelled], assessments: Sequence[Assessment], point: OperatingPoint
) -> dict[str, Any]:
    """Share of each kind at or above a shipped threshold."""
    shares: dict[str, Any] = {"threshold": point.threshold}
    for kind in Kind:
        over = [
            a.score >= point.threshold
            for a, r in zip(assessments, rows, strict=True)
            if r.kind == kind
        ]
        if over:
            shares[kind] = {"texts": len(over), "share": round(float(np.mean(over)), 3)}
    return shares
