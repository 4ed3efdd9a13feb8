"""What :mod:`evaluation.fairness.measure` found, as tables. No value of it is left out."""

from collections.abc import Mapping
from typing import Any

from evaluation.report.tables import Table, depth, has_levels, records, tables

BY = ("dimension", "way", "true class")
"""Where a record of swaps stands."""

TERMS = "by term"
HEADS = {
    "strongest": ("rank",),
    "subgroups": ("dimension", "subgroup"),
}


def fairness_tables(found: Mapping[str, Any]) -> list[Table]:
    """The run; swaps by dimension, way and class; then the mean change of each term; the rest."""
    swaps: Any = found.get("swaps")
    own = swaps if swaps and has_levels(swaps, len(BY)) else {}
    told = {name: value for name, value in found.items() if depth(value) == 0}
    listed = tables("Fairness", told)
    listed += records("Swaps", pick(own, len(BY), terms=False), BY)
    listed += tables("Mean change by term", pick(own, len(BY), terms=True), (*BY, "term"))
    for name, part in found.items():
        if name not in told and not (name == "swaps" and own):
            listed += tables(name[:1].upper() + name[1:], part, HEADS.get(name, ()))
    return listed


def pick(swaps: Mapping[str, Any], levels: int, terms: bool) -> dict[str, Any]:
    """The terms of each record ``levels`` keys down, or all else of it."""
    if not levels:
        only: Any = swaps.get(TERMS, {})
        return only if terms else {name: part for name, part in swaps.items() if name != TERMS}
    return {name: pick(part, levels - 1, terms) for name, part in swaps.items()}
