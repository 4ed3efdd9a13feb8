"""What may stand between the letters of a word that is set apart, for character classes of
:mod:`re`: any sign of punctuation, of sums or of lines, told by its category in Unicode.

Left out are brackets (:mod:`models.bracketed`), signs that stand for letters (money, ``@``, rings
and crosses), and those between syllables and words of Tibetan and Ethiopic.
"""

import re
import unicodedata

from models.alphabets import ranges
from models.emoji import LATIN_SHAPES

_CATEGORIES = frozenset(("Pc", "Pd", "Pi", "Pf", "Po", "Sm", "Sk", "So"))
_NOT = re.compile(f"[@<>\u0f0b\u0f0c\u1361\u2460-\u24ff\ufffc\ufffd{''.join(LATIN_SHAPES)}]")
SIGNS = ranges(
    [
        code
        for code in (*range(0x21, 0x3200), *range(0xFE10, 0xFE70), *range(0xFF01, 0xFFF0))
        if unicodedata.category(chr(code)) in _CATEGORIES and not _NOT.match(chr(code))
    ]
)

STROKES = "\u4e36\u4e28\u4e3f\u4e40\u4e85\u4e00\u30fc\u02c8\u02cc\u02d0\u02d1"
"""Letters of one stroke, between letters of a script that does not have them."""

DOT = "\u4e36"
"""The one that Chinese letters are set apart by too."""

COMMON = frozenset(" .-*·|_~+/,")
"""Separators of one character that version 4 of the rendering knows."""

WIDE = frozenset(("  ", "   ", "\t"))
"""Gaps that columns of a table have too."""

LISTING = frozenset("/,\u3001\u30fb\u3002!?;:")
"""Signs in gaps between Chinese and Japanese words of a list, and between short sentences."""

CHINESE = frozenset("/,\u3001")
"""Of those the ones that a text may set all its letters apart by."""

ABBREVIATING = frozenset(" ./,-|:;·\u30fb&+\u2022\u2013\u2014'\u2019\"\u3001")
"""Gaps that lists, initials and names of things have: a word between them needs more letters."""

INITIAL = frozenset(" ./,-&+·")
"""Gaps that initials and acronyms have."""

FIXED = "\u2000-\u200a\u202f\u205f"
"""Spaces of a fixed width, beside which the one between words is told apart."""

LIGATURE = "(?:\u0eab(?=[\u0e99\u0ea1])|\u0565(?=\u0582))?+"
"""Pattern of the first half of a letter that is two in normal form, of Lao and Armenian."""
