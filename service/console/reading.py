"""An ad as a reviewer reads it: its parts with marked words, and the signs that they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.labels import Indicator
from service.api.reviewing import QueuedAd
from service.api.schemas import Span
from service.console.desk import mark_name
from service.pages.marking import Mark, Piece, pieces, shown

LONG_CHARS = 1_500
"""From which a part gets a frame of its own to scroll in."""

QUOTED_CHARS = 120
"""Of a mark, beside its sign."""


@dataclass(frozen=True, slots=True)
class Part:
    """Title, turn or text."""

    role: Literal["title", "own", "other", "text"]
    pieces: Sequence[Piece]
    long: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that were marked for a sign."""

    name: str
    """In forms; see :func:`service.console.desk.mark_name`."""

    words: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and its marks."""

    number: int
    indicator: Indicator
    marks: Sequence[Marked]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Words and their share of the logit."""

    words: str
    share: float


def words_of(ad: QueuedAd) -> dict[str, str]:
    """By field."""
    turns = {f"thread/{i}": turn.text for i, turn in enumerate(ad.thread)}
    return {"title": ad.title, **turns, "text": ad.text}


def parts(ad: QueuedAd) -> list[Part]:
    """In the order in which they are read; empty ones are left out. Where no sign was found, the
    words that spoke most for a lure are marked, without a number."""
    signs = [
        (number, span) for number, one in enumerate(ad.result.indicators, 1) for span in one.spans
    ]
    weighed = [(0, one.span) for one in ad.result.evidence if one.share > 0]
    marks: dict[str, list[Mark]] = {}
    for number, span in signs or weighed:
        marks.setdefault(span.field, []).append(Mark(span.start, span.end, number))
    found = []
    for field, words in words_of(ad).items():
        if words:
            cut = pieces(words, marks.get(field, []))
            found.append(Part(role(ad, field), cut, len(words) > LONG_CHARS))
    return found


def role(ad: QueuedAd, field: str) -> Literal["title", "own", "other", "text"]:
    """Whose words a field holds."""
    if field == "title":
        return "title"
    if field == "text":
        return "text"
    return ad.thread[int(field.removeprefix("thread/"))].role


def signs(ad: QueuedAd) -> list[Sign]:
    """Numbered as in the text."""
    words = words_of(ad)
    return [
        Sign(
            number,
            one.indicator,
            [
                Marked(
                    mark_name(one.indicator, span.field, span.start, span.end),
                    quoted(words, span),
                )
                for span in one.spans
            ],
        )
        for number, one in enumerate(ad.result.indicators, 1)
    ]


def weighed(ad: QueuedAd) -> list[Weighed]:
    """What moved the score most, strongest first."""
    words = words_of(ad)
    return [Weighed(quoted(words, one.span), one.share) for one in ad.result.evidence]


def quoted(words: dict[str, str], span: Span) -> str:
    """The words of a span, shortened in the middle."""
    found = words.get(span.field, "")[span.start : span.end].strip()
    half = QUOTED_CHARS // 2
    return shown(found if len(found) <= QUOTED_CHARS else f"{found[:half]} … {found[-half:]}")
