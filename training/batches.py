"""What an epoch is made of, and in which order: a function of recipe, seed and epoch alone."""

import random
from collections.abc import Sequence
from typing import Any

from models.labels import Kind
from training.corpus.row import FEEDBACK_SOURCE, WRITTEN_SOURCE
from training.recipe import Recipe

MEGABATCH = 24
"""Batches within which texts are sorted by length: little padding, much of the order random."""


def epoch_batches(rows: Sequence[dict[str, Any]], recipe: Recipe, epoch: int) -> list[list[int]]:
    """Indices into ``rows``, batch by batch. A lure and its twin stand in the same batch."""
    rng = random.Random(f"{recipe.seed}:{epoch}")
    units: list[list[int]] = []
    by_source: dict[str, list[int]] = {}
    twins: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row["source"] != WRITTEN_SOURCE:
            by_source.setdefault(row["source"], []).append(i)
        elif row["pair_key"]:
            twins.setdefault(row["pair_key"], []).append(i)
        else:
            units += [[i]] * recipe.mix.written_repeats
    for unit in twins.values():
        units += [unit] * recipe.mix.written_repeats
    if recipe.mix.written_share < 1:
        units = rng.sample(units, max(1, round(recipe.mix.written_share * len(units))))
    for source in sorted(by_source):
        members = by_source[source]
        if source == FEEDBACK_SOURCE and recipe.mix.label_repeats:
            units += [[i] for i in members] * recipe.mix.label_repeats
            continue
        if recipe.mix.lure_repeats:
            lures = [
                i for i in members if rows[i]["kind"] == Kind.LURE and not rows[i]["synthetic"]
            ]
            units += [[i] for i in lures] * recipe.mix.lure_repeats
            members = sorted(set(members) - set(lures))
        count = min(len(members), recipe.mix.source_cap)
        units += [[i] for i in rng.sample(members, count)]
    if recipe.mix.replay_share < 1:
        new = [unit for unit in units if rows[unit[0]]["source"] == FEEDBACK_SOURCE]
        old = [unit for unit in units if rows[unit[0]]["source"] != FEEDBACK_SOURCE]
        count = round(recipe.mix.replay_share * len(old))
        units = [*rng.sample(old, max(min(1, len(old)), count)), *new]
    rng.shuffle(units)

    size = recipe.optimise.batch_size
    batches: list[list[int]] = []
    step = size * MEGABATCH
    for low in range(0, len(units), step):
        near = units[low : low + step]
        near.sort(key=lambda unit: max(min(len(rows[i]["text"]), 1000) for i in unit))
        batch: list[int] = []
        for unit in near:
            if batch and len(batch) + len(unit) > size:
                batches.append(batch)
                batch = []
            batch = batch + unit
        if batch:
            batches.append(batch)
    rng.shuffle(batches)
    return batches
