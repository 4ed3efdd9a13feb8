"""Whether one calibration map is enough: by slice, how far the mean score lies from the share of
lures, and how many slices lie further off than chance would have it."""

from collections.abc import Sequence
from typing import Any

from evaluation.figures import truth
from evaluation.metrics import Bools, Floats, with_interval
from evaluation.rows import Labelled
from evaluation.slices import members

BY = ("language", "length", "source")


def gap(scores: Floats, is_lure: Bools) -> float:
    """Mean score less the share of lures: above 0 where the slice is scored too high (calibration
    in the large, Steyerberg 2019)."""
    return float(scores.mean() - is_lure.mean())


def calibrated(rows: Sequence[Labelled], scores: Floats) -> dict[str, Any]:
    """The gap of each slice with its 95 % interval. ``off``: slices whose interval lies beside 0;
    by chance one in twenty does."""
    found: dict[str, Any] = {}
    is_lure = truth(rows)
    for dimension in BY:
        gaps = {}
        for name, own in members(rows, dimension).items():
            groups = [rows[i].group for i in own]
            figure = with_interval(gap, scores[own], is_lure[own], groups)
            if figure.value is not None and figure.low is not None and figure.high is not None:
                gaps[name] = {
                    "gap": round(figure.value, 4),
                    "low": round(figure.low, 4),
                    "high": round(figure.high, 4),
                    "texts": len(own),
                }
        off = [name for name, one in gaps.items() if one["low"] > 0 or one["high"] < 0]
        found[dimension] = {"slices": gaps, "off": off}
    return found
