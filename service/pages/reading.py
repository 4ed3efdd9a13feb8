"""From an answer of the engine to what a person is told: never a verdict, never a number."""

from dataclasses import dataclass
from typing import Literal

from models.labels import Indicator, Kind
from service.engine import Answer
from service.pages.marking import Mark

Headline = Literal["verify", "nothing", "too_little"]
HEADLINES: tuple[Headline, ...] = ("verify", "nothing", "too_little")


@dataclass(frozen=True, slots=True)
class Read:
    """What was seen in one text."""

    headline: Headline
    signs: tuple[Indicator, ...]
    """Strongest first."""

    marks: tuple[Mark, ...] = ()
    weighed: bool = False
    """Whether the marks are words that weighed, for want of a sign."""


def read(answer: Answer) -> Read:
    """An indicator is told wherever one is seen. A text without one asks for a check all the same
    where the model or the policy stops at it; then the words that weighed most are marked."""
    seen = answer.assessment
    signs = tuple(one.indicator for one in seen.indicators)
    marks = [
        Mark(place.start, place.end, number)
        for number, one in enumerate(seen.indicators, 1)
        for place in one.spans
        if place.field == "text"
    ]
    if signs:
        return Read("verify", signs, tuple(marks))
    if seen.kind == Kind.INSUFFICIENT:
        return Read("too_little", ())
    stopped = answer.outcome.intended != "allow"
    if seen.kind not in (Kind.LURE, Kind.OTHER_SCAM) and not stopped:
        return Read("nothing", ())
    weighed = tuple(
        Mark(one.place.start, one.place.end, 0)
        for one in seen.evidence
        if one.share > 0 and one.place.field == "text"
    )
    return Read("verify", (), weighed, bool(weighed))
