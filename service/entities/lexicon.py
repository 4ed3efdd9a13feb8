"""Word lists that give each word a meaning, matched at a place in a lower-case text."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from service.entities.patterns import any_of, begins, ends, normal

Meaning = TypeVar("Meaning")
MAX_ENDING = 6
"""Letters that a word listed with a star may go on for."""


@dataclass(frozen=True, slots=True)
class Word(Generic[Meaning]):
    """A listed word at ``[start, end)``."""

    word: str
    start: int
    end: int
    meaning: Meaning


class Lexicon(Generic[Meaning]):
    """Words with a meaning each; underscores stand for spaces, a star at the end for any ending."""

    def __init__(self, words: Mapping[Meaning, str]) -> None:
        """``words``: for each meaning its words, separated by white space. The first meaning of a
        word counts."""
        self._meanings: dict[str, Meaning] = {}
        stems = set()
        for meaning, listed in words.items():
            for word in listed.split():
                plain = normal(word.removesuffix("*")).replace("_", " ")
                self._meanings.setdefault(plain, meaning)
                if word.endswith("*"):
                    stems.add(plain)
        self._stems = frozenset(stems)
        self._pattern = re.compile(any_of(self._meanings))

    def at(self, text: str, start: int) -> Word[Meaning] | None:
        """The word that begins at ``start``."""
        match = self._pattern.match(text, start)
        return self._whole(text, match) if match else None

    def within(self, text: str, start: int, end: int) -> Iterator[Word[Meaning]]:
        """Words that begin in ``[start, end)`` and end in it."""
        for match in self._pattern.finditer(text, start, end):
            word = self._whole(text, match)
            if word and word.end <= end:
                yield word

    def _whole(self, text: str, match: re.Match[str]) -> Word[Meaning] | None:
        start, end = match.span()
        if start == end or not begins(text, start):
            return None
        word = match.group()
        if word in self._stems:
            limit = min(len(text), end + MAX_ENDING)
            while end < limit and text[end].isalpha():
                end += 1
        while end < len(text) and unicodedata.category(text[end]).startswith("M"):
            end += 1  # a sign on the last letter
        return Word(word, start, end, self._meanings[word]) if ends(text, end) else None
