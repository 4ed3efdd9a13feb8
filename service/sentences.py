"""Sentences of pages in the reader's language: gettext files beside the pages that say them."""

from collections.abc import Mapping
from pathlib import Path

from service.indicators import FALLBACK, Text, languages
from service.indicators.languages import direction
from service.translations import Domain, Message


class Sentences:
    """English sentences by key, and their translations."""

    def __init__(self, domain: Domain, locale: Path, english: Mapping[str, str]) -> None:
        self.locale = locale
        self._domain = domain
        self._english = dict(english)
        self._said: dict[str, dict[str, str]] = {FALLBACK: self._english}

    def text(self, key: str, language: str) -> Text:
        """A sentence by its key, in English where a translation is missing.

        Raises:
            KeyError: no such key or language.
        """
        if language not in languages():
            raise KeyError(language)
        used = language if key in self._translations(language) else FALLBACK
        return Text(self._translations(used)[key], used, direction(used))

    def missing(self, language: str) -> list[str]:
        """Keys that a language has no finished translation of."""
        return [key for key in self._english if key not in self._translations(language)]

    def write(self, locale: Path | None = None) -> None:
        """Write the template and every language's file: what is translated stays, what is new is
        empty, what is gone is dropped."""
        sentences = [Message(key, english) for key, english in self._english.items()]
        self._domain.write(locale or self.locale, sentences, languages()[1:])

    def _translations(self, language: str) -> dict[str, str]:
        if language not in self._said:
            catalog = self._domain.read(self.locale, language)
            entries = {key: catalog.get(words, key) for key, words in self._english.items()}
            self._said[language] = {
                key: str(one.string)
                for key, one in entries.items()
                if one and one.string and not one.fuzzy
            }
        return self._said[language]
