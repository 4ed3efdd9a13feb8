"""Ways to choose the next ads to label."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.embedding import Floats
from models.picking import CANDIDATES, Waiting, nearest, pick, shortlist

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class State:
    """What is known when the next ads are chosen. Columns are of the ads that wait unlabelled."""

    places: Floats
    known: Floats
    """Places of the labelled ads."""

    logits: NDArray[np.float64]
    """Of the classifier, its threshold at 0."""

    waiting: Waiting
    labels: Mapping[str, int]
    """By language."""

    count: int
    rng: np.random.Generator


Choose = Callable[[State], Indices]


def at_random(state: State) -> Indices:
    """As reviewers who take what comes."""
    return state.rng.permutation(len(state.logits))[: state.count]


def random_apart(state: State) -> Indices:
    """At random, one ad of a campaign."""
    return apart(state, state.rng.permutation(len(state.logits)))


def harm_first(state: State) -> Indices:
    """The highest score first, much as the queue's usual order."""
    return np.argsort(-state.logits, kind="stable")[: state.count]


def uncertain(state: State) -> Indices:
    """Nearest to the threshold first (Lewis and Gale 1994). For ads without a label ActiveLab of
    cleanlab (Goh and Mueller 2023) gives the same order."""
    return np.argsort(np.abs(state.logits), kind="stable")[: state.count]


def uncertain_apart(state: State) -> Indices:
    """The same, one ad of a campaign, and none of those that have a label: needs no embeddings, and
    somebody who counts campaigns."""
    return apart(state, np.argsort(np.abs(state.logits), kind="stable"))


def novel(state: State) -> Indices:
    """Farthest from the labelled and the chosen first: k-centre greedy (Sener and Savarese 2018),
    blind to the score."""
    near = nearest(state.places, state.known)
    assert near is not None
    chosen: list[int] = []
    for _ in range(state.count):
        best = int(near.argmin())
        chosen.append(best)
        near = np.maximum(near, state.places @ state.places[best])
        near[chosen] = np.inf
    return np.array(chosen, dtype=np.intp)


def learning(state: State) -> Indices:
    """As the service picks: :mod:`models.picking`, from a shortlist."""
    few = shortlist(state.waiting, state.labels, max(CANDIDATES, state.count))
    picks = pick(state.waiting.only(few), state.places[few], state.known, state.labels, state.count)
    return few[[one.index for one in picks]]


def learning_alone(state: State) -> Indices:
    """The same where campaigns are not counted: novelty alone keeps copies apart."""
    count = len(state.logits)
    unknown = replace(
        state.waiting,
        campaigns=[None] * count,
        recent=np.zeros(count),
        spoken=np.zeros(count, dtype=bool),
    )
    return learning(replace(state, waiting=unknown))


def apart(state: State, order: Indices) -> Indices:
    """The first of an order, one of a campaign and none of one that has a label."""
    seen: set[str | None] = set()
    chosen: list[int] = []
    for i in order.tolist():
        campaign = state.waiting.campaigns[i]
        if campaign not in seen and not state.waiting.spoken[i]:
            seen.add(campaign)
            chosen.append(i)
    return np.array(chosen[: state.count], dtype=np.intp)


RANDOM, HARM_FIRST, UNCERTAIN, NOVEL, LEARNING = (
    "random", "harm first", "uncertain", "novel", "learning order",
)  # fmt: skip
STRATEGIES: dict[str, Choose] = {
    RANDOM: at_random,
    "random, one of a campaign": random_apart,
    HARM_FIRST: harm_first,
    UNCERTAIN: uncertain,
    "uncertain, one of a campaign": uncertain_apart,
    NOVEL: novel,
    LEARNING: learning,
    "learning order, campaigns not counted": learning_alone,
}


def counted(languages: NDArray[np.str_]) -> dict[str, int]:
    """Labels by language."""
    return dict(Counter(languages.tolist()))
