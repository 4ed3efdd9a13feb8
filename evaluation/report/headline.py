"""What an evaluation found, in one sentence for those who decide. From collected texts alone."""

import math
from collections.abc import Mapping
from typing import Any

from evaluation.metrics import MIN_RATE
from models.text_sets import COLLECTED

WIDE = 0.2
"""An interval wider than this is called a small sample's."""


def headline(measured: Mapping[str, Any]) -> str:
    """One sentence; where there are too few collected texts, one that says so and gives no figure.

    ``measured`` is an answer of :func:`evaluation.run.measure`. Written and generated texts never
    speak here.
    """
    found = measured.get("sets", {}).get(COLLECTED, {}).get("all", {})
    least = measured.get("minimum of a rate", MIN_RATE)
    lures, others = found.get("lures", 0), found.get("others", 0)
    if not lures + others:
        return (
            "No real texts were measured, so there is no headline: what written or generated "
            "texts show stands below, and says little about real ones."
        )
    if min(lures, others) < least:
        return (
            f"Too few real texts were measured for a headline: {count(lures, 'lure')} and "
            f"{count(others, 'other text')}, where at least {least} of each are needed."
        )
    names = list(measured.get("thresholds", {}))
    if not names:
        return "This bundle ships no thresholds, so it flags nothing, and there is no headline."
    return sentence(found, names[0], names[-1], who(measured))


def caveat(measured: Mapping[str, Any]) -> str:
    """Why the headline may flatter; nothing where training texts were looked for."""
    if isinstance(measured.get("leakage"), Mapping):
        return ""
    return (
        "Whether the bundle saw some of these texts in training is not known, so its figures may "
        "flatter."
    )


def who(measured: Mapping[str, Any]) -> str:
    """Whose figures they are: a peer is never called by our name."""
    return f"\u201c{measured['bundle']}\u201d" if measured.get("peer") else "Lurewatch"


def sentence(found: Mapping[str, Any], strictest: str, widest: str, name: str) -> str:
    """What is sent to review at the strictest threshold, and gets a notice from the widest on."""
    caught, alarms = found[f"recall at {strictest}"], found[f"false positives at {strictest}"]
    noticed = found[f"recall at {widest}"]["value"]
    disturbed = found[f"false positives at {widest}"]["value"]
    small = caught["high"] - caught["low"] > WIDE
    return (
        f"Of 100 real lures {name} sends {of(100, caught['value'])} to review "
        f"({between(100, caught)}) and {more(100, caught['value'], noticed)} more get a notice; "
        f"of 1,000 real texts that are not lures it sends {of(1000, alarms['value'])} to review "
        f"({between(1000, alarms)}) and {more(1000, alarms['value'], disturbed)} more get a "
        f"notice (in brackets: 95 % intervals; measured on {found['texts']:,} real texts, "
        f"{found['lures']:,} of them lures"
        f"{': a small sample, so read the ranges' if small else ''})."
    )


def of(whole: int, share: float) -> str:
    """How many of ``whole``; what is not nothing is never called 0."""
    rounded = round(whole * share)
    return f"{rounded:,}" if rounded or not share else "fewer than 1"


def more(whole: int, share: float, wider: float) -> str:
    """How many the wider net adds, so that the two printed numbers sum to what both hold."""
    return f"{round(whole * wider) - round(whole * share):,}"


def between(whole: int, figure: Mapping[str, float]) -> str:
    """The interval in whole numbers, rounded outwards."""
    low = math.floor(round(whole * figure["low"], 6))
    high = math.ceil(round(whole * figure["high"], 6))
    return f"{low:,} to {high:,}"


def count(n: int, what: str) -> str:
    """With the plural where it is due."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"
