"""Words and letters of any script, as an attacker would take hold of them."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from math import ceil

from models.alphabets import script

Place = tuple[int, int]
"""Code points ``[start, end)``."""

CONTACT = re.compile(
    r"<\w+>|https?://\S+|www\.\S+|t\.me/\S+|\S+@\S+|@\w+|\b[\w-]+\.(?:com|org|net|example)\b\S*"
)
"""Left alone: nobody answers a lure whose contact is spoilt."""

UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"})
"""Scripts that put no space between words, by the first word of their letters' Unicode names."""

PIECE = 4
"""Letters that count as a word in those scripts."""

_JOINERS = "\u200c\u200d"


def script_of(text: str) -> str:
    """Script of most of the letters; empty where there are none."""
    most = Counter(script(c) for c in text if c.isalpha()).most_common(1)
    return most[0][0] if most else ""


@lru_cache(maxsize=8192)
def _in_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" or char in _JOINERS


@lru_cache(maxsize=8192)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in _JOINERS


def clusters(word: str) -> list[str]:
    """Letters with the marks that sit on them."""
    found: list[str] = []
    for char in word:
        if found and (_is_mark(char) or found[-1][-1] in _JOINERS):
            found[-1] += char
        else:
            found.append(char)
    return found


def words(text: str) -> list[Place]:
    """Runs of letters and their marks, contacts left out. In scripts without spaces a run is cut
    into pieces of :data:`PIECE` letters."""
    contact = {i for found in CONTACT.finditer(text) for i in range(*found.span())}
    places: list[Place] = []
    start = 0
    for i in range(len(text) + 1):
        if i < len(text) and _in_word(text[i]) and i not in contact:
            continue
        if start < i:
            places += _pieces(text, start, i)
        start = i + 1
    return places


def _pieces(text: str, start: int, end: int) -> list[Place]:
    if script(text[start]) not in UNSPACED:
        return [(start, end)]
    letters = clusters(text[start:end])
    found = []
    for i in range(0, len(letters), PIECE):
        length = sum(map(len, letters[i : i + PIECE]))
        found.append((start, start + length))
        start += length
    return found


def worth_changing(word: str) -> bool:
    """Whether the word can carry a meaning: three letters, or two where a letter is a syllable."""
    least = 2 if script(word[0]) in UNSPACED | {"HANGUL"} else 3
    return len(clusters(word)) >= least


def on_words(
    text: str,
    strength: float,
    rng: random.Random,
    change: Callable[[str, random.Random], str],
) -> str:
    """The text with ``change`` done to that share of its words, at least to one.

    With equal ``rng``, a stronger attack changes the words of a weaker one in the same way, and
    further ones.
    """
    places = [place for place in words(text) if worth_changing(text[slice(*place)])]
    chosen = _some(places, strength, rng)
    return replaced(
        text, [(place, change(text[slice(*place)], random.Random(seed))) for place, seed in chosen]
    )


def _some(places: list[Place], strength: float, rng: random.Random) -> list[tuple[Place, float]]:
    """That share of the places, in order, with a seed for each."""
    seeded = [(place, rng.random()) for place in places]
    rng.shuffle(seeded)
    return sorted(seeded[: ceil(strength * len(seeded))])


def replaced(text: str, changes: list[tuple[Place, str]]) -> str:
    """The text with other words at those places, which are in order and do not overlap."""
    parts, read = [], 0
    for (start, end), new in changes:
        parts += [text[read:start], new]
        read = end
    return "".join([*parts, text[read:]])
