"""Whether the scores of a platform or a language have moved since a reference period.

A score log holds a JSON line a text, with ``score`` and, where known, ``platform`` and
``language``; it holds no text. Two figures are given for each slice:

* the population stability index over ten bins of the reference (Lewis 1994), with the value that
  sampling alone would give, ``9 * (1 / n + 1 / m)`` (Yurdakul 2018);
* the two-sample Kolmogorov-Smirnov test (Smirnov 1939), its p values adjusted over all slices so
  that of the slices named at most one in a hundred is named by chance (Benjamini and Hochberg
  1995).

A slice is to be relabelled where both speak: the index is over :data:`MOVED` and over what chance
gives, and the test is. Moved scores need not mean a worse model: label some of both and look.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control, ks_2samp

from evaluation.rows import WrongRow
from models.stability import MIN_TEXTS, MOVED, WATCH, Scores, by_chance, stability_index
from models.unscored import is_unscored

FALSE_DISCOVERIES = 0.01


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score log."""

    score: float
    platform: str
    language: str


@dataclass(frozen=True, slots=True)
class Log:
    """A score log."""

    lines: list[Line]
    unscored: int
    """Lines that stand for an ad without a score."""


def read_log(path: Path) -> Log:
    """Raises :class:`~evaluation.rows.WrongRow` naming the line that is none."""
    lines = []
    unscored = 0
    with path.open("rb") as stream:  # a line that is no UTF-8 is told by its number
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                given = json.loads(line)
                if is_unscored(given):
                    unscored += 1
                    continue
                score = float(given["score"])
                if not 0 <= score <= 1:
                    raise ValueError(f"score {score} is not within 0 and 1")
            except KeyError:
                raise WrongRow(f"{path}:{number}: no `score`") from None
            except (ValueError, TypeError) as error:
                raise WrongRow(f"{path}:{number}: {type(error).__name__}: {error}") from None
            language = given.get("language") or ""
            if isinstance(language, dict):  # as an answer gives it
                language = language.get("tag") or ""
            language = str(language).split("-")[0]
            lines.append(Line(score, str(given.get("platform") or ""), language))
    if not lines:
        raise WrongRow(f"{path} holds no score")
    return Log(lines, unscored)


def compare_logs(old: Path, new: Path) -> dict[str, Any]:
    """Figures by slice, and in ``relabel`` the slices whose scores moved."""
    logs = {"old": read_log(old), "new": read_log(new)}
    before, after = (slices_of(log.lines) for log in logs.values())
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(before.keys() | after.keys()):
        a, b = before.get(name, np.zeros(0)), after.get(name, np.zeros(0))
        found[name] = {"old": len(a), "new": len(b)}
        if min(len(a), len(b)) >= MIN_TEXTS:
            test = ks_2samp(a, b)
            found[name] |= {
                "stability index": round(stability_index(a, b), 4),
                "by chance": round(by_chance(len(a), len(b)), 4),
                "distance": round(float(test.statistic), 4),
                "p": float(test.pvalue),
                "mean before": round(float(a.mean()), 4),
                "mean after": round(float(b.mean()), 4),
            }
    measured = [name for name, one in found.items() if "p" in one]
    if measured:
        adjusted = false_discovery_control([found[name]["p"] for name in measured])
        for name, p in zip(measured, adjusted, strict=True):
            found[name]["adjusted p"] = float(p)
            found[name]["verdict"] = verdict(found[name])
    return {
        "slices": found,
        "relabel": [name for name in measured if found[name]["verdict"] == "relabel"],
        "too few": [name for name in found if name not in measured],
        "unscored": {name: log.unscored for name, log in logs.items()},
    }


def slices_of(lines: Sequence[Line]) -> dict[str, Scores]:
    """Scores of all, of each platform, each language, and each pair of the two."""
    found: dict[str, list[float]] = {}
    for line in lines:
        parts = {"platform": line.platform, "language": line.language}
        named = [f"{dimension}={value}" for dimension, value in parts.items() if value]
        both = [" ".join(named)] if len(named) == 2 else []
        for name in ("all", *named, *both):
            found.setdefault(name, []).append(line.score)
    return {name: np.array(scores) for name, scores in found.items()}


def verdict(one: Mapping[str, float]) -> str:
    """``relabel``, ``watch`` or ``steady``."""
    index = one["stability index"]
    if one["adjusted p"] > FALSE_DISCOVERIES or index <= one["by chance"] or index < WATCH:
        return "steady"
    return "relabel" if index >= MOVED else "watch"


def as_markdown(found: Mapping[str, Any]) -> str:
    """A table of the slices, and a sentence that says what to do."""
    lines = [
        "| slice | old | new | stability index | by chance | adjusted p | mean | verdict |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for name, one in found["slices"].items():
        start = f"| {name} | {one['old']} | {one['new']} | "
        if "p" not in one:
            lines.append(start + f"too few (under {MIN_TEXTS}) | | | | |")
            continue
        lines.append(
            start + f"{one['stability index']:.3f} | {one['by chance']:.3f} | "
            f"{one['adjusted p']:.2g} | {one['mean before']:.3f} to {one['mean after']:.3f} | "
            f"{one['verdict']} |"
        )
    moved = ", ".join(found["relabel"])
    lines += ["", f"Relabel a sample of: {moved}." if moved else "No slice asks for new labels."]
    if any(found["unscored"].values()):
        counts = ", ".join(f"{number} {name}" for name, number in found["unscored"].items())
        lines.append(f"Lines without a score, passed over: {counts}.")
    return "\n".join(lines)
