"""Score labelled texts through the service's assessment, and count."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from evaluation.metrics import average_precision, recall_at, with_interval
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
}


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


def measure(engine: Engine, rows: Sequence[Labelled]) -> dict[str, Any]:
    """Every metric over all rows and by source, mean score by kind, and the shipped thresholds."""
    assessments: list[Assessment] = []
    bar = tqdm(total=len(rows), desc="evaluate", unit="text", mininterval=2)
    for low in range(0, len(rows), CHUNK):
        assessments += engine.assess_now([Ad(text=row.text) for row in rows[low : low + CHUNK]])
        bar.update(min(CHUNK, len(rows) - low))
    bar.close()
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
        "sources": {
            source: figures(
                rows, assessments, [i for i, r in enumerate(rows) if r.source == source]
            )
            for source in sorted({row.source for row in rows})
        },
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
