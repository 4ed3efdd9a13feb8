"""Words in Latin letters, as people write who have no other keyboard, and as some do to get past a
filter.

By uroman (Hermjakob, May and Knight 2018), in scripts that write the sound of each letter. Not by
the tables of :mod:`evaluation.robustness.romanise`: what is measured there must not be what was
learnt.
"""

import random
from functools import cache, lru_cache
from typing import Any

import regex

from training.edits import Edit, Example, apply

SCRIPTS = (
    "Cyrillic", "Greek", "Armenian", "Georgian", "Hangul", "Ethiopic", "Devanagari", "Bengali",
    "Gurmukhi", "Gujarati", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala",
)  # fmt: skip
"""Not those whose letters leave vowels out (Arabic, Hebrew), stand in another order than they sound
(Thai, Lao, Khmer, Burmese), or have several readings (Han, Kana)."""

WORD = regex.compile(
    "[" + "".join(rf"\p{{Script={name}}}" for name in SCRIPTS) + r"][\p{L}\p{M}\u200c\u200d]*+"
)
SHARES = (0.3, 0.6, 1.0, 1.0)
"""Of the words of a text, one of these: many write all of it so, others mix."""


def romanise(example: Example, rng: random.Random) -> Example:
    """Some words, or all, in Latin letters; a text that has none in another script as it is."""
    share = rng.choice(SHARES)
    edits: list[Edit] = []
    for word in WORD.finditer(example.text):
        if rng.random() < share:
            edits.append((word.start(), word.end(), romanised(word.group())))
    return apply(example, edits)


@lru_cache(2**16)
def romanised(word: str) -> str:
    """One word, its first letter as large as it was."""
    latin = str(_uroman().romanize_string(word)).strip()
    if word[:1].isupper():
        return latin.upper() if len(word) > 1 and word.isupper() else latin[:1].upper() + latin[1:]
    return latin or word


@cache
def _uroman() -> Any:
    from uroman import Uroman  # two seconds, and only where a recipe asks for it

    return Uroman()
