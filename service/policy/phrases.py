"""Conditions and effects of a rule as phrases."""

from collections.abc import Iterable, Sequence

from models.calibration import OperatingPoint
from service.policy.conditions import (
    EVERY,
    EntityTypes,
    HarmSigns,
    IncidentSigns,
    IndicatorSigns,
    ScoreRange,
    When,
)
from service.policy.model import Then
from service.policy.parts import NEVER


def conditions(when: When, points: Sequence[OperatingPoint]) -> list[str]:
    """Each condition but platform and surface, which say where a rule is read at all."""
    found = []
    if when.score is not None:
        found.append(score(when.score, points))
    if when.kind is not None:
        found.append(f"the kind is {either(when.kind)}")
    if when.harms is not None:
        found.append(harms(when.harms))
    if when.indicators is not None:
        found.append(indicators(when.indicators))
    if when.entities is not None:
        found.append(entities(when.entities))
    if when.campaign is not None:
        found.append(f"at least {when.campaign.at_least} copies were seen")
    if when.incidents is not None:
        found.append(incidents(when.incidents))
    if when.language is not None:
        found.append(f"the language is {either(when.language)}")
    return found


def effects(then: Then) -> list[str]:
    """What a rule does, its reason's key last."""
    found = []
    if then.decision is not None:
        found.append(f"decide {then.decision}")
    if then.at_least is not None:
        found.append(f"decide {then.at_least} at least")
    if then.at_most is not None:
        found.append(f"decide {then.at_most} at most")
    if then.priority:
        found.append(f"priority {then.priority:+d}")
    if then.reason is not None:
        found.append(f"reason `{then.reason}`")
    return found


def threshold(value: float, points: Sequence[OperatingPoint]) -> str:
    """A threshold as a number, with the name of the operating point that it is."""
    if value == NEVER:
        return "never"
    names = [point.name for point in points if point.threshold == value]
    return f"{value:.3g}" + (f" ({names[0]})" if names else "")


def score(wanted: ScoreRange, points: Sequence[OperatingPoint]) -> str:
    """A range of scores."""
    ends = []
    if wanted.at_least is not None:
        ends.append(f"at least {threshold(wanted.at_least, points)}")
    if wanted.below is not None:
        ends.append(f"below {threshold(wanted.below, points)}")
    return f"the score is {' and '.join(ends)}"


def harms(wanted: HarmSigns) -> str:
    """Harms, with the probability they need."""
    names = either(wanted.any) if wanted.any else both(wanted.all or ())
    least = f" with probability {wanted.probability:g} at least" if wanted.probability else ""
    return f"it names {names}{least}"


def indicators(wanted: IndicatorSigns) -> str:
    """Indicators, with the strength they need."""
    if wanted.at_least is not None:
        among = f" of {', '.join(wanted.of)}" if "of" in wanted.model_fields_set else ""
        names = f"at least {wanted.at_least} indicators{among}"
    else:
        names = either(wanted.any) if wanted.any else both(wanted.all or ())
    least = f" with strength {wanted.strength:g} at least" if wanted.strength else ""
    return f"it shows {names}{least}"


def entities(wanted: EntityTypes) -> str:
    """Entity types, with how many are needed."""
    count = f"at least {wanted.at_least} of " if wanted.at_least > 1 else ""
    return f"it holds {count}{either(wanted.any)}"


def incidents(wanted: IncidentSigns) -> str:
    """Incidents, and how like them."""
    names = "any live incident" if EVERY in wanted.any else f"incident {either(wanted.any)}"
    if wanted.near_duplicate:
        return f"it is a near-duplicate of {names}"
    least = "" if wanted.match is None else f" by {wanted.match:g} at least"
    near = " or is a near-duplicate of it" if wanted.near_duplicate is None else ""
    return f"it matches {names}{least}{near}"


def either(names: Iterable[str]) -> str:
    """Names of which one is enough."""
    return " or ".join(names)


def both(names: Iterable[str]) -> str:
    """Names that are all needed."""
    return " and ".join(names)
