"""The strings that entities are looked for in, and the way back from them to the rendered text.

Rendering undoes disguises for a tokeniser, and with that spoils what must be copied to the letter:
``anna01x`` becomes ``annaoix``, ``j.o.h.n@`` becomes ``john@``. So there are two readings: the
ad with its ASCII characters as typed, and the rendered text where the two differ. In both, digits
of a list or a footnote stand apart from those of a number (:mod:`service.entities.ungluing`).
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from models.ad import Ad
from models.disguise import TO_LATIN
from models.rendering import Rendered
from service.entities.entity import Amount, Chain, EntityType, Service
from service.entities.ungluing import unglued

# Decimal digits of all scripts (Unicode category Nd), and the negative circled digits of the
# Dingbats block, which have no compatibility form.
_DIGITS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x80, 0x1FBFA)
    if unicodedata.decimal(chr(code), None) is not None
} | {
    ord(char): str(value)
    for row in ("⓿❶❷❸❹❺❻❼❽❾", " ➊➋➌➍➎➏➐➑➒")
    for value, char in enumerate(row)
    if char != " "
}


@dataclass(frozen=True, slots=True)
class Found:
    """An entity at ``[start, end)`` of one reading's text."""

    type: EntityType
    start: int
    end: int
    value: str
    service: Service | None = None
    chain: Chain | None = None
    domain: str | None = None
    amount: Amount | None = None


class Reading:
    """One string in three forms of equal length, so that a position in one is good for all."""

    def __init__(self, text: str, places: list[int] | None = None) -> None:
        """``places``: for each character its index in the rendered text; ``None`` for the same."""
        self.text = text if text.isascii() else text.translate(_DIGITS)
        """Digits of all scripts are ASCII digits."""

        self._places = places
        self._taken = bytearray(len(text))

    @cached_property
    def latin(self) -> str:
        """Cyrillic and Greek letters that look Latin are Latin: for what is written in Latin
        letters only, such as links and handles."""
        return self.text if self.text.isascii() else self.text.translate(TO_LATIN)

    @cached_property
    def lower(self) -> str:
        """In lower case, but for the letters whose lower case is two characters."""
        lower = self.text.lower()
        if len(lower) == len(self.text):
            return lower
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    @cached_property
    def lower_latin(self) -> str:
        """Both."""
        return self.lower if self.text.isascii() else self.lower.translate(TO_LATIN)

    def rendered_span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` lies in the rendered text; not empty if the span is not."""
        if self._places is None:
            return start, end
        inside = self._places[start:end]
        return min(inside), max(inside) + 1

    def take(self, start: int, end: int) -> None:
        """Mark characters as part of an entity, so that no other family looks at them."""
        self._taken[start:end] = b"\1" * (end - start)

    def taken(self, start: int, end: int) -> bool:
        """Whether any of them is."""
        return self._taken.find(1, start, end) >= 0

    @property
    def left(self) -> str:
        """The text with a NUL for every character that is taken."""
        if 1 not in self._taken:
            return self.text
        return "".join("\0" if t else c for c, t in zip(self.text, self._taken, strict=True))


def readings(rendered: Rendered, ad: Ad) -> list[Reading]:
    """The ad as typed, then the rendered text where it differs from that."""
    chars: list[str] = []
    places: list[int] = []
    fields: list[str] = []
    for part in rendered.parts:
        received = ad.received(part.field)
        shown = rendered.text[part.offset : part.offset + part.length]
        apart = unglued(shown, received, part.starts, part.ends)
        fields.append(apart)
        if part.starts is None or part.ends is None:
            chars += apart
            places += range(part.offset, part.offset + part.length)
        else:
            for i, char in enumerate(_typed(shown, apart, received, part.starts, part.ends)):
                chars += char
                places += [part.offset + i] * len(char)
        chars.append("\n")
        places.append(part.offset + part.length)
    typed = "".join(chars[:-1])
    text = "\n".join(fields)
    if typed == text:
        return [Reading(typed)]
    return [Reading(typed, places), Reading(text)]


def _typed(
    shown: str, apart: str, received: str, starts: tuple[int, ...], ends: tuple[int, ...]
) -> list[str]:
    """For each rendered character what stands there if ASCII characters are kept: the one typed,
    with the ASCII separators after it that rendering left out. ``apart``: what is shown with its
    digits apart; there one space is enough."""
    typed = []
    shown_too = bytearray(len(received))  # what a turned text leaps over stands elsewhere
    for start, end in zip(starts, ends, strict=True):
        shown_too[start:end] = b"\1" * (end - start)
    for i, char in enumerate(apart):
        start, end = starts[i], ends[i]
        if char != shown[i]:
            char = "" if char == " " == apart[i + 1 : i + 2] else char
        elif end == start + 1 and received[start].isascii():
            char = received[start]
        if i + 1 < len(shown) and starts[i + 1] > end:
            left_out = (j for j in range(end, starts[i + 1]) if not shown_too[j])
            char += "".join(received[j] for j in left_out if received[j].isascii())
        typed.append(char)
    return typed
