"""What the default policy makes of a score, read off the answer's thresholds."""

from collections.abc import Mapping
from typing import Any, Literal

Outcome = Literal["review", "notice", "nothing"]


def outcome(score: float, thresholds: Mapping[str, float]) -> Outcome:
    """Review from the first threshold on, a notice from the last, as ``service.assessment.decide``
    has it; thresholds go from the strictest to the widest net."""
    limits = list(thresholds.values())
    if limits and score >= limits[0]:
        return "review"
    return "notice" if limits and score >= limits[-1] else "nothing"


def decided_at(measured: Mapping[str, Any]) -> list[tuple[str, float, str]]:
    """Each threshold by name, and what follows from it."""
    thresholds: Mapping[str, float] = measured.get("thresholds", {})
    names = list(thresholds)
    found = []
    for name, limit in thresholds.items():
        effect = "no decision of the default policy hangs on it"
        if name == names[0]:
            effect = "review: a person looks"
        elif name == names[-1]:
            effect = "notice: the reader is told (nudge)"
        found.append((name, limit, effect))
    return found
