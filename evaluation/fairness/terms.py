"""Words for people and places by language, and where a text names them.

``terms/<language>.json`` holds, by dimension, groups of words that stand in for each other: the
same form (number, gender, case, with its preposition where that agrees) of several subgroups. A
word without a counterpart in its group is only found, never swapped. Spellings of countries follow
the Unicode CLDR; the rest was written for this project and was not read by native speakers of every
language.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "terms"
LANGUAGES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
"""Primary subtags; ``zh`` is in simplified script, ``zh-Hant`` in traditional."""

DIMENSIONS = (
    "gender", "age", "nationality", "ethnicity", "religion", "disability", "places",
)  # fmt: skip
HUBS = ("KH", "MM", "LA", "PH", "AE")
"""Countries (ISO 3166-1) that lures to compounds name: four where OHCHR 2023 reports them, and the
Emirates."""

NON_HUBS = ("PT", "PL", "UY", "KE", "JP", "DE", "CA", "AU", "KR", "QA", "SA")
ORIGINS = ("NP", "IN", "BD", "PH", "KE", "UG", "ET", "NG", "ID", "VN", "MM")
"""Countries that many people leave for work; one country can be an origin and a hub."""

DESTINATIONS = ("AE", "SA", "QA", "MY", "DE", "GB", "JP", "KR", "PL", "CA", "AU")

# Marks that continue a word and are no \w: accents, Arabic points, Indic, Thai, Lao, Burmese and
# Khmer vowel signs, joiners. The danda (U+0964, U+0965) ends a sentence and is none of them.
_MARKS = (
    "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u09d7\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u200c\u200d"
)
_SAME = str.maketrans("ı’ʼ", "i''")
HEAD = 2
"""Letters by which a word is looked up; none has fewer."""


class Frame(BaseModel):
    """A sentence to put into a text that names nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    use: Literal["ad", "message", "place"]
    """An ad's sentence, a message's, or the place of work."""

    text: str
    """With ``{}`` for the phrase."""

    neutral: str
    """Phrase of the control; empty for a place, whose control is another place."""


class Terms(BaseModel):
    """One language's words."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    language: str
    """Name of the file."""

    spaces: bool
    """Whether words stand apart; else a word is found wherever its letters stand."""

    joins: str
    """Further characters that continue a word, such as the apostrophe of Turkish names."""

    leave: tuple[str, ...]
    """Regular expressions of what looks like a term and is none: languages, currencies."""

    groups: dict[str, tuple[dict[str, str], ...]]
    """By dimension: subgroup to word, in one form each. Nations and places are ISO 3166-1 codes."""

    frames: tuple[Frame, ...]
    phrases: dict[str, dict[str, str]]
    """By dimension: subgroup to the phrase that fits every frame."""

    @cached_property
    def heads(self) -> dict[str, list["Word"]]:
        """Every word by its first two letters, the longest first: none is cut by a shorter one."""
        found: dict[str, list[Word]] = {}
        for dimension, groups in self.groups.items():
            for group in groups:
                for subgroup, word in group.items():
                    listed = Word(dimension, subgroup, word, group)
                    found.setdefault(folded(word)[:HEAD], []).append(listed)
        for words in found.values():
            words.sort(key=lambda one: -len(one.word))
        return found

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
        """Where a word may begin, what continues one that has ended, and what is left alone."""
        letter = rf"[\w{_MARKS}{re.escape(self.joins)}]"
        begins = rf"(?<!{letter})\S" if self.spaces else r"\S"
        continues = letter if self.spaces else f"[{_MARKS}]"
        alone = "|".join(f"(?:{one})" for one in self.leave) or r"(?!)"
        return re.compile(begins), re.compile(continues), re.compile(alone, re.IGNORECASE)

    def upper(self, text: str) -> str:
        """In capitals; those of a Turkish ``i`` keep its dot."""
        return (text.replace("i", "İ") if self.language == "tr" else text).upper()

    def lower(self, text: str) -> str:
        """In small letters; a Turkish ``I`` has none of its own elsewhere."""
        if self.language == "tr":
            text = text.replace("I", "ı").replace("İ", "i")
        return text.lower()

    def find(self, text: str) -> Iterator["Hit"]:
        """Words of every dimension in ``text``, from left to right, none inside another."""
        begins, continues, alone = self._patterns
        plain = folded(text)
        left = [found.span() for found in alone.finditer(text)]
        end = 0
        for start in (found.start() for found in begins.finditer(plain)):
            if start < end:
                continue
            for word in self.heads.get(plain[start : start + HEAD], ()):
                stop = start + len(word.word)
                if not plain.startswith(folded(word.word), start) or continues.match(plain, stop):
                    continue
                if not any(low < stop and start < high for low, high in left):
                    yield Hit(start, stop, word)
                end = stop
                break


def folded(text: str) -> str:
    """Small letters, one for each of ``text``, with one apostrophe and no Turkish dots to tell."""
    return text.replace("İ", "i").lower().translate(_SAME)


@dataclass(frozen=True, slots=True)
class Word:
    """A listed word."""

    dimension: str
    subgroup: str
    word: str
    group: dict[str, str]
    """The words it can be swapped for, and itself, by subgroup."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A word found at ``text[start:end]``, in code points."""

    start: int
    end: int
    word: Word


def of_language(tag: str) -> Terms | None:
    """The words of a BCP 47 language; ``None`` where there is no list in its script.

    >>> of_language("zh-Hant-TW") is of_language("zh-Hans-CN")
    False
    >>> of_language("hi-Latn")
    """
    primary, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4 and part != "Hans"), "")
    name = f"{primary}-{script}" if script else primary
    return _load(name) if name in LANGUAGES else None


@cache
def _load(name: str) -> Terms:
    listed = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return Terms(language=name, **listed)


def named(text: str, tag: str) -> frozenset[tuple[str, str]]:
    """Dimension and subgroup of everyone and every place that ``text`` names."""
    terms = of_language(tag)
    if terms is None:
        return frozenset()
    return frozenset((hit.word.dimension, hit.word.subgroup) for hit in terms.find(text))
