"""What an epoch is made of, and in which order: a function of recipe, seed and epoch alone."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from models.labels import Kind
from training.corpus.row import FEEDBACK_SOURCE, WRITTEN_SOURCE
from training.recipe import Recipe

MEGABATCH = 24
"""Batches within which texts are sorted by length: little padding, much of the order random."""

LONG_BYTES = 1400
"""A longer text is long: in bytes of UTF-8, of which a script takes the more the more a character
says. 192 tokens are some 800 of them in English, 900 in Chinese, 1,300 in Russian."""


def epoch_batches(rows: Sequence[dict[str, Any]], recipe: Recipe, epoch: int) -> list[list[int]]:
    """Indices into ``rows``, batch by batch. A lure and its twin stand in the same batch."""
    rng = random.Random(f"{recipe.seed}:{epoch}")
    mix = recipe.mix
    units: list[list[int]] = []
    by_source: dict[str, list[int]] = {}
    twins: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row["source"] != WRITTEN_SOURCE:
            by_source.setdefault(row["source"], []).append(i)
        elif row["pair_key"]:
            twins.setdefault(row["pair_key"], []).append(i)
        else:
            units.append([i])
    units += twins.values()
    often, units = parted(units, lambda unit: rows[unit[0]]["id"].startswith(mix.often))
    long, units = parted(units, lambda unit: mix.long_repeats > 0 and is_long(rows, unit))
    units = units * mix.written_repeats
    if mix.written_share < 1 and units:
        units = rng.sample(units, max(1, round(mix.written_share * len(units))))
    units += long * mix.long_repeats + often * mix.often_repeats
    for source in sorted(by_source):
        members = by_source[source]
        if source == FEEDBACK_SOURCE and mix.label_repeats:
            units += [[i] for i in members] * mix.label_repeats
            continue
        if mix.lure_repeats:
            lures = [
                i for i in members if rows[i]["kind"] == Kind.LURE and not rows[i]["synthetic"]
            ]
            units += [[i] for i in lures] * mix.lure_repeats
            members = sorted(set(members) - set(lures))
        count = min(len(members), mix.source_cap)
        units += [[i] for i in rng.sample(members, count)]
    if mix.replay_share < 1:
        new = [unit for unit in units if rows[unit[0]]["source"] == FEEDBACK_SOURCE]
        old = [unit for unit in units if rows[unit[0]]["source"] != FEEDBACK_SOURCE]
        count = round(mix.replay_share * len(old))
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


def parted(
    units: Sequence[list[int]], belongs: Callable[[list[int]], bool]
) -> tuple[list[list[int]], list[list[int]]]:
    """Those that belong, and the others."""
    both: tuple[list[list[int]], list[list[int]]] = [], []
    for unit in units:
        both[not belongs(unit)].append(unit)
    return both


def is_long(rows: Sequence[dict[str, Any]], unit: Sequence[int]) -> bool:
    """Whether a text, or one of a pair, has more than :data:`LONG_BYTES`."""
    return any(len(rows[i]["text"].encode()) > LONG_BYTES for i in unit)
