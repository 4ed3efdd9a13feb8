"""Are honest texts of one group flagged more often than those of another?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from evaluation.fairness.pairs import Named
from evaluation.fairness.terms import DESTINATIONS, HUBS, NON_HUBS, ORIGINS
from evaluation.figures import Figures
from evaluation.metrics import Bools, Floats, Rate, rate
from evaluation.rows import Labelled
from models.calibration import OperatingPoint

SIDES = (
    ("origin", "destination"),
    ("female", "male"),
    ("hub", "no hub"),
)
"""Pairs of groups; what is compared are texts that name one side and not the other."""

MOST_POINTS = 1.0
"""Target: the gap is at most this many percentage points, or is explained."""


def side_names(named: Named) -> frozenset[str]:
    """The sides that a text names. People and places both make an origin or a destination."""
    countries = {code for dimension, code in named if dimension in ("nationality", "places")}
    places = {code for dimension, code in named if dimension == "places"}
    sides = {
        "origin": countries & set(ORIGINS),
        "destination": countries & set(DESTINATIONS),
        "hub": places & set(HUBS),
        "no hub": places & set(NON_HUBS),
        "female": {one for one in named if one == ("gender", "female")},
        "male": {one for one in named if one == ("gender", "male")},
    }
    return frozenset(side for side, found in sides.items() if found)


def gaps(
    rows: Sequence[Labelled],
    scores: Floats,
    named: Sequence[Named],
    points: Sequence[OperatingPoint],
) -> Figures:
    """The false-positive rate of each side at each threshold, and the gap between them.

    ``scores`` is ``(rows,)``. ``kinds`` counts the texts of each kind: a gap that comes from one
    side having more warnings, say, is seen there.
    """
    found: Figures = {}
    for first, second in SIDES:
        members: dict[str, list[int]] = {first: [], second: []}
        for i, own in enumerate(named):
            sides = side_names(own) & members.keys()
            if len(sides) == 1 and not rows[i].is_lure:
                members[next(iter(sides))].append(i)
        found[f"{first} and {second}"] = {
            "kinds": {
                side: dict(sorted(Counter(str(rows[i].kind) for i in own).items()))
                for side, own in members.items()
            },
            **{point.name: gap(rows, scores >= point.threshold, members) for point in points},
        }
    return found


def gap(rows: Sequence[Labelled], over: Bools, members: dict[str, list[int]]) -> Figures:
    """The first side's rate less the second's, in percentage points; ``None``, with how many there
    are, where a side has too few texts. ``over`` is ``(rows,)``: which are flagged."""
    rates = {
        side: rate(over[np.array(own)], [rows[i].group for i in own])
        if own
        else Rate(None, None, None, 0, 0)
        for side, own in members.items()
    }
    points, low, high = difference(*rates.values())
    return {
        **{side: asdict(one) for side, one in rates.items()},
        "points": points,
        "low": low,
        "high": high,
        "holds": None if points is None else abs(points) <= MOST_POINTS,
    }


def difference(first: Rate, second: Rate) -> tuple[float, float, float] | tuple[None, None, None]:
    """In percentage points, with the 95 % interval of Newcombe 1998 (method 10) made of the two
    rates' own; ``None`` where one of them is of too few texts."""
    a, a_low, a_high = first.value, first.low, first.high
    b, b_low, b_high = second.value, second.low, second.high
    if a is None or a_low is None or a_high is None or b is None or b_low is None or b_high is None:
        return None, None, None
    value = a - b
    low = value - np.hypot(a - a_low, b_high - b)
    high = value + np.hypot(a_high - a, b - b_low)
    return round(100 * value, 2), round(100 * float(low), 2), round(100 * float(high), 2)
