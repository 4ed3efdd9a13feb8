"""Labels, standards and names of countries in the reader's language.

Translations are gettext files under ``locale``, read at their first use. A text says which language
it is in: where a translation is missing or fuzzy, the English stands in.
"""

from functools import cache

from babel import Locale

from service.help.messages import labels
from service.help.template import DOMAIN, LOCALE
from service.indicators import Text
from service.indicators.languages import FALLBACK, LANGUAGES, direction

OTHER_SUBTAG = {"tl": "fil"}
"""Languages that the Unicode CLDR has under another subtag."""


def locale_of(language: str) -> Locale:
    """How a language writes names, numbers and dates, by the Unicode CLDR."""
    return Locale.parse(OTHER_SUBTAG.get(language, language))


def text(key: str, language: str) -> Text:
    """A label or sentence by its key: ``general.help``, ``hotline.emergency``, ``topic.fees`` ….

    Raises:
        KeyError: no such key or language.
    """
    return as_text(_english()[key], language)


def as_text(english: str, language: str) -> Text:
    """An English sentence in a language, if it was translated; else as it is.

    Raises:
        KeyError: no such language.
    """
    found = _catalogue(language).get(english)
    used = language if found else FALLBACK
    return Text(found or english, used, direction(used))


def country_name(code: str, language: str) -> str:
    """The name of a country in a language; in English, or its code, where the language has none.

    Raises:
        KeyError: no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    for one in (language, FALLBACK):
        if name := locale_of(one).territories.get(code):
            return str(name)
    return code


@cache
def _english() -> dict[str, str]:
    return {message.key: message.english for message in labels()}


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Finished translations by their English."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == FALLBACK:
        return {}
    return {
        str(entry.id): str(entry.string)
        for entry in DOMAIN.read(LOCALE, language)
        if entry.id and entry.string and not entry.fuzzy
    }
