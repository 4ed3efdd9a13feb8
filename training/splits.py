"""Splits by near-template group, never by row."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from training.corpus.row import Row
from training.recipe import Mix, Recipe

MOST_HELD = ("test", "calibration", "train")
"""Where joined groups were drawn into several splits, the first of these takes them all."""


def drawn(rows: Sequence[Row], groups: Sequence[str], recipe: Recipe) -> dict[str, str]:
    """Split of each joined group, by the names of its own. One text of a left-out source or
    language takes its whole group out."""
    members: dict[str, set[str]] = {}
    left_out = set()
    for row, group in zip(rows, groups, strict=True):
        members.setdefault(group, set()).add(row.group)
        if is_left_out(row, recipe):
            left_out.add(group)
    return {
        group: "left_out"
        if group in left_out
        else split_of_joined(own, recipe.mix.split, recipe.seed)
        for group, own in members.items()
    }


def is_left_out(row: Row, recipe: Recipe) -> bool:
    """Whether the recipe keeps its source or language out of training."""
    language = row.language.split("-")[0]
    return row.source in recipe.mix.left_out or language in recipe.mix.left_out_languages


def split_of_joined(groups: Iterable[str], shares: Mapping[str, float], seed: int) -> str:
    """The split for groups that near-duplicates joined, from the draw of each by its own name: a
    new corpus can take a text out of training, and never out of test."""
    drawn = {split_of(group, shares, seed) for group in groups}
    return next((split for split in MOST_HELD if split in drawn), min(drawn))


def draw_of(data: Mapping[str, Any]) -> tuple[dict[str, float], int]:
    """Shares and seed that the splits of a bundle's data were drawn with; ``data``: its manifest's.
    The fit may have had another seed. A bundle of before does not say, and its recipe does."""
    recipe = data["recipe"]
    own = data.get("drawn") or {
        "shares": Mix.model_validate(recipe["mix"]).split,
        "seed": recipe["seed"],
    }
    return dict(own["shares"]), int(own["seed"])


def split_of(group: str, shares: Mapping[str, float], seed: int) -> str:
    """The split that a group belongs to: a function of its name and the seed alone."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares.values())
    for name, share in shares.items():
        position -= share
        if position < 0:
            return name
    return list(shares)[-1]
