"""Floors for the next bundle, from what this one reached: the near end of each 95 % interval, so
that a bundle as good as this one keeps them but for chance."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.gate import Floor

WHOLE = ("area under ROC", "average precision", "recall at 5 % false positives")
DIMENSIONS = ("language", "source", "script")
HONEST = ("kind", "sub-class")
MIN_TEXTS = 20
"""A slice with fewer texts gets no floor: its interval would hold nearly everything."""


def proposed(measured: Mapping[str, Any], date: str) -> Iterator[Floor]:
    """Floors on the ranking of each set and slice, ceilings on what is flagged of honest texts."""
    points = list(measured["thresholds"])
    for name, found in measured["sets"].items():
        common = {"set": name, "date": date, "bundle": measured["bundle"]}
        whole = found["all"]
        for figure in WHOLE:
            yield from at_least(whole, figure, {**common, "slice": "all"})
        for point in points:
            yield from at_least(whole, f"recall at {point}", {**common, "slice": "all"})
            yield from at_most(whole, f"false positives at {point}", {**common, "slice": "all"})
        for dimension in DIMENSIONS:
            for value, own in found["slices"].get(dimension, {}).items():
                place = {**common, "slice": f"{dimension}={value}"}
                yield from at_least(own, "area under ROC", place)
        for dimension in HONEST:
            for value, own in found["slices"].get(dimension, {}).items():
                place = {**common, "slice": f"{dimension}={value}"}
                yield from at_most(own, f"false positives at {points[0]}", place)


def at_least(own: Mapping[str, Any], figure: str, common: Mapping[str, Any]) -> Iterator[Floor]:
    """A floor, where the figure was measured on enough."""
    given = own.get(figure)
    if own["texts"] >= MIN_TEXTS and given and given["value"] is not None:
        low = max(0.0, given["low"] - 0.0005)
        yield Floor(figure=figure, at_least=round(low, 3), n=own["texts"], **common)


def at_most(own: Mapping[str, Any], figure: str, common: Mapping[str, Any]) -> Iterator[Floor]:
    """A ceiling, where the figure was measured on enough."""
    given = own.get(figure)
    if own["texts"] >= MIN_TEXTS and given and given["value"] is not None:
        high = given["high"] + 0.0005
        yield Floor(figure=figure, at_most=round(high, 3), n=own["texts"], **common)


def as_toml(floors: Iterator[Floor]) -> str:
    """A file of floors."""
    blocks = []
    for floor in floors:
        given = floor.model_dump(exclude_none=True)
        lines = [f"{name} = {json.dumps(value)}" for name, value in given.items()]
        blocks.append("[[floor]]\n" + "\n".join(lines))
    head = (
        "# Floors and ceilings that every new bundle must keep (python -m evaluation gate).\n"
        "# Each is the near end of the 95 % interval of the bundle it was set from.\n"
    )
    return head + "\n" + "\n\n".join(blocks) + "\n"
