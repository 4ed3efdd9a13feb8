"""A text in pieces, so that a page can mark words in it and nothing in it can touch the page."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that embed, override or isolate a direction (Unicode Standard Annex 9, table 4): what
they would reorder is shown in the order in which it was written. Marks and joiners stay; Arabic
and Indic words need them."""

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What HTML has no character for."""

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, where no space tells words apart."""

MAX_WIDENED = 40
"""Characters by which a mark grows at each end at most."""

HIDDEN = "\N{DOTTED SQUARE}"
"""Stands where something was that would not show, or would hide other words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to mark: ``[start, end)`` in code points."""

    start: int
    end: int
    number: int
    """Of the sign that they show; 0 for words that are marked without one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters with the same marks."""

    text: str
    marked: bool
    ends: tuple[int, ...]
    """Numbers of the signs whose words end with this piece, in order."""


def pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """The whole text in order. Marks may overlap, and may reach beyond the text."""
    inside = [one for mark in marks if (one := whole(text, mark)).start < one.end]
    cuts = sorted({0, len(text), *(at for one in inside for at in (one.start, one.end))})
    ends: dict[int, set[int]] = {}
    depth: dict[int, int] = dict.fromkeys(cuts, 0)
    for one in inside:
        depth[one.start] += 1
        depth[one.end] -= 1
        if one.number:
            ends.setdefault(one.end, set()).add(one.number)
    found, open_now = [], 0
    for start, end in pairwise(cuts):
        open_now += depth[start]
        numbers = tuple(sorted(ends.get(end, ())))
        found.append(Piece(shown(text[start:end]), open_now > 0, numbers))
    return found


def whole(text: str, mark: Mark) -> Mark:
    """The mark without space at its ends, and with the whole of a word that it cuts: letters that
    join, as in Arabic, and a letter with its signs, as in Burmese, come apart otherwise."""
    start, end = max(0, mark.start), min(mark.end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        least, most = max(0, start - MAX_WIDENED), min(len(text), end + MAX_WIDENED)
        while start > least and together(text[start - 1], text[start]):
            start -= 1
        while end < most and together(text[end - 1], text[end]):
            end += 1
    return Mark(start, end, mark.number)


def together(before: str, after: str) -> bool:
    """Whether no mark may begin or end between two characters."""
    if unicodedata.category(after).startswith("M") or "\u200d" in (before, after):
        return True
    return all(
        (one.isalnum() or unicodedata.category(one).startswith("M")) and not UNSPACED.match(one)
        for one in (before, after)
    )


def shown(text: str) -> str:
    """The text as a page may show it, of the same length."""
    return CONTROLS.sub(HIDDEN, OVERRIDES.sub(HIDDEN, text))
