"""Enclosed letters that only what stands around them makes letters: parenthesised ones, and
regional indicators that an invisible character keeps from being flags.

``⒜`` numbers the points of a list far more often than it hides a letter. It is read as one in a row
of two and more ("⒥⒪⒝"), inside a word ("p⒜ss"), and at a word's edge where the single ones of the
text do not count up from a ("⒱isa and ⒫ass"). Regional indicators come in pairs, as flags; parted
by what nobody sees, into pieces that are no pairs, they are shown as letters.

Both have to be told from the text as received: afterwards the parentheses are characters of their
own, and the indicators have met.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from models.alphabets import ENCLOSING, GREEK_CYRILLIC, INVISIBLE, LATIN, OVERLAYS
from models.apart import GAPS

# The emoji of a circled M and of an i have a case for NFKC; as signs they take that of their word,
# as all squared letters do.
EMOJI_LETTERS = {0x24C2: "\U0001f17c", 0x2139: "\U0001f178"}

_SIGN = "[\u249c-\u24b5\U0001f110-\U0001f129]"
_LETTERS = {chr(0x249C + i): chr(ord("a") + i) for i in range(26)} | {
    chr(0x1F110 + i): chr(ord("A") + i) for i in range(26)
}
FLAG = "[\U0001f1e6-\U0001f1ff]"
FLAGS = {chr(0x1F1E6 + i): chr(ord("a") + i) for i in range(26)}

# What is taken away later: characters that nobody sees, lines and marks on a letter.
_HIDDEN = f"(?:{INVISIBLE}|[\u200c\u200d{OVERLAYS}{ENCLOSING}])"
_BETWEEN = f"{_HIDDEN}*+"
_GAPS = GAPS + "\u00a0\u2000-\u200a\u202f\u205f\u3000"  # and spaces that become one
_RUN = re.compile(f"{_SIGN}(?:{_BETWEEN}{_SIGN})*+")
_SPACED = re.compile(
    f"{_SIGN}{_BETWEEN}(?P<gap>[{_GAPS}]){_SIGN}{_BETWEEN}(?:(?P=gap){_SIGN}{_BETWEEN}){{2,}}"
)
_IS_HIDDEN = re.compile(_HIDDEN)
_LETTER = re.compile(f"[{LATIN}{GREEK_CYRILLIC}]")
_FLAG_RUN = re.compile(f"{FLAG}(?:{_BETWEEN}{FLAG})++")
_FLAG_PIECE = re.compile(f"{FLAG}+")

_MAY_BE = re.compile(f"{_SIGN}|{FLAG}|[{''.join(map(chr, EMOJI_LETTERS))}]")

found_in = _MAY_BE.search
"""Whether there are any of these, or emoji letters: a quick look."""


def as_letters(received: str) -> str:
    """The text with letters for the signs that are read as such; of the same length."""
    found = read(received)
    return "".join(found.get(i, char) for i, char in enumerate(received)) if found else received


def read(received: str) -> dict[int, str]:
    """Letters for the signs at these indices."""
    return _flags(received) | _parenthesised(received)


def _flags(received: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for run in _FLAG_RUN.finditer(received):
        pieces = _FLAG_PIECE.findall(run.group())
        if len(pieces) > 1 and any(len(piece) % 2 for piece in pieces):
            found |= _read_by(FLAGS, run)
    return found


def _parenthesised(received: str) -> dict[int, str]:
    found: dict[int, str] = {}
    singles: list[tuple[int, str]] = []
    for run in _RUN.finditer(received):
        letters = _read_by(_LETTERS, run)
        if len(letters) == 1:
            singles += letters.items()
        elif not _numbers("".join(letters.values())):
            found |= letters
    for run in _SPACED.finditer(received):
        letters = _read_by(_LETTERS, run)
        if not all(a < b for a, b in pairwise(letters.values())):
            found |= letters
    if not singles:
        return found
    points = "".join(letter.lower() for i, letter in singles if i not in found)
    disguised = bool(found) or not _counts_up(points)
    if disguised or "b" not in points:
        for i, letter in singles:
            if _touches(received, i, letter, both=not disguised):
                found[i] = letter
    return found


def _read_by(table: Mapping[str, str], run: re.Match[str]) -> dict[int, str]:
    return {i: table[char] for i, char in enumerate(run.group(), run.start()) if char in table}


def _numbers(letters: str) -> bool:
    """Whether letters in a row are points of a list ("⒜⒝")."""
    return letters.lower() == "abcdefghijklmnopqrstuvwxyz"[: len(letters)]


def _counts_up(points: str) -> bool:
    """Whether each point is the first of a list or comes after one that the text has."""
    seen = {"a"}
    for point in points:
        if point not in seen and chr(ord(point) - 1) not in seen:
            return False
        seen.add(point)
    return True


def _touches(received: str, at: int, letter: str, both: bool) -> bool:
    """Whether a single one is part of a word: of letters before and after it, or (not ``both``) on
    one side. A small one before a capital begins a point ("⒞Company")."""
    before, after = _letter_at(received, at, -1), _letter_at(received, at, 1)
    if letter.islower() and after.isupper() and not before.isupper():
        return False
    return bool(before and after) if both else bool(before or after)


def _letter_at(received: str, at: int, step: int) -> str:
    """The next letter on that side, hidden characters passed over; empty where none follows."""
    at += step
    while 0 <= at < len(received) and _IS_HIDDEN.match(received[at]):
        at += step
    char = received[at] if 0 <= at < len(received) else ""
    return char if _LETTER.match(char) else ""
