"""The sentences of the console in the reviewer's language: gettext files under ``locale``.

``python -m service.console`` writes them anew after a change of the English.
"""

from functools import cache
from pathlib import Path

from service.console.messages import SENTENCES
from service.indicators import FALLBACK, Text, languages
from service.indicators.languages import direction
from service.translations import Domain, Message

LOCALE = Path(__file__).parent / "locale"
DOMAIN = Domain(
    "console",
    """\
# Sentences of Lurewatch's console for reviewers.
# msgctxt names the message; msgid is the English; msgstr is yours.
# Few words, polite, no verdicts. Keep what stands in braces.""",
)


def text(key: str, language: str) -> Text:
    """A sentence by its key, in English where a translation is missing.

    Raises:
        KeyError: no such key or language.
    """
    if language not in languages():
        raise KeyError(language)
    used = language if key in _translations(language) else FALLBACK
    return Text(_translations(used)[key], used, direction(used))


def missing(language: str) -> list[str]:
    """Keys that a language has no finished translation of."""
    return [key for key in SENTENCES if key not in _translations(language)]


def write() -> None:
    """Write the template and every language's file."""
    sentences = [Message(key, english) for key, english in SENTENCES.items()]
    DOMAIN.write(LOCALE, sentences, languages()[1:])


@cache
def _translations(language: str) -> dict[str, str]:
    if language == FALLBACK:
        return SENTENCES
    catalog = DOMAIN.read(LOCALE, language)
    entries = {key: catalog.get(english, key) for key, english in SENTENCES.items()}
    return {
        k: str(one.string) for k, one in entries.items() if one and one.string and not one.fuzzy
    }
