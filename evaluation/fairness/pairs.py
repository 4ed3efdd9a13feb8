"""Which swaps of which texts are measured, and their scores."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evaluation.answers import assessed
from evaluation.fairness.swaps import Swap, between, in_place, inserted
from evaluation.fairness.terms import DIMENSIONS, of_language
from evaluation.rows import Labelled
from models.labels import Kind
from service.engine import Engine

WAYS = ("in place", "inserted", "between inserted")
"""A word of the text swapped; a sentence against its neutral form; two such sentences."""

SWAPS_EACH = 4
"""Most swaps of one text in one dimension: more of them say less than another text does."""

MESSAGES = ("direct_message", "chat", "comment")

Named = frozenset[tuple[str, str]]
"""Dimension and subgroup of all that a text names."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A swap of one text, and what it does to the score."""

    row: Labelled
    way: str
    swap: Swap
    before: float
    after: float

    @property
    def change(self) -> float:
        """Score of the changed text less that of its control."""
        return self.after - self.before


def scored(
    engine: Engine, rows: Sequence[Labelled], named: Sequence[Named], seed: int, per_dimension: int
) -> list[Pair]:
    """The drawn swaps with the scores of both texts; each text is scored once."""
    drawn = list(draw(rows, named, seed, per_dimension))
    texts = list(dict.fromkeys(t for _, _, swap in drawn for t in (swap.control, swap.text)))
    scores = dict(zip(texts, (a.score for a in assessed(engine, texts, "swaps")), strict=True))
    return [
        Pair(row, way, swap, scores[swap.control], scores[swap.text]) for row, way, swap in drawn
    ]


def draw(
    rows: Sequence[Labelled], named: Sequence[Named], seed: int, per_dimension: int
) -> Iterator[tuple[Labelled, str, Swap]]:
    """Of each dimension, way and true class the swaps of at most ``per_dimension`` texts."""
    for dimension in DIMENSIONS:
        for names_it in (True, False):
            for is_lure in (True, False):
                members = [
                    row
                    for row, names in zip(rows, named, strict=True)
                    if row.is_lure == is_lure
                    and names_it == any(dimension == one for one, _ in names)
                ]
                key = f"{seed} {dimension} {names_it} {is_lure}"
                random.Random(key).shuffle(members)
                found = (
                    own for row in members if (own := swaps_of(row, dimension, names_it, seed))
                )
                for own in islice(found, per_dimension):
                    yield from own


def swaps_of(
    row: Labelled, dimension: str, names_it: bool, seed: int
) -> list[tuple[Labelled, str, Swap]]:
    """Of one text: in place where it names the dimension, else put in."""
    terms = of_language(row.language)
    if terms is None:
        return []
    rng = random.Random(f"{seed} {dimension} {row.id} {row.text}")
    if names_it:
        return [(row, WAYS[0], one) for one in some(in_place(row.text, terms, dimension), rng)]
    own = some(inserted(row.text, terms, dimension, use_of(row), rng), rng)
    among = [] if dimension == "places" else between(own)
    return [(row, WAYS[1], one) for one in own] + [(row, WAYS[2], one) for one in among]


def some(swaps: list[Swap], rng: random.Random) -> list[Swap]:
    """A few of them, drawn, in their order."""
    keep = sorted(rng.sample(range(len(swaps)), min(SWAPS_EACH, len(swaps))))
    return [swaps[i] for i in keep]


def use_of(row: Labelled) -> str:
    """Whether an ad's sentence or a message's fits the text."""
    offers = row.kind in (Kind.LURE, Kind.RECRUITMENT)
    return "ad" if offers and row.surface not in MESSAGES else "message"
