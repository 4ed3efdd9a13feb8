"""Whether a challenger may take the champion's place: PROMOTE, HOLD or REJECT, with reasons.

Both are scored through the service's own path on the same frozen texts, and every difference has an
interval over the same resampled groups. In order of weight:

* REJECT: int8 moves scores further than the export allows; a floor is broken; or something is
  worse beyond chance: ranking, recall or false positives on honest ads, over all of a set, or in a
  language or harm after correction for how many were looked at (Bonferroni).
* HOLD: nothing is better beyond chance; a language or harm is worse at the plain level; a floor was
  not measured; or whoever asks has a concern of their own.
* PROMOTE: nothing of that, and a gain beyond chance on the frozen texts or on new labels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from evaluation.answers import assessed
from evaluation.compare import paired
from evaluation.gate import Floors, Verdict, judge, unfaithful
from evaluation.metrics import MIN_EACH, Bools, resampled_means
from evaluation.rows import Labelled, WrongRow
from evaluation.run import COLLECTED, WRITTEN, not_fitted_on, of_set
from evaluation.slices import members
from models.bundle import named
from models.labels import Kind
from models.registry.evidence import Evidence, Outcome, seal
from service.assessment import Assessment
from service.engine import Engine

RANKING = ("area under ROC", "recall at 1 % false positives")
"""Metrics whose fall beyond chance rejects; the others are told."""

SLICES = ("language", "harm")
MIN_SLICE = 10
"""Texts of a slice that a difference is looked at on."""

LEVEL = 0.05
SETS = ((COLLECTED, False), (WRITTEN, True))


@dataclass(frozen=True, slots=True)
class Margins:
    """What is too little to matter, whatever chance says: shares of texts, and area under ROC."""

    ranking: float = 0.005
    rate: float = 0.01
    slice: float = 0.05


@dataclass(slots=True)
class Findings:
    """What was found, by weight."""

    worse: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """A share before and after, and the difference with its interval."""

    texts: int
    champion: float
    challenger: float
    change: float
    low: float
    high: float
    """95 %."""

    strict_low: float
    strict_high: float
    """At the level corrected for the number of slices."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts with what both bundles say of them."""

    rows: Sequence[Labelled]
    champion: Sequence[Assessment]
    challenger: Sequence[Assessment]

    def part(self, chosen: Bools) -> "Scored":
        """Some of them."""
        places = np.flatnonzero(chosen).tolist()
        return Scored(
            [self.rows[i] for i in places],
            [self.champion[i] for i in places],
            [self.challenger[i] for i in places],
        )


def compare(
    champion: Engine, challenger: Engine, frozen: Sequence[Labelled], new: Sequence[Labelled],
    floors: Floors, concerns: Sequence[str] = (), margins: Margins | None = None,
) -> Evidence:  # fmt: skip
    """Score both on what neither was fitted on, and judge.

    ``new``: labels of reviewers that the challenger did not see either. They can show a gain; they
    are in no floor and cannot excuse a loss. ``concerns``: reasons to hold. Raises
    :class:`~evaluation.rows.WrongRow` where nothing is left to measure on.
    """
    frozen = unseen_by_both(champion, challenger, frozen)
    if not frozen:
        raise WrongRow("nothing is left to compare on that neither bundle was fitted on")
    new = unseen_by_both(champion, challenger, new) if new else []
    found, margins = Findings(), margins or Margins()
    if moved := unfaithful(challenger.bundle.manifest):
        found.worse.append(moved)
    details: dict[str, Any] = {"frozen": identity(frozen), "sets": {}}
    judged: list[Verdict] = []
    both = scored(champion, challenger, frozen)
    measured: dict[str, Any] = {"sets": {}}
    for name, synthetic in SETS:
        own = both.part(np.array([row.synthetic == synthetic for row in frozen], dtype=bool))
        if own.rows:
            measured["sets"][name] = of_set(challenger, own.rows, own.challenger)
            details["sets"][name] = judge_set(name, own, champion, challenger, margins, found)
    known = tuple(name for name in measured["sets"] if any(f.set == name for f in floors.floor))
    judged = judge(floors, measured, known)
    details["floors"] = {
        "judged": len(judged),
        "not kept": [str(one) for one in judged if one.problem],
        "sets without a floor": sorted(set(measured["sets"]) - set(known)),
        "sets not measured": sorted({f.set for f in floors.floor} - set(measured["sets"])),
    }
    found.worse += [str(one) for one in judged if one.problem == "broken"]
    found.doubtful += [str(one) for one in judged if one.problem == "missing"]
    if new:
        details["new labels"] = judge_new(scored(champion, challenger, new), champion, challenger,
                                          found)  # fmt: skip
    verdict, reasons = conclude(found, concerns)
    return seal(
        named(challenger.bundle.manifest), named(champion.bundle.manifest), verdict, reasons,
        {**details, "margins": asdict(margins)},
    )  # fmt: skip


def conclude(found: Findings, concerns: Sequence[str]) -> tuple[Outcome, list[str]]:
    """The verdict, and its reasons with the worst first."""
    if found.worse:
        return "REJECT", [*found.worse, *concerns, *found.doubtful]
    held = [*concerns, *found.doubtful]
    if not found.better:
        held.append("nothing is better beyond chance")
    if held:
        return "HOLD", [*held, *found.better]
    return "PROMOTE", found.better


def unseen_by_both(
    champion: Engine, challenger: Engine, rows: Sequence[Labelled]
) -> Sequence[Labelled]:
    """Texts that neither bundle was fitted on, nor near-duplicates of what it was."""
    for engine in (champion, challenger):
        try:
            rows, _ = not_fitted_on(engine, rows, only_unseen=True)
        except WrongRow:
            if engine.bundle.trained_on() is None:
                raise
            return []
    return rows


def scored(champion: Engine, challenger: Engine, rows: Sequence[Labelled]) -> Scored:
    """Both bundles' assessments of the same texts."""
    texts = [row.text for row in rows]
    before, after = (assessed(e, texts, e.name) for e in (champion, challenger))
    return Scored(rows, before, after)


def identity(rows: Sequence[Labelled]) -> dict[str, Any]:
    """How many texts, and a digest that tells whether another comparison was on the same."""
    digest = hashlib.sha256()
    for line in sorted(json.dumps([row.id, row.kind, row.text]) for row in rows):
        digest.update(line.encode())
    return {"texts": len(rows), "sha256": digest.hexdigest()}


def judge_set(
    name: str, own: Scored, champion: Engine, challenger: Engine, margins: Margins, found: Findings
) -> dict[str, Any]:
    """Ranking of a whole set, then the rates at each shipped threshold, whole and by slice."""
    before, after = (
        np.array([one.score for one in side]) for side in (own.champion, own.challenger)
    )
    ranking = paired(own.rows, before, after)
    for metric in RANKING:
        if metric in ranking:
            tell(f"{name}: {metric}", ranking[metric], margins.ranking, found)
    flags = flagged(own, champion, challenger)
    kinds = {
        "recall": np.array([row.is_lure for row in own.rows], dtype=bool),
        "false positives on honest ads": np.array(
            [row.kind == Kind.RECRUITMENT for row in own.rows], dtype=bool
        ),
        "false positives": np.array([not row.is_lure for row in own.rows], dtype=bool),
    }
    slices: list[tuple[str, list[int]]] = [
        (f"{dimension}={value}", places)
        for dimension in SLICES
        for value, places in members(own.rows, dimension).items()
    ]
    planned = [
        (point, what, where, chosen)
        for point in flags
        for what, kind in kinds.items()
        for where, chosen in [("all", kind), *((w, among(kind, p)) for w, p in slices)]
        if chosen.sum() >= (MIN_EACH if where == "all" else MIN_SLICE)
    ]
    level = LEVEL / max(1, sum(where != "all" for _, _, where, _ in planned))
    rates: dict[str, Any] = {}
    for point, what, where, chosen in planned:
        was, now = (side[chosen] for side in flags[point])
        groups = [own.rows[i].group for i in np.flatnonzero(chosen).tolist()]
        change = paired_rate(was, now, groups, level)
        rates.setdefault(where, {})[f"{what} at {point}"] = asdict(change)
        judge_rate(f"{name}, {where}: {what} at {point}", change, what == "recall", where, margins,
                   found)  # fmt: skip
    return {"ranking": ranking, "rates": rates}


def judge_rate(
    what: str, change: Change, more_is_better: bool, where: str, margins: Margins, found: Findings
) -> None:
    """Worse beyond chance and margin: over all it rejects, in a slice at the corrected level; there
    the plain level holds."""
    sign = 1 if more_is_better else -1
    ends = sorted((sign * change.low, sign * change.high))
    strict = sorted((sign * change.strict_low, sign * change.strict_high))
    gain = sign * change.change
    words = f"{what} {change.champion:.3f} -> {change.challenger:.3f}"
    if where == "all":
        if ends[1] < 0 and gain < -margins.rate:
            found.worse.append(f"{words}, worse beyond chance")
        elif ends[0] > 0 and gain > margins.rate:
            found.better.append(f"{words}, better beyond chance")
    elif gain < -margins.slice and strict[1] < 0:
        found.worse.append(f"{words}, worse beyond chance among all slices")
    elif gain < -margins.slice and ends[1] < 0:
        found.doubtful.append(f"{words}, worse; look at its texts")


def tell(what: str, change: dict[str, float], margin: float, found: Findings) -> None:
    """The same for a metric of :func:`evaluation.compare.paired`, of which more is better."""
    words = f"{what} {change['champion']:.3f} -> {change['challenger']:.3f}"
    if change["high"] < 0 and change["change"] < -margin:
        found.worse.append(f"{words}, worse beyond chance")
    elif change["low"] > 0 and change["change"] > margin:
        found.better.append(f"{words}, better beyond chance")


def judge_new(new: Scored, champion: Engine, challenger: Engine, found: Findings) -> dict[str, Any]:
    """Held-out labels of reviewers: whether more of them are answered rightly at each threshold."""
    truth = np.array([row.is_lure for row in new.rows], dtype=bool)
    groups = [row.group for row in new.rows]
    told: dict[str, Any] = {**identity(new.rows), "lures": int(truth.sum()), "right at": {}}
    for point, (before, after) in flagged(new, champion, challenger).items():
        change = paired_rate(before == truth, after == truth, groups, LEVEL)
        told["right at"][point] = asdict(change)
        if change.low > 0 and len(new.rows) >= MIN_SLICE:
            found.better.append(
                f"new labels: right at {point} {change.champion:.3f} -> {change.challenger:.3f}, "
                "better beyond chance"
            )
    return told


def flagged(own: Scored, champion: Engine, challenger: Engine) -> dict[str, tuple[Bools, Bools]]:
    """By operating point that both have: which texts each flags at its own threshold."""
    thresholds = [
        {p.name: p.threshold for p in engine.bundle.calibration.operating_points}
        for engine in (champion, challenger)
    ]
    return {
        name: (
            np.array([one.score >= thresholds[0][name] for one in own.champion], dtype=bool),
            np.array([one.score >= thresholds[1][name] for one in own.challenger], dtype=bool),
        )
        for name in thresholds[0]
        if name in thresholds[1]
    }


def among(kind: Bools, places: Sequence[int]) -> Bools:
    """Those of a kind that stand at the places."""
    inside = np.zeros_like(kind)
    inside[list(places)] = True
    return np.asarray(kind & inside)


def paired_rate(before: Bools, after: Bools, groups: Sequence[str], level: float) -> Change:
    """The share of hits of both and the difference, with 95 % intervals and ones at ``1 - level``,
    by resampling groups (paired bootstrap, Efron and Tibshirani 1993)."""
    difference = after.astype(np.float64) - before
    low, high, strict_low, strict_high = np.quantile(
        resampled_means(difference, groups), [LEVEL / 2, 1 - LEVEL / 2, level / 2, 1 - level / 2]
    )
    return Change(
        len(before), round(float(before.mean()), 4), round(float(after.mean()), 4),
        round(float(difference.mean()), 4), *(round(float(v), 4) for v in
        (low, high, strict_low, strict_high)),
    )  # fmt: skip
