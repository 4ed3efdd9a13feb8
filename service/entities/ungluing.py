"""Digits that rendering puts beside others, taken apart again.

A compatibility form is its digits to a tokeniser: ``①5000`` is ``15000``, ``$2,500¹`` ends in a
one, ``£12½`` is ``£121⁄2``. For a number these are the mark of a list, that of a footnote, and a
half.
"""

import re
import unicodedata
from collections.abc import Sequence

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
_FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_LISTED = "\u2460-\u249b\u2776-\u2793"
_ZEROS = "⓪⓿"
_KEYCAP = re.compile("\ufe0f?\u20e3")
_FORMS = re.compile(f"[{_RAISED}{_FRACTIONS}{_LISTED}\u20e3]")
_LIST_MARK = re.compile(f"[{_LISTED}]")
_DECIMALS = {"¼": ".25", "½": ".50", "¾": ".75"}
"""As long as their compatibility forms, which are two digits and a slash."""

# In a text of one letter for each character (see _kinds).
_PARTED = re.compile(r"(?<=d)(?P<after>f++)|f++(?=d)|(?<=d)s{1,2}(?![sd])|(?<![sdwo])s{1,2}(?=d)")
_RUN = re.compile(r"[dco+]++")
_MARK = re.compile(r"c\+*+")
_DIGIT_BEFORE, _DIGIT_AFTER = re.compile(r"[dco]\.?$|w$"), re.compile(r"\.?[dco]|w")


def unglued(
    shown: str, received: str, starts: Sequence[int] | None, ends: Sequence[int] | None
) -> str:
    """A rendered field, of the same length, with spaces or decimals for such digits beside ordinary
    ones; between two numbers, bars. ``starts`` and ``ends``: for each character its source in the
    field as received."""
    if not _FORMS.search(received):
        return shown
    starts = range(len(shown)) if starts is None else starts
    ends = range(1, len(shown) + 1) if ends is None else ends
    kinds = _kinds(shown, received, starts, ends)
    text = list(shown)
    for form in _PARTED.finditer(kinds):
        start, end = form.span()
        decimals = _DECIMALS.get(received[starts[start]], "") if form["after"] else ""
        text[start:end] = decimals if len(decimals) == end - start else " " * (end - start)
    for start, end in _list_marks(kinds, [received[start] for start in starts]):
        inside = kinds[start - 1 : start] == "d" == kinds[end : end + 1]
        text[start:end] = ("|" if inside else " ") * (end - start)
    return "".join(text)


def _kinds(shown: str, received: str, starts: Sequence[int], ends: Sequence[int]) -> str:
    """For each character ``d`` an ordinary digit, ``s`` a raised or lowered one, ``f`` part of a
    fraction, ``c`` a digit in a circle, on a key or with a full stop, as lists have them, ``+``
    what else comes of it, ``o`` a zero in a circle, which lists have not, ``w`` a Latin letter."""
    kinds = []
    for i, char in enumerate(shown):
        source = received[starts[i]]
        if source in _RAISED:
            kind = "s"
        elif source in _FRACTIONS:
            kind = "f"
        elif _LIST_MARK.match(source):
            kind = "+" if i and starts[i - 1] == starts[i] else "c"
        elif source in _ZEROS:
            kind = "o"
        elif char == "\u20e3":
            kind = "+"
        elif char.isdecimal():
            kind = "c" if _KEYCAP.match(received, ends[i]) else "d"
        else:
            kind = "w" if char.isascii() and char.isalpha() else "."
        kinds.append(kind)
    return "".join(kinds)


def _list_marks(kinds: str, sources: Sequence[str]) -> list[tuple[int, int]]:
    """Marks that begin the points of a list, or stand alone at either end of a number. Others are
    digits of a number in disguise: ``13⑧00138000``, ``①③⑧⓪``."""
    found: list[tuple[int, int]] = []
    last = 0.0  # the number of the point before
    for run in _RUN.finditer(kinds):
        marks = [mark.span() for mark in _MARK.finditer(kinds, *run.span())]
        if not marks or "d" not in run.group() or "o" in run.group() or "cc" in run.group():
            continue
        values = [unicodedata.numeric(sources[start]) for start, _ in marks]
        start, end = run.span()
        ahead = marks[0][0] == start and not _DIGIT_BEFORE.search(kinds, max(0, start - 2), start)
        behind = marks[-1][1] == end and not _DIGIT_AFTER.match(kinds, end)
        counted = values == [last + 1 + i for i in range(len(values))]
        begun = ahead or (last > 0 and kinds[start - 1 : start] != "w")
        if (counted and begun) or (len(marks) == 1 and (ahead or behind)):
            found += marks
            last = values[-1]
    return found
