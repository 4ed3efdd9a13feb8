"""Whether a challenger may take the champion's place: PROMOTE, HOLD or REJECT, with reasons.

Both are scored through the service's own path on the same frozen texts, and every difference has an
interval over the same resampled groups. "Beyond chance" is after correction for how many figures
were tried (Holm), in three families: all of the sets, their languages and harms, and new labels. In
order of weight:

* REJECT: int8 moves scores further than the export allows; a floor is broken; or something is
  worse beyond chance: ranking, recall or false positives, over all of a set, or in a language or
  harm.
* HOLD: nothing is better beyond chance; something is worse at the plain level, or on too few groups
  of near-copies to tell; a floor was not measured, and nobody said that it need not be; or whoever
  asks has a concern of their own.
* PROMOTE: nothing of that, and a gain beyond chance over all of the frozen texts or on new labels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from evaluation.answers import assessed
from evaluation.chance import MIN_GROUPS, holm, of_sums
from evaluation.compare import least_groups, paired
from evaluation.gate import PARTS, Floors, asked_parts, judge, unfaithful
from evaluation.metrics import MIN_EACH, Bools, group_members, resampled_means
from evaluation.rows import Labelled, WrongRow
from evaluation.run import by_set, not_fitted_on, of_set, parts
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
"""Two-sided, of each family of figures after correction."""


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
    told: list[str] = field(default_factory=list)
    """What decides nothing, and whoever reads the verdict should know."""


@dataclass(frozen=True, slots=True)
class Change:
    """A share before and after, and the difference with its interval."""

    texts: int
    groups: int
    champion: float
    challenger: float
    change: float
    low: float | None
    high: float | None
    """95 %; ``None`` of fewer than :data:`~evaluation.chance.MIN_GROUPS` groups."""

    p: float | None
    """How likely chance alone is to give such a change; ``None`` where ``low`` is."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A figure of both bundles that may count as a gain or a loss."""

    what: str
    champion: float
    challenger: float
    gain: float
    """Above 0 where the challenger is better."""

    p: float | None
    """As in :class:`Change`."""

    groups: int
    margin: float

    def __str__(self) -> str:
        return f"{self.what} {self.champion:.3f} -> {self.challenger:.3f}"


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts with what both bundles say of them."""

    rows: Sequence[Labelled]
    champion: Sequence[Assessment]
    challenger: Sequence[Assessment]

    def part(self, places: Sequence[int]) -> "Scored":
        """Some of them."""
        return Scored(
            [self.rows[i] for i in places],
            [self.champion[i] for i in places],
            [self.challenger[i] for i in places],
        )


def compare(
    champion: Engine, challenger: Engine, frozen: Sequence[Labelled], new: Sequence[Labelled],
    floors: Floors, concerns: Sequence[str] = (), margins: Margins | None = None,
    unmeasured: Sequence[str] = (),
) -> Evidence:  # fmt: skip
    """Score both on what neither was fitted on, and judge.

    ``new``: labels of reviewers that the challenger did not see either. They can show a gain; they
    are in no floor and cannot excuse a loss. ``concerns``: reasons to hold. ``unmeasured``: sets
    and parts whose floors may stay so. Raises :class:`~evaluation.rows.WrongRow` where nothing is
    left to measure on.
    """
    frozen = unseen_by_both(champion, challenger, frozen)
    if not frozen:
        raise WrongRow("nothing is left to compare on that neither bundle was fitted on")
    new = unseen_by_both(champion, challenger, new) if new else []
    found, margins = Findings(), margins or Margins()
    if moved := unfaithful(challenger.bundle.manifest):
        found.worse.append(moved)
    details: dict[str, Any] = {"frozen": identity(frozen), "sets": {}}
    both = scored(champion, challenger, frozen)
    measured: dict[str, Any] = {"sets": {}}
    whole: list[Tried] = []
    slices: list[Tried] = []
    for name, places in by_set(frozen):
        own = both.part(places)
        measured["sets"][name] = of_set(challenger, own.rows, own.challenger)
        details["sets"][name], *tried = try_set(name, own, champion, challenger, margins)
        whole += tried[0]
        slices += tried[1]
    weigh(whole, found)
    weigh(slices, found, of_slices=True)
    asked = [part for part in asked_parts(floors) if part not in unmeasured]
    measured |= measure_parts(challenger, both, asked)
    details["floors"] = judge_floors(floors, measured, unmeasured, found)
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
        return "REJECT", [*found.worse, *concerns, *found.doubtful, *found.told]
    held = [*concerns, *found.doubtful]
    if not found.better:
        held.append("nothing is better beyond chance")
    if held:
        return "HOLD", [*held, *found.better, *found.told]
    return "PROMOTE", [*found.better, *found.told]


def measure_parts(engine: Engine, both: Scored, asked: Sequence[str]) -> dict[str, Any]:
    """The parts beside the sets that floors ask for; none where there are no lures, or no other
    texts, to measure them on."""
    if not asked or len({row.is_lure for row in both.rows}) < 2:
        return {}
    scores = np.array([one.score for one in both.challenger])
    attacked = any(part in asked for part in PARTS[1:])
    return parts(engine, both.rows, scores, PARTS[0] in asked, attacked)


def judge_floors(
    floors: Floors, measured: dict[str, Any], unmeasured: Sequence[str], found: Findings
) -> dict[str, Any]:
    """Every floor: a broken one rejects, and one that was not measured holds unless its set or part
    is named in ``unmeasured``, which is told. A set without a floor is told in the details."""
    names = tuple(dict.fromkeys(floor.set for floor in floors.floor))
    there = {*measured["sets"], *(part for part in PARTS if part in measured)}
    judged = judge(floors, measured, names)
    found.worse += [str(one) for one in judged if one.problem == "broken"]
    missing = {
        name: [str(one) for one in judged if one.problem == "missing" and one.floor.set == name]
        for name in names
    }
    for name, own in missing.items():
        if own and name in unmeasured:
            found.told.append(f"{floors_of(name, len(own))} not measured, as was asked for")
        elif own and name in there:
            found.doubtful += own
        elif own:
            found.doubtful.append(
                f"{floors_of(name, len(own))} not measured: there are no such texts that neither "
                f'bundle was fitted on. Name files of them, or say --unmeasured "{name}"'
            )
    return {
        "judged": sum(one.problem != "missing" for one in judged),
        "not kept": [str(one) for one in judged if one.problem == "broken"],
        "not measured": {name: len(own) for name, own in missing.items() if own},
        "may stay unmeasured": sorted(unmeasured),
        "sets without a floor": sorted(set(measured["sets"]) - set(names)),
        "sets not measured": sorted(set(names) - there),
    }


def floors_of(name: str, count: int) -> str:
    """``17 floors of collected were``."""
    return f"{count} floors of {name} were" if count > 1 else f"1 floor of {name} was"


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


def try_set(
    name: str, own: Scored, champion: Engine, challenger: Engine, margins: Margins
) -> tuple[dict[str, Any], list[Tried], list[Tried]]:
    """Ranking of a whole set, then the rates at each shipped threshold: for the report, then what
    was tried on the whole and by slice."""
    before, after = (
        np.array([one.score for one in side]) for side in (own.champion, own.challenger)
    )
    ranking = paired(own.rows, before, after)
    least = least_groups(own.rows)
    whole = [
        of_ranking(f"{name}: {metric}", ranking[metric], least, margins.ranking)
        for metric in RANKING
        if metric in ranking
    ]
    flags = flagged(own, champion, challenger)
    kinds = {
        "recall": np.array([row.is_lure for row in own.rows], dtype=bool),
        "false positives on honest ads": np.array(
            [row.kind == Kind.RECRUITMENT for row in own.rows], dtype=bool
        ),
        "false positives": np.array([not row.is_lure for row in own.rows], dtype=bool),
    }
    slices: list[Tried] = []
    rates: dict[str, Any] = {}
    for where, places in [("all", range(len(own.rows))), *sliced_by(own.rows)]:
        for what, kind in kinds.items():
            chosen = among(kind, places)
            if chosen.sum() < (MIN_EACH if where == "all" else MIN_SLICE):
                continue
            groups = [own.rows[i].group for i in np.flatnonzero(chosen).tolist()]
            for point, (was, now) in flags.items():
                change = paired_rate(was[chosen], now[chosen], groups)
                rates.setdefault(where, {})[f"{what} at {point}"] = asdict(change)
                tried, margin = (whole, margins.rate) if where == "all" else (slices, margins.slice)
                tried.append(of_rate(f"{name}, {where}: {what} at {point}", change,
                                     what == "recall", margin))  # fmt: skip
    return {"ranking": ranking, "rates": rates}, whole, slices


def sliced_by(rows: Sequence[Labelled]) -> list[tuple[str, Sequence[int]]]:
    """Each language and harm with the places of its texts."""
    return [
        (f"{dimension}={value}", places)
        for dimension in SLICES
        for value, places in members(rows, dimension).items()
    ]


def of_rate(what: str, change: Change, more_is_better: bool, margin: float) -> Tried:
    """A rate that was tried."""
    gain = change.change if more_is_better else -change.change
    return Tried(what, change.champion, change.challenger, gain, change.p, change.groups, margin)


def of_ranking(what: str, change: dict[str, float], groups: int, margin: float) -> Tried:
    """A metric of :func:`evaluation.compare.paired` that was tried, of which more is better.
    ``groups``: of the rarer class."""
    p = change["p"] if groups >= MIN_GROUPS else None
    if p is not None and change["low"] <= 0 <= change["high"]:
        p = 1.0  # where the tail and the resamples disagree, the more careful one counts
    return Tried(
        what, change["champion"], change["challenger"], change["change"], p, groups, margin
    )


def corrected(tried: Sequence[Tried]) -> list[float]:
    """P-values after Holm's correction; 1 where there were too few groups for one."""
    found = iter(holm([one.p for one in tried if one.p is not None]))
    return [1.0 if one.p is None else next(found) for one in tried]


def weigh(tried: Sequence[Tried], found: Findings, of_slices: bool = False) -> None:
    """Beyond chance and margin a loss rejects and a gain promotes; a loss that is one at the plain
    level alone, or on too few groups to tell, has to be looked at. ``of_slices``: of languages and
    harms, where a gain counts for nothing; else of whole sets."""
    worse = "worse beyond chance among all slices" if of_slices else "worse beyond chance"
    for one, p in zip(tried, corrected(tried), strict=True):
        if one.gain < -one.margin:
            lost(one, p, worse, found)
        elif one.gain > one.margin and not of_slices:
            gained(one, p, found)


def lost(one: Tried, p: float, words: str, found: Findings) -> None:
    """A loss, by its corrected p-value; ``words`` for one beyond chance."""
    if one.p is None:
        found.doubtful.append(f"{one}, worse, {too_few(one)}; look at its texts")
    elif p <= LEVEL:
        found.worse.append(f"{one}, {words}")
    elif one.p <= LEVEL:
        found.doubtful.append(f"{one}, worse; look at its texts")


def gained(one: Tried, p: float, found: Findings) -> None:
    """A gain, by its corrected p-value. One that is none yet is told: it explains a HOLD."""
    if one.p is None:
        found.told.append(f"{one}, better, {too_few(one)}")
    elif p <= LEVEL:
        found.better.append(f"{one}, better beyond chance")
    elif one.p <= LEVEL:
        found.told.append(f"{one}, better, but not beyond chance among all figures tried")


def too_few(one: Tried) -> str:
    """Why no interval is given."""
    groups = f"{one.groups} groups" if one.groups != 1 else "1 group"
    return f"on texts of {groups} of near-copies, fewer than {MIN_GROUPS}: too few to tell"


def judge_new(new: Scored, champion: Engine, challenger: Engine, found: Findings) -> dict[str, Any]:
    """Held-out labels of reviewers: whether more of them are answered rightly at each threshold."""
    truth = np.array([row.is_lure for row in new.rows], dtype=bool)
    groups = [row.group for row in new.rows]
    told: dict[str, Any] = {**identity(new.rows), "lures": int(truth.sum()), "right at": {}}
    tried = []
    for point, (before, after) in flagged(new, champion, challenger).items():
        change = paired_rate(before == truth, after == truth, groups)
        told["right at"][point] = asdict(change)
        tried.append(of_rate(f"new labels: right at {point}", change, True, 0.0))
    for one, p in zip(tried, corrected(tried), strict=True):
        if one.gain > 0 and len(new.rows) >= MIN_SLICE:
            gained(one, p, found)
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


def paired_rate(before: Bools, after: Bools, groups: Sequence[str]) -> Change:
    """The share of hits of both and the difference, with its 95 % interval by resampling groups
    (paired bootstrap, Efron and Tibshirani 1993) and its exact p-value over groups
    (:func:`~evaluation.chance.of_sums`). Of fewer than
    :data:`~evaluation.chance.MIN_GROUPS` groups the difference alone."""
    difference = after.astype(np.int64) - before
    own = group_members(groups)
    low = high = p = None
    if len(own) >= MIN_GROUPS:
        drawn = resampled_means(difference.astype(np.float64), groups)
        low, high = (round(float(end), 4) for end in np.quantile(drawn, [0.025, 0.975]))
        p = of_sums([int(difference[places].sum()) for places in own])
    return Change(
        len(before), len(own), round(float(before.mean()), 4), round(float(after.mean()), 4),
        round(float(difference.mean()), 4), low, high, p,
    )  # fmt: skip
