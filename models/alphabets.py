"""Ranges of letters, written for a character class of :mod:`re`, in one place."""

import re
import unicodedata
from functools import lru_cache

LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
GREEK = "\u0370-\u03ff"
CYRILLIC = "\u0400-\u052f"
GREEK_CYRILLIC = GREEK + CYRILLIC

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts that put no space between words."""

HANGUL = "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"


def ranges(codes: list[int]) -> str:
    """For a character class, neighbours joined: ``a-c`` for ``abc``."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in found)


MARKS = ranges(
    [
        code
        for block in (range(0x300, 0x2000), range(0x20D0, 0x2100), range(0xA600, 0xAC00))
        for code in block
        if unicodedata.category(chr(code))[0] == "M"
    ]
)
"""What sits on a letter (category M), in the blocks of living scripts."""


INVISIBLE = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Pattern of one character that has no shape and joins nothing."""

OVERLAYS = "\u0305\u0332-\u0338\u033f\u20d2\u20d3\u20d8-\u20da\u20e5\u20e6\u20ea\u20eb"
"""Lines over, under and through a letter. No alphabet of today needs them but the Coptic one."""

ENCLOSING = "\u20dd-\u20e0\u20e2-\u20e4"
"""Marks drawn around a letter: circles, squares, keys."""


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """First word of the letter's Unicode name, such as ``ARMENIAN``; empty where it has none."""
    return unicodedata.name(letter, "").partition(" ")[0]
