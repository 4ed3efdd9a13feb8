"""How far each source of words can be trusted. A source is the way by which ads came to those who
judged them, a word's ``origin``: ``review``, ``second_review``, ``appeal``, ``sample``."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from training.retrain.champion import Probabilities
from training.retrain.labels import Json
from training.retrain.reviewers import Reviewer, measure

NOT_GIVEN = "not given"


def source_of(word: Json) -> str:
    """A word's."""
    return str(word.get("origin") or NOT_GIVEN)


def measure_sources(
    words: Sequence[Json], positions: Mapping[str, int], champion: Probabilities
) -> list[Reviewer]:
    """The figures of reviewers, with each source as one reviewer who says of an ad what most of its
    own say; nothing where they are split. Without flags: sources bring ads of other kinds.

    Reliability is unknown where few ads were judged by way of two sources.
    """
    said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for word in words:
        said[str(word["ad"]), source_of(word)][word["kind"]] += 1
    as_one = [
        {"ad": ad, "reviewer": source, "kind": kinds.most_common(1)[0][0]}
        for (ad, source), kinds in said.items()
        if len(kinds) == 1 or kinds.most_common(2)[0][1] > kinds.most_common(2)[1][1]
    ]
    spoken = Counter(map(source_of, words))
    return [
        replace(one, words=spoken[one.reviewer], flags=[])
        for one in measure(as_one, positions, champion)
    ]
