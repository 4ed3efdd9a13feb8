"""Incidents: a few examples in one language, what they find in the others, and what they find by
mistake.

Hits are counted on texts that the bundle was neither fitted nor calibrated on; the threshold is the
one that the service sets, from the bundle's background. Examples are texts of the incident, of any
split: there are too few unseen ones in one language. The schemes are among those that the bundle
was trained to name, so a scheme of a new sort is found less well than these figures say.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evaluation.metrics import resampled
from evaluation.rows import Labelled, WrongRow
from models.ad import Ad
from models.embedding import Background, Floats
from models.trained_on import TrainedOn
from service.assessment import assess
from service.engine import Engine
from service.incidents.matching import learnt, likeness

SCHEMES = Path(__file__).with_name("incidents.toml")
MIN_HITS = 3
"""Unseen texts that an incident must have in other languages to be measured."""

SIGNATURES = np.zeros((0, 1), np.uint64)
"""Near-duplicates are left out: these are other texts of the same scheme."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scheme:
    """An incident by its labels."""

    name: str
    harms: frozenset[str]
    indicators: frozenset[str]

    def holds(self, row: Labelled) -> bool:
        """Whether a text is of it."""
        marked = {mark.indicator for mark in row.marks or ()}
        return row.is_lure and self.harms <= set(row.harms) and self.indicators <= marked


@dataclass(slots=True)
class Tally:
    """Hits by text, over all draws: how often each was looked at and found."""

    looked: dict[int, int] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)

    def add(self, members: NDArray[np.int64], hits: Bools) -> None:
        """One draw; ``hits`` are of the members."""
        for member, hit in zip(members.tolist(), hits.tolist(), strict=True):
            self.looked[member] = self.looked.get(member, 0) + 1
            self.found[member] = self.found.get(member, 0) + int(hit)


def schemes() -> list[Scheme]:
    """Those of the file beside this module."""
    given = tomllib.loads(SCHEMES.read_text("utf-8"))
    return [
        Scheme(name, frozenset(one["harms"]), frozenset(one["indicators"]))
        for name, one in given.items()
    ]


def measure(
    engine: Engine,
    rows: Sequence[Labelled],
    examples: int = 5,
    draws: int = 3,
    rate: float = 0.01,
    languages: int = 6,
    sample: int | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """JSON-ready figures, by incident and over all. ``languages``: most languages that examples of
    one incident are drawn from, those with most texts first; ``draws``: from each. ``sample``: most
    unseen texts of no incident that are read.

    Raises :class:`~evaluation.rows.WrongRow` where the bundle, or the texts, say too little.
    """
    seen, background = engine.bundle.trained_on(), engine.background
    if seen is None or background is None:
        raise WrongRow(f"{engine.name} has no background, or does not say what it was fitted on")
    asked = needed(rows, seen, examples, languages, sample, seed)
    if not asked.unseen.any():
        raise WrongRow("no text that the bundle was not fitted on: give the written corpus")
    places, scores = read(engine, asked.rows, background)
    nudge = max(engine.bundle.calibration.operating_points, key=lambda p: p.false_positive_rate)
    over = scores >= nudge.threshold
    random = np.random.default_rng(seed)
    tallies: dict[str, dict[str, Tally]] = {}
    for scheme in schemes():
        own = np.array([scheme.holds(row) for row in asked.rows])
        for language in asked.sources.get(scheme.name, ()):
            for _ in range(draws):
                tally = tallies.setdefault(scheme.name, {})
                one_draw(tally, asked, own, language, places, over, background, examples, rate,
                         random)  # fmt: skip
    if not tallies:
        raise WrongRow("no incident has enough texts; give the written corpus, whole")
    groups = [row.group for row in asked.rows]
    total = {
        what: pooled([one[what] for one in tallies.values() if what in one])
        for what in sorted({what for one in tallies.values() for what in one})
    }
    return {
        "bundle": engine.name,
        "examples": examples,
        "draws": draws,
        "false_positive_rate": rate,
        "background": int((~background.lures).sum()),
        "unseen": {
            "others": int((asked.unseen & ~asked.lures).sum()),
            "lures": int((asked.unseen & asked.lures).sum()),
            "languages": len({row.language.split("-")[0] for row in asked.unseen_rows()}),
        },
        "all": told(total, groups, seed),
        "incidents": {
            name: {"example_languages": list(asked.sources[name]), **told(one, groups, seed)}
            for name, one in tallies.items()
        },
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """The texts that are read, and what is known of them."""

    rows: list[Labelled]
    unseen: Bools
    lures: Bools
    languages: NDArray[np.str_]
    sources: Mapping[str, tuple[str, ...]]
    """Languages with enough examples, by incident."""

    twins: Mapping[int, int]
    """Place of a text's honest twin, where both are read."""

    def unseen_rows(self) -> list[Labelled]:
        """What hits are counted on."""
        return [row for row, new in zip(self.rows, self.unseen, strict=True) if new]


def needed(
    rows: Sequence[Labelled],
    seen: TrainedOn,
    examples: int,
    languages: int,
    sample: int | None,
    seed: int,
) -> Asked:
    """Unseen texts, and of the others those that examples are drawn from, with their twins."""
    new = {row.id for row in rows if not seen.holds(row.group)}
    pools: dict[str, list[Labelled]] = {}
    sources: dict[str, tuple[str, ...]] = {}
    for scheme in schemes():
        by_language: dict[str, list[Labelled]] = {}
        for row in rows:
            if scheme.holds(row) and row.id not in new:
                by_language.setdefault(row.language.split("-")[0], []).append(row)
        rich = sorted(by_language, key=lambda tag: (-len(by_language[tag]), tag))
        chosen = [tag for tag in rich if len(by_language[tag]) >= examples][:languages]
        if chosen:
            sources[scheme.name] = tuple(chosen)
            pools[scheme.name] = [row for tag in chosen for row in by_language[tag][: examples + 3]]
    drawn = {row.id for pool in pools.values() for row in pool}
    drawn |= {row.twin for pool in pools.values() for row in pool if row.twin}
    if sample is not None:
        new = some(rows, new, sample, seed)
    kept = [row for row in rows if row.id in new or row.id in drawn]
    at = {row.id: i for i, row in enumerate(kept)}
    return Asked(
        kept,
        np.array([row.id in new for row in kept], dtype=bool),
        np.array([row.is_lure for row in kept], dtype=bool),
        np.array([row.language.split("-")[0] for row in kept]),
        sources,
        {i: at[row.twin] for i, row in enumerate(kept) if row.twin in at},
    )


def some(rows: Sequence[Labelled], new: set[str], sample: int, seed: int) -> set[str]:
    """Of the unseen texts those of any incident with their twins, and ``sample`` others."""
    listed = schemes()
    own = [row for row in rows if row.id in new and any(one.holds(row) for one in listed)]
    kept = {row.id for row in own} | {row.twin for row in own if row.twin in new}
    others = sorted(new - kept)
    chosen = np.random.default_rng(seed).permutation(len(others))[:sample]
    return kept | {others[i] for i in chosen}


def read(
    engine: Engine, rows: Sequence[Labelled], background: Background
) -> tuple[Floats, NDArray[np.float64]]:
    """Place and score of every text."""
    places, scores = [], []
    for row in tqdm(rows, desc="read", unit="text", mininterval=5):
        (scored,) = engine.scorer.score_now([Ad(row.text)])
        assert scored.logits.embedding is not None
        places.append(background.place(scored.logits.embedding))
        scores.append(assess(scored, engine.bundle.calibration).score)
    return np.stack(places), np.array(scores)


def one_draw(
    tally: dict[str, Tally],
    asked: Asked,
    own: Bools,
    language: str,
    places: Floats,
    over: Bools,
    background: Background,
    examples: int,
    rate: float,
    random: np.random.Generator,
) -> None:
    """Draw examples of one language, and count."""
    same = asked.languages == language
    pool = np.flatnonzero(own & ~asked.unseen & same)
    drawn = random.choice(pool, examples, replace=False)
    twins = np.array([asked.twins[i] for i in drawn.tolist() if i in asked.twins], np.int64)
    twins = twins[~asked.lures[twins]]
    none = places[:0]
    targets = own & asked.unseen & ~same
    if targets.sum() < MIN_HITS:
        return
    honest = asked.unseen & ~asked.lures
    beside = np.array(
        [asked.twins[i] for i in np.flatnonzero(own & asked.unseen).tolist() if i in asked.twins],
        np.int64,
    )
    beside = beside[honest[beside]]
    for ending, counters in (("", none), ("_with_counter_examples", places[twins])):
        wording = learnt("", places[drawn], counters, SIGNATURES, background, rate)
        hit = likeness(places, wording.examples, wording.counters) > wording.least
        for what, members, hits in (
            ("recall_in_other_languages", targets, hit),
            ("recall_in_the_same_language", own & asked.unseen & same, hit),
            ("false_positives", honest, hit),
            ("false_positives_in_the_same_language", honest & same, hit),
            ("other_lures_matched", asked.unseen & asked.lures & ~own, hit),
            ("recall_in_other_languages_and_score", targets, hit & over),
            ("false_positives_and_score", honest, hit & over),
        ):
            these = np.flatnonzero(members)
            tally.setdefault(what + ending, Tally()).add(these, hits[these])
        tally.setdefault("honest_twins_matched" + ending, Tally()).add(beside, hit[beside])


def pooled(parts: Sequence[Tally]) -> Tally:
    """Looks and hits of several incidents."""
    total = Tally()
    for part in parts:
        for member, looked in part.looked.items():
            total.looked[member] = total.looked.get(member, 0) + looked
            total.found[member] = total.found.get(member, 0) + part.found[member]
    return total


def told(tallies: Mapping[str, Tally], groups: Sequence[str], seed: int) -> dict[str, Any]:
    """Each share with its 95 % interval: bootstrap over groups, copies of one text together."""
    found = {}
    for what, tally in tallies.items():
        members = sorted(tally.looked)
        if not members:
            continue
        names = {name: i for i, name in enumerate(sorted({groups[m] for m in members}))}
        hits, looks = np.zeros(len(names)), np.zeros(len(names))
        for member in members:
            hits[names[groups[member]]] += tally.found[member]
            looks[names[groups[member]]] += tally.looked[member]
        shares = resampled(hits, looks, np.random.default_rng(seed))
        low, high = np.quantile(shares, (0.025, 0.975))
        found[what] = {
            "share": round(float(hits.sum() / looks.sum()), 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
            "texts": len(members),
            "groups": len(names),
        }
    return found


SHOWN = (
    "recall_in_other_languages", "recall_in_the_same_language", "false_positives",
    "false_positives_in_the_same_language", "other_lures_matched", "honest_twins_matched",
    "honest_twins_matched_with_counter_examples",
)  # fmt: skip


def as_markdown(measured: Mapping[str, Any]) -> str:
    """A table, an incident a row."""
    heads = [what.replace("_", " ") for what in SHOWN]
    lines = [
        f"{measured['examples']} examples in one language, {measured['false_positive_rate']:.1%} "
        f"false positives asked for, on {measured['background']} texts of the background; "
        f"{measured['unseen']['others']} other texts and {measured['unseen']['lures']} lures in "
        f"{measured['unseen']['languages']} languages that {measured['bundle']} never saw.",
        "",
        "| incident | " + " | ".join(heads) + " |",
        "| --- |" + " --- |" * len(heads),
    ]
    for name, figures in {"**all**": measured["all"], **measured["incidents"]}.items():
        cells = [cell(figures.get(what)) for what in SHOWN]
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(figure: Mapping[str, Any] | None) -> str:
    """One figure."""
    if figure is None:
        return "none"
    return f"{figure['share']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}] ({figure['texts']})"
