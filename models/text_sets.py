"""The sets that labelled texts are counted in: figures of one never stand for another."""

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
