"""Recall under each attack, at thresholds that the unattacked texts set."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from evaluation.answers import assessed
from evaluation.figures import truth
from evaluation.metrics import Floats, rate
from evaluation.robustness.attacks import ATTACKS, STRENGTHS, Attack
from evaluation.robustness.cost import share_changed
from evaluation.rows import Labelled
from evaluation.slices import language
from models.ad import Ad
from models.calibration import threshold_at
from service.assessment import Assessment
from service.engine import Engine

Thresholds = Mapping[str, float]
"""Score by the false-positive rate that it keeps, as ``0.01``."""


def measure(
    engine: Engine,
    rows: Sequence[Labelled],
    rates: Sequence[float] = (0.01, 0.05),
    seed: int = 1,
    per_attack: int = 200,
    scores: Floats | None = None,
) -> dict[str, Any]:
    """For each attack and strength what :func:`under_attack` gives. JSON-ready.

    Thresholds are those that at most ``rates`` of the rows that are no lures reach, unattacked. At
    most ``per_attack`` lures are attacked, of those the attack can be done to. ``scores``,
    ``(rows,)``, are those the engine gave to the rows, where they are known already. Raises
    ``ValueError`` without lures or without other texts.
    """
    lures = spread([row for row in rows if row.is_lure], seed)
    others = len(rows) - sum(row.is_lure for row in rows)
    if not lures or not others:
        raise ValueError(f"lures and others are needed: {len(lures)} and {others} given")
    thresholds = thresholds_of(engine, rows, rates, scores)
    samples = {attack.name: applicable(attack, lures) for attack in ATTACKS}
    drawn = {row.text for sample in samples.values() for row in sample[:per_attack]}
    texts = sorted(drawn)
    clean = dict(zip(texts, assessed(engine, texts, "unattacked lures"), strict=True))
    return {
        "model": engine.name,
        "seed": seed,
        "others": others,
        "lures": len(lures),
        "thresholds": dict(thresholds),
        "attacks": {
            attack.name: {
                "description": attack.description,
                "keeps label": attack.keeps_label,
                "can be done to": len(samples[attack.name]),
                "strengths": {
                    f"{strength:g}": under_attack(
                        engine, attack, strength, samples[attack.name][:per_attack], clean,
                        thresholds, seed,
                    )
                    for strength in STRENGTHS
                },
            }
            for attack in ATTACKS
        },
    }  # fmt: skip


def spread(lures: Sequence[Labelled], seed: int) -> list[Labelled]:
    """One lure of each near-template group, languages in turn, so that every beginning of the list
    is spread over them."""
    drawn = random.Random(seed).sample(lures, len(lures))
    ranked: list[tuple[int, Labelled]] = []
    seen: Counter[str] = Counter()
    for row in {row.group: row for row in drawn}.values():
        ranked.append((seen[language(row)], row))
        seen[language(row)] += 1
    return [row for _, row in sorted(ranked, key=lambda pair: pair[0])]


def thresholds_of(
    engine: Engine,
    rows: Sequence[Labelled],
    rates: Sequence[float],
    scores: Floats | None = None,
) -> Thresholds:
    """The smallest threshold for each rate, over the rows that are no lures."""
    if scores is None:
        others = [row.text for row in rows if not row.is_lure]
        own = np.array([found.score for found in assessed(engine, others, "other texts")])
    else:
        own = scores[~truth(rows)]
    return {f"{rate:g}": threshold_at(own, rate) for rate in rates}


def applicable(attack: Attack, lures: Sequence[Labelled]) -> list[Labelled]:
    """Lures the attack can be done to: the others say nothing about it."""
    return [row for row in lures if attack.applies(row.text, row.language)]


def under_attack(
    engine: Engine,
    attack: Attack,
    strength: float,
    lures: Sequence[Labelled],
    clean: Mapping[str, Assessment],
    thresholds: Thresholds,
    seed: int,
) -> dict[str, Any]:
    """Figures over the lures that the attack changes; how many it leaves as they are is told.

    ``recall``, or ``wrongly flagged`` where the result is no lure: share at or above each
    threshold with its 95 % interval, on the same texts before and after. ``score change``: mean
    score after less before. ``characters changed``: mean of
    :func:`~evaluation.robustness.cost.share_changed`. ``tokens``: mean that the service reads.
    """
    done = [(row, attack.on(row.text, row.language, strength, seed)) for row in lures]
    changed = [(row, ad) for row, ad in done if ad != Ad(text=row.text)]
    counts = {"lures": len(changed), "unchanged": len(done) - len(changed)}
    if not changed:
        return counts
    before = [clean[row.text] for row, _ in changed]
    after = assessed(engine, [ad for _, ad in changed], f"{attack.name} {strength:g}")
    groups = [row.group for row, _ in changed]
    old, new = (np.array([found.score for found in side]) for side in (before, after))
    return counts | {
        "languages": len({language(row) for row, _ in changed}),
        "recall" if attack.keeps_label else "wrongly flagged": {
            name: {
                "before": asdict(rate(old >= threshold, groups)),
                "after": asdict(rate(new >= threshold, groups)),
            }
            for name, threshold in thresholds.items()
        },
        "score change": float(np.mean(new - old)),
        "characters changed": float(np.mean([share_changed(row.text, ad) for row, ad in changed])),
        "tokens": {
            "before": float(np.mean([found.tokens for found in before])),
            "after": float(np.mean([found.tokens for found in after])),
        },
    }
