"""Which waiting ads teach a model most: the next to label, and what speaks for each.

An ad's value is ``(0.1 + 0.9 unsure) * novel * (1 + rare_language + growing)``:

* **unsure**: its score is near a threshold (uncertainty sampling, Lewis and Gale 1994);
* **novel**: it lies far from every text whose label is known, and from those picked before it
  (k-centre greedy, Sener and Savarese 2018), so that a batch spreads out;
* **rare language** and **growing**: few labels are in its language; its campaign was seen often in
  the last day. Each counts by its weight.

A product, since an ad must be both unsure and novel: what lies far from everything and is surely no
lure teaches little, and so does a near-copy of a labelled ad, however unsure (Ash et al. 2020
combine the two so, by the length and the distance of gradients). A tenth is left to an ad however
sure: a kind of lure that nobody has labelled yet looks sure, too. Ads are picked one by one, the
most valuable first, and the others are valued anew after each. Of a campaign one ad is picked, and
none where one of its ads is labelled already, as long as there are others.

Needs numpy alone: training simulates with it what the service picks with it. What it brings is
measured by :mod:`training.budget`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedding import Floats

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]

HALF_GROWN = 10.0
"""Other ads of its campaign in a day at which an ad's growth counts half."""

SURE = 0.1
"""What is left of the worth of an ad whose score is far from any threshold."""

LEAST = 0.01
"""Of ``novel``: so that the other parts order even what is known to the letter."""


UNDETERMINED = "und"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a part can add to an ad's value, as a share of it."""

    rare_language: float = 0.25
    growing: float = 0.5


WEIGHTS = Weights()

CANDIDATES = 200
"""Ads of which embeddings are compared, or as many as are to be picked: others are left out by what
is known without."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Ads of which some are to be picked, as columns of one length."""

    unsure: Doubles
    """``exp(-margin)``: 1 on a threshold, 0.37 one logit away from it."""

    languages: Sequence[str]
    """Primary subtags; one that is not known, :data:`UNDETERMINED`, is never rare."""

    campaigns: Sequence[str | None]
    """``None``: of no campaign."""

    recent: Doubles
    """Ads of the campaign in the last day, the ad itself among them; 0 without a campaign."""

    spoken: Bools
    """Whether another ad of the campaign is labelled."""

    def __len__(self) -> int:
        return len(self.unsure)

    def only(self, members: Indices) -> "Waiting":
        """Some of them, in the order given."""
        return Waiting(
            self.unsure[members],
            [self.languages[i] for i in members],
            [self.campaigns[i] for i in members],
            self.recent[members],
            self.spoken[members],
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """One ad that was picked, with what spoke for it then."""

    index: int
    """Among those that waited."""

    value: float
    parts: Mapping[str, float]
    """``unsure``, ``novel``, ``rare_language``, ``growing``: each 0 to 1."""

    factors: Mapping[str, float]
    """By the same names: what each did to the value, in logarithms over the mean of those that
    waited; above 0 it raised the ad."""

    similarity: float | None
    """To the nearest text that was known or picked before; ``None`` where there was none."""

    labels: int
    """In its language, picks before it counted."""


def growing(recent: Doubles) -> Doubles:
    """``n / (n + 10)``, of the other ads of a campaign in the last day.

    >>> growing(np.array([0.0, 1.0, 11.0])).tolist()
    [0.0, 0.0, 0.5]
    """
    others = np.maximum(0.0, np.asarray(recent, dtype=np.float64) - 1)
    return np.asarray(others / (others + HALF_GROWN))


def rarity(labels: Doubles) -> Doubles:
    """``1 / sqrt(1 + n)``, of labels in a language: as an error of estimation falls.

    >>> rarity(np.array([0.0, 3.0, 99.0])).tolist()
    [1.0, 0.5, 0.1]
    """
    return np.asarray(1 / np.sqrt(1 + np.asarray(labels, dtype=np.float64)))


def shortlist(
    waiting: Waiting, labels: Mapping[str, int], count: int, weights: Weights = WEIGHTS
) -> Indices:
    """At most ``count`` of many, one of a campaign, by all that is known of them without an
    embedding; the most valuable first."""
    chosen = picked(waiting, None, None, labels, count, weights)
    return np.array([one.index for one in chosen], dtype=np.intp)


def pick(
    waiting: Waiting,
    places: Floats,
    known: Floats,
    labels: Mapping[str, int],
    count: int,
    weights: Weights = WEIGHTS,
) -> list[Pick]:
    """The ``count`` ads to label next, in their order; all of them where there are fewer.

    ``places`` ``(ads, dims)`` and ``known`` ``(texts, dims)``, of texts whose labels are known, are
    of length 1, as :meth:`models.embedding.Background.place` gives them. ``labels`` are counts by
    language.
    """
    return picked(waiting, places, nearest(places, known), labels, count, weights)


def nearest(places: Floats, known: Floats, at_once: int = 1024) -> Doubles | None:
    """``(ads,)``: similarity to the nearest known text, -1 to 1; ``None`` where none is known."""
    if not len(known):
        return None
    found = np.empty(len(places), dtype=np.float64)
    for low in range(0, len(places), at_once):  # never all similarities at once
        found[low : low + at_once] = (places[low : low + at_once] @ known.T).max(axis=1)
    return found


def picked(
    waiting: Waiting,
    places: Floats | None,
    near: Doubles | None,
    labels: Mapping[str, int],
    count: int,
    weights: Weights,
) -> list[Pick]:
    """See :func:`pick`; without ``places`` nothing is said of novelty."""
    if not len(waiting):
        return []
    similar = None if near is None else near.copy()
    names, tongue = np.unique(np.asarray(waiting.languages, dtype=str), return_inverse=True)
    counts = np.array([labels.get(name, 0) for name in names.tolist()], dtype=np.float64)
    groups = numbered(waiting.campaigns)
    unsure = SURE + (1 - SURE) * waiting.unsure
    growth = growing(waiting.recent)
    later = waiting.spoken.copy()
    gone = np.zeros(len(waiting), dtype=bool)
    chosen: list[Pick] = []
    for _ in range(min(count, len(waiting))):
        novel = np.ones(len(waiting)) if similar is None else np.clip(1 - similar, LEAST, 1)
        rare = np.where(names == UNDETERMINED, 0.0, rarity(counts))[tongue]
        more = 1 + weights.rare_language * rare + weights.growing * growth
        value = unsure * novel * more
        open_ones = ~gone & ~later
        best = int(np.where(open_ones if open_ones.any() else ~gone, value, -1).argmax())
        parts = {
            "unsure": waiting.unsure, "novel": novel, "rare_language": rare, "growing": growth,
        }  # fmt: skip
        raised = {
            "unsure": np.log(unsure),
            "novel": np.log(novel),
            "rare_language": np.log1p(weights.rare_language * rare),
            "growing": np.log1p(weights.growing * growth),
        }
        chosen.append(
            Pick(
                best,
                float(value[best]),
                {name: float(part[best]) for name, part in parts.items()},
                {name: float(part[best] - part[~gone].mean()) for name, part in raised.items()},
                None if similar is None else float(similar[best]),
                int(counts[tongue[best]]),
            )
        )
        gone[best] = True
        later |= groups == groups[best]
        counts[tongue[best]] += 1
        if places is not None:
            own = (places @ places[best]).astype(np.float64)
            similar = own if similar is None else np.maximum(similar, own)
    return chosen


def numbered(campaigns: Sequence[str | None]) -> Indices:
    """A number for each campaign; ads of none have each its own."""
    names: dict[str, int] = {}
    return np.array(
        [
            -1 - i if name is None else names.setdefault(name, len(names))
            for i, name in enumerate(campaigns)
        ],
        dtype=np.intp,
    )


def margin_of(unsure: float) -> float:
    """Logits from the nearest threshold: what ``unsure`` was made from.

    >>> margin_of(1.0), margin_of(0.0)
    (0.0, inf)
    """
    return max(0.0, -math.log(unsure)) if unsure > 0 else math.inf
