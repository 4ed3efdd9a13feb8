"""One trial: a queue, a few labels to begin with, and held-out texts, all drawn by a seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedding import Floats
from training.budget.texts import Text
from training.errors import CorpusError

Indices = NDArray[np.intp]
FIRST_LURES = 3
"""Of the labels to begin with: without any lure there is nothing to fit."""


@dataclass(frozen=True, slots=True)
class Material:
    """All texts, as columns."""

    places: Floats
    """``(texts, dims)``, each of length 1."""

    lures: NDArray[np.bool_]
    languages: NDArray[np.str_]
    groups: NDArray[np.str_]
    campaigns: NDArray[np.str_]
    copies: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[Text], places: Floats) -> "Material":
        """From texts with their places."""
        return cls(
            places,
            np.array([one.lure for one in texts], dtype=bool),
            np.array([one.language for one in texts], dtype=str),
            np.array([one.group for one in texts], dtype=str),
            np.array([one.campaign for one in texts], dtype=str),
            np.array([one.copy for one in texts], dtype=bool),
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """What trials have in common."""

    held: float
    """Share of the groups that is held out, 0 to 1."""

    lure_share: float
    """Of the ads that wait."""

    start: int
    """Labels to begin with, :data:`FIRST_LURES` of them of lures."""

    step: int
    """Labels that are added before the classifier is fitted again."""

    budget: int
    """Labels at the end."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Indices into the material."""

    pool: Indices
    """Ads that wait, near-copies among them, in the order they came."""

    start: Indices
    """Into ``pool``: those that are labelled at the beginning."""

    test: Indices
    """Of groups of which nothing waits; no copies."""

    seed: int


def trial(material: Material, shape: Shape, seed: int) -> Trial:
    """Groups are held out whole; campaigns of lures are left out until the share is right. Raises
    :class:`~training.errors.CorpusError` where too few texts are left."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.unique(material.groups))
    held = np.isin(material.groups, groups[: round(shape.held * len(groups))])
    others = np.flatnonzero(~held & ~material.lures)
    lures = np.flatnonzero(~held & material.lures)
    wanted = round(shape.lure_share / (1 - shape.lure_share) * len(others))
    kept: list[int] = []
    for campaign in rng.permutation(np.unique(material.campaigns[lures])):
        if len(kept) >= wanted:
            break
        kept += lures[material.campaigns[lures] == campaign].tolist()
    pool = rng.permutation(np.concatenate([others, np.array(kept, dtype=np.intp)]))
    test = np.flatnonzero(held & ~material.copies)
    are_lures = material.lures[pool]
    start = np.concatenate(
        [
            np.flatnonzero(are_lures)[:FIRST_LURES],
            np.flatnonzero(~are_lures)[: shape.start - FIRST_LURES],
        ]
    )
    held_lures = int(material.lures[test].sum())
    if len(pool) <= shape.budget or len(start) < shape.start or not 0 < held_lures < len(test):
        raise CorpusError(
            f"{len(pool)} ads wait, {held_lures} lures and {len(test) - held_lures} others are "
            f"held out: too few for {shape.budget} labels; give more texts, or a smaller --budget"
        )
    return Trial(pool, start, test, seed)
