"""Some rows of many, every language among them."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def spread(rows: Sequence[Row], count: int) -> list[Row]:
    """At most ``count`` rows, the languages in turn."""
    by_language: dict[str, list[Row]] = {}
    for row in rows:
        by_language.setdefault(row["language"].split("-")[0], []).append(row)
    turns = [iter(members) for _, members in sorted(by_language.items())]
    chosen: list[Row] = []
    while turns and len(chosen) < count:
        for turn in list(turns):
            try:
                chosen.append(next(turn))
            except StopIteration:
                turns.remove(turn)
    return chosen[:count]
