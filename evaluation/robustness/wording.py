"""Attacks on wording: the offer stays, the phrases that a model may have learnt go."""

import random
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from math import ceil

from evaluation.robustness.material import texts_for
from evaluation.robustness.words import CONTACT, UNSPACED, Place, replaced
from models.alphabets import script

PAUSE = re.compile(r"(?<=[.!?,;:…،؟।])(?=\s)|(?<=[。！？，、；])(?=[^\s。！？，、；])")
"""Where a speaker could put a word in."""


def reworded(text: str, language: str, strength: float, rng: random.Random) -> str:
    """That share of the phrases which the language's table knows said in another way."""
    return rephrased(text, texts_for(language).rewordings, strength, rng)


def code_switched(text: str, language: str, strength: float, rng: random.Random) -> str:
    """That share of everyday words in another language, and its fillers at as many pauses."""
    texts = texts_for(language)
    mixed = rephrased(text, texts.switches, strength, rng)
    pauses = [found.start() for found in PAUSE.finditer(mixed)]
    rng.shuffle(pauses)
    chosen = sorted(pauses[: ceil(strength * len(pauses))])
    return replaced(mixed, [((at, at), f" {rng.choice(texts.fillers)}") for at in chosen])


def rephrased(
    text: str, table: Mapping[str, tuple[str, ...]], strength: float, rng: random.Random
) -> str:
    """That share of the table's phrases, at least one of those found, in one of the table's ways.

    A phrase counts where it stands as whole words, but in scripts without spaces; the longest
    wins; capitals are kept.
    """
    found = phrases(text, table)
    changed = [
        (place, _cased(rng.choice(table[phrase]), text[slice(*place)])) for place, phrase in found
    ]
    rng.shuffle(changed)
    return replaced(text, sorted(changed[: ceil(strength * len(changed))]))


def phrases(text: str, table: Mapping[str, tuple[str, ...]]) -> list[tuple[Place, str]]:
    """Places of the table's phrases in the text, contacts left out, with the phrase."""
    if not table:
        return []
    contacts = [found.span() for found in CONTACT.finditer(text)]
    return [
        (found.span(), found.group().lower())
        for found in _pattern(frozenset(table)).finditer(text)
        if found.group().lower() in table
        and _is_whole(text, *found.span())
        and not any(start < found.end() and found.start() < end for start, end in contacts)
    ]


@lru_cache(maxsize=64)
def _pattern(known: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(known, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def _is_whole(text: str, start: int, end: int) -> bool:
    if script(text[start]) in UNSPACED:
        return True
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(unicodedata.category(char)[0] in "LMN" for char in around)


def _cased(new: str, old: str) -> str:
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
