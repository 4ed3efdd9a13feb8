"""Ranges of letters, written for a character class of :mod:`re`, in one place."""

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


def _ranges(codes: list[int]) -> str:
    """Neighbours joined: ``a-c`` for ``abc``."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in found)


MARKS = _ranges(
    [
        code
        for block in (range(0x300, 0x2000), range(0x20D0, 0x2100), range(0xA600, 0xAC00))
        for code in block
        if unicodedata.category(chr(code))[0] == "M"
    ]
)
"""What sits on a letter (category M), in the blocks of living scripts."""


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """First word of the letter's Unicode name, such as ``ARMENIAN``; empty where it has none."""
    return unicodedata.name(letter, "").partition(" ")[0]
