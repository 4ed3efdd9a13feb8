"""What an indicator means, in the reader's language.

Catalogues are gettext files under ``locale``, read at their first use. A text comes in one
language and says which: where a translation is missing or fuzzy, the English stands in whole.

Directions: a string carries its own ``direction``, and a page sets it on the element that shows
the string, or wraps the string in :func:`isolate` when it goes into a line of another direction.
Inside right-to-left strings, Latin words such as WhatsApp come isolated already.
"""

import re
from dataclasses import dataclass
from functools import cache

from models.labels import Indicator
from service.indicators import template
from service.indicators.languages import FALLBACK, LANGUAGES, Direction, direction
from service.indicators.messages import messages
from service.indicators.sources import Source

FSI, PDI = "\u2068", "\u2069"
"""First strong isolate and its end (Unicode Standard Annex 9): what stands between them is laid
out by its own direction and does not move what stands around."""

_LATIN = re.compile(r"(?<![{\w])[A-Za-z](?:[\w.&'-]*\w)?(?: [A-Za-z](?:[\w.&'-]*\w)?)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A string to show."""

    text: str
    language: str
    """The language it is in, for HTML's ``lang``: the one asked for, or English."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class Wording:
    """An indicator in words, all of one language."""

    name: str
    """Label of a few words."""

    meaning: str
    """What the words of the offer do."""

    honest: str
    """What an honest offer shows instead."""

    language: str
    """The language these are in: the one asked for, or English where a translation is missing."""

    direction: Direction


def wording(indicator: Indicator, language: str) -> Wording:
    """The words for an indicator.

    Raises:
        KeyError: ``language`` is not one of ``languages()``; ask ``pick`` first.
    """
    (name, meaning, honest), used = _words(
        (f"{indicator}.name", f"{indicator}.meaning", f"{indicator}.honest"), language
    )
    return Wording(name, meaning, honest, used, direction(used))


def text(key: str, language: str) -> Text:
    """A label or sentence by its key: ``general.verify``, ``kind.lure``, ``decision.review`` ….

    Raises:
        KeyError: no such key or language.
    """
    (found,), used = _words((key,), language)
    return Text(found, used, direction(used))


def citation(source: Source, language: str) -> Text:
    """The source of an indicator, introduced in the reader's language; titles stay as published.

    Raises:
        KeyError: no such language.
    """
    frame = text("general.source", language)
    shown = isolate(str(source)) if frame.direction == "rtl" else str(source)
    return Text(frame.text.replace("{source}", shown), frame.language, frame.direction)


def isolate(inserted: str) -> str:
    """A string made safe to stand inside a line of another direction."""
    return f"{FSI}{inserted}{PDI}"


def missing(language: str) -> list[str]:
    """Keys that a language has no finished translation of, in the order of the catalogue."""
    return [key for key in _catalogue(FALLBACK) if key not in _catalogue(language)]


def _words(keys: tuple[str, ...], language: str) -> tuple[list[str], str]:
    known = _catalogue(language)
    used = language if all(key in known for key in keys) else FALLBACK
    return [_catalogue(used)[key] for key in keys], used


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Finished translations by key. English is the code itself."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == FALLBACK:
        return {message.key: message.english for message in messages()}
    translated, rtl = template.read(language), direction(language) == "rtl"
    found = {}
    for message in messages():
        entry = translated.get(message.english, message.key)
        if entry and entry.string and not entry.fuzzy:
            string = str(entry.string)
            found[message.key] = _LATIN.sub(lambda m: isolate(m[0]), string) if rtl else string
    return found
