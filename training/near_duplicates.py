"""Near-template groups: texts that share most of their character 5-grams, by MinHash and LSH.

Lures are copied with small changes, so a random split puts copies on both sides and flatters
(on EMSCAD 50.9 % of a random test set are near-template copies of training rows).
"""

from collections.abc import Sequence

from rensa import RMinHash, RMinHashLSH

from models.grams import SIMILARITY, grams, similarity

PERMUTATIONS, BANDS = 128, 32  # 4 rows a band: half of the pairs at a similarity of 0.42 are met


def join_groups(texts: Sequence[str], groups: Sequence[str]) -> list[str]:
    """Groups as given, joined wherever near-duplicate texts carry different ones.

    Candidates come from LSH, and are joined only where their true similarity is at least
    :data:`~models.grams.SIMILARITY`. The joined group takes the name that sorts first.
    """
    leader = {group: group for group in groups}

    def find(group: str) -> str:
        while leader[group] != group:
            leader[group] = leader[leader[group]]
            group = leader[group]
        return group

    def join(i: int, j: int) -> None:
        ours, theirs = find(groups[i]), find(groups[j])
        leader[max(ours, theirs)] = min(ours, theirs)

    sets = [grams(text) for text in texts]
    index = RMinHashLSH(threshold=SIMILARITY, num_perm=PERMUTATIONS, num_bands=BANDS)
    first: dict[int, int] = {}
    for i, own in enumerate(sets):
        twin = first.setdefault(hash(frozenset(own)), i)
        if twin != i and sets[twin] == own:  # looked up once, however often a text was copied
            join(i, twin)
            continue
        sketch = sketch_of(own)
        for j in index.query(sketch):
            if find(groups[i]) != find(groups[j]) and similarity(own, sets[j]) >= SIMILARITY:
                join(i, j)
        index.insert(i, sketch)
    return [find(group) for group in groups]


def near_any(texts: Sequence[str], others: Sequence[str]) -> list[bool]:
    """Whether :func:`join_groups` would join each text with one of the others directly, and not
    only by way of a third."""
    sets = [grams(text) for text in others]
    index = RMinHashLSH(threshold=SIMILARITY, num_perm=PERMUTATIONS, num_bands=BANDS)
    for i, own in enumerate(sets):
        index.insert(i, sketch_of(own))
    return [
        any(similarity(own, sets[j]) >= SIMILARITY for j in index.query(sketch_of(own)))
        for own in map(grams, texts)
    ]


def sketch_of(own: set[str]) -> RMinHash:
    """MinHash of a text's 5-grams."""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update(sorted(own))
    return sketch
