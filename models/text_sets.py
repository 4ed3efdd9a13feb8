"""The sets that labelled texts are counted in: figures of one never stand for another."""

from collections.abc import Iterable

COLLECTED, WRITTEN, MANNER = "collected", "written or generated", "manner misleads"
SETS = (COLLECTED, WRITTEN, MANNER)

MISLEADS = ("cue-", "even-")
"""Starts of ids of written batches in which manner does not tell. In ``cue-`` a lure has that of
an honest ad, and an honest ad that of a lure; in ``even-`` each lure and its honest twin have the
same one, whichever it is. Only what is offered and asked tells them apart. They are a set of their
own: as many as somebody wrote stand there, and none is like what is posted most."""


def set_of_text(id: str, synthetic: bool) -> str:
    """One of :data:`SETS`.

    >>> set_of_text("cue-en-001", True)
    'manner misleads'
    """
    if not synthetic:
        return COLLECTED
    return MANNER if id.startswith(MISLEADS) else WRITTEN


def places_by_set(texts: Iterable[tuple[str, bool]]) -> dict[str, list[int]]:
    """Where the texts of each set stand, given as id and whether synthetic; without sets that have
    none.

    >>> places_by_set([("cue-en-001", True), ("a", False), ("cue-en-002", True)])
    {'collected': [1], 'manner misleads': [0, 2]}
    """
    found: dict[str, list[int]] = {name: [] for name in SETS}
    for i, (id, synthetic) in enumerate(texts):
        found[set_of_text(id, synthetic)].append(i)
    return {name: places for name, places in found.items() if places}
