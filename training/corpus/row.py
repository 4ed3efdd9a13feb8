"""One labelled text, whatever corpus it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.labels import HARMS, INDICATORS, KINDS

PLACEHOLDERS = ("phone", "email", "handle", "url", "wallet", "name", "card", "account")
"""``<phone>`` and so on stand for contacts; training fills them with invented ones."""

FEEDBACK_SOURCE = "feedback"
"""Of reviewers' labels, in a retraining job."""

WRITTEN_SOURCE = "written"
"""Source of the corpus that comes with this code."""

REGISTERS = ("informal", "neutral", "formal")


@dataclass(frozen=True, slots=True)
class Span:
    """Words that show an indicator: ``text[start:end]``, in code points of the row's text."""

    indicator: str
    start: int
    end: int


def spans_in(given: Mapping[str, Any]) -> tuple[Span, ...] | None:
    """Spans of a row as JSON or as prepared; ``None`` where they are absent or null, which means
    not marked."""
    spans = given.get("spans")
    return None if spans is None else tuple(Span(**span) for span in spans)


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text. ``None`` means not labelled, and masks the loss; empty means none."""

    id: str
    text: str
    language: str
    """BCP 47."""

    kind: str | None
    harms: tuple[str, ...] | None
    spans: tuple[Span, ...] | None
    group: str
    """Near-template group: texts that share one never stand on two sides of a split."""

    source: str
    """Corpus it came from: a slice of every evaluation."""

    synthetic: bool = False
    """Written or generated rather than collected. Such a text is in no headline figure."""

    platform: str = ""
    surface: str = ""
    register: str = ""
    pair: str | None = None
    """``id`` of its twin."""

    weight: float = 1.0
    """How hard the row pulls in a fit: 0 not at all, 1 as a text whose label nobody doubts."""

    note: str = field(default="", compare=False)


def faults(row: Row) -> list[str]:
    """Everything that is wrong with a row, as sentences; empty for a good one."""
    found = []
    if not row.text.strip():
        found.append("text is blank")
    if any("\ud800" <= char <= "\udfff" for char in row.text):
        found.append("text holds half of a surrogate pair, which no file can keep")
    if row.kind is not None and row.kind not in KINDS:
        found.append(f"kind {row.kind!r} is none of {', '.join(KINDS)}")
    if row.kind not in (None, "lure") and row.harms:
        found.append(f"harms on a text of kind {row.kind!r}; only lures have harms")
    found += [f"harm {harm!r} is unknown" for harm in row.harms or () if harm not in HARMS]
    if not 0 <= row.weight <= 1:
        found.append(f"weight {row.weight!r} is not between 0 and 1")
    for span in row.spans or ():
        if span.indicator not in INDICATORS:
            found.append(f"indicator {span.indicator!r} is unknown")
        if not 0 <= span.start < span.end <= len(row.text):
            found.append(f"span [{span.start}, {span.end}) lies outside the text")
    return found
