"""Markup that a page does not show: character references, tags and marks of emphasis inside words.

References (``&#119;``, ``&nbsp;``, ``&amp;nbsp;``) become what they stand for, wherever they stand.
A tag that begins no line of its own (``wo<b></b>rk``) goes where letters stand on both sides of it,
unless a capital follows a small letter: that is where two words met. Marks of emphasis go in pairs
that part of a word stands between (``w**o**rk``), where a piece has two letters at most.

Here too, since afterwards all spaces are the same: those of a fixed width that set a word apart
(:func:`models.set_apart.by_fixed_spaces`). And since it needs a character more: the sign of the
Moscow underground before a name in capitals and small letters (``Ⓜ️Тульская``) is an M and a space,
no letter of the name.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from itertools import takewhile

from models import set_apart
from models.alphabets import MARKS
from models.separators import FIXED

Char = tuple[str, int, int]
"""A character, and the span as received that it stands for."""

_REFERENCE = re.compile(
    r"&(?P<nested>(?:amp;)*+)"
    r"(?P<name>#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)?"
)
_INLINE = (
    "b|i|u|s|a|q|em|tt|del|ins|sub|sup|big|wbr|bdi|bdo|kbd|var|font|span|mark|code|cite|abbr|small"
    "|strong|strike"
)
LONGEST_TAG = 200
"""Characters of attributes and comments."""

_MARK = f"[{MARKS}]"
_LETTER = rf"[^\W\d_]{_MARK}*+"
_ATTRIBUTES = rf"(?:\s[^<>]{{0,{LONGEST_TAG}}})?/?"
_TAGS = re.compile(
    rf"(?:<(?:/?(?:{_INLINE}){_ATTRIBUTES}|!--[^<>]{{0,{LONGEST_TAG}}}--)>)++(?={_MARK}*+[^\W\d_])",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(
    rf"(?P<mark>\*\*?|__|~~|\|\|)(?P<inside>(?:{_LETTER}){{1,24}}+)(?P=mark)(?![*_~|])"
)
_METRO = re.compile(r"(?<![^\W_])\u24c2\ufe0f?(?= ?[A-ZА-ЯЁ][a-zа-яё])")

_IN_WORD = re.compile(rf"[^\W\d_]|{_MARK}")

SHORT = 2
"""Letters of a piece that is rarely a word."""

NEAR = 3
"""Characters beside a mark that are looked at."""

_found_in = re.compile(
    rf"[&<*_~|\u24c2{FIXED}](?:(?<=&)[#A-Za-z]|(?<=[^\W\d_]<)[/!A-Za-z]|(?<={_MARK}<)[/!A-Za-z]"
    rf"|(?<=\u24c2)|(?<=[*_~|])(?:{_LETTER}){{1,24}}+[*_~|]|(?<=[^\W\d_][{FIXED}])[^\W\d_]"
    rf"|(?<={_MARK}[{FIXED}])[^\W\d_])"
).search
"""Whether there may be any: a quick look."""


def undone(received: str) -> list[Char] | None:
    """The text without its markup; ``None`` where it has none that is undone.

    >>> "".join(char for char, *_ in undone("wo<b></b>rk in c&#97;sh") or ())
    'work in cash'
    """
    if not _found_in(received):
        return None
    chars = _read(received)
    text = "".join(char for char, *_ in chars) if chars else received
    gone = {i for start, end, _ in _inside(text) for i in range(start, end)}
    gone |= set_apart.by_fixed_spaces(text)
    metro = {found.start(): found.end() for found in _METRO.finditer(text)}
    if not chars and not gone and not metro:
        return None
    chars = chars or [(char, i, i + 1) for i, char in enumerate(received)]
    kept: list[Char] = []
    for i, (char, start, end) in enumerate(chars):
        if i in metro:
            kept += [("M", start, end)]
            if text[metro[i] : metro[i] + 1] != " ":
                kept += [(" ", start, end)]
        elif i not in gone:
            kept += [(char, start, end)]
    return kept


def worn(received: str) -> set[str]:
    """Names of the disguises among it: references for letters and digits that need none, and what
    begins inside a word."""
    found = set()
    if any(said.isascii() and said.isalnum() for _, _, said in _references(received)):
        found.add("styled_letters")
    text = "".join(char for char, *_ in _read(received) or ()) or received
    if any(opens for _, _, opens in _inside(text)) or set_apart.by_fixed_spaces(text):
        found.add("letters_apart")
    return found


def _references(received: str) -> Iterator[tuple[int, int, str]]:
    """Where references stand, and for what."""
    if "&" not in received:
        return
    for found in _REFERENCE.finditer(received):
        name = found["name"] or ""
        said = ""
        if name.startswith("#") or name in html5:
            said = unescape(f"&{name}")
        if said:
            yield *found.span(), said
        elif found["nested"]:
            yield found.start(), found.end("nested"), "&"


def _read(received: str) -> list[Char]:
    """Characters with references read; none where there are none."""
    chars: list[Char] = []
    at = 0
    for start, end, said in _references(received):
        chars += [(received[i], i, i + 1) for i in range(at, start)]
        chars += [(char, start, end) for char in said]
        at = end
    if chars or at:
        chars += [(received[i], i, i + 1) for i in range(at, len(received))]
    return chars


def _inside(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where tags and marks inside words stand, and whether they begin there."""
    if "<" in text:
        for found in _TAGS.finditer(text):
            before, after = text[max(0, found.start() - 1) : found.start()], text[found.end()]
            if _IN_WORD.match(before) and not (before.islower() and after.isupper()):
                yield *found.span(), not found.group().startswith("</")
    for found in _EMPHASIS.finditer(text):
        mark, inside = found["mark"], found["inside"]
        before = _letters(text[max(0, found.start() - NEAR) : found.start()][::-1])
        after = _letters(text[found.end() : found.end() + NEAR])
        if _is_one_word(mark, len(before), _letters(inside), after):
            for start in (found.start(), found.end("inside")):
                yield start, start + len(mark), bool(before)


def _letters(near: str) -> str:
    """Those that it begins with, without their marks."""
    return "".join(filter(str.isalpha, takewhile(_IN_WORD.match, near)))


def _is_one_word(mark: str, before: int, inside: str, after: str) -> bool:
    """Whether a reader takes pieces before, inside and after two marks for one word."""
    around = [piece for piece in (before, len(after)) if piece]
    if not around or (inside[-1].islower() and after[:1].isupper()):
        return False
    if mark == "*":
        return len(around) > 1 and len(inside) <= SHORT and len(inside) + sum(around) > NEAR
    return len(inside) <= SHORT or (mark == "**" and min(around) <= SHORT)
