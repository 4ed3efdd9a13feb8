"""The sentences of the pages in the reader's language: gettext files under ``locale``.

``python -m service.pages`` writes them anew after a change of the English: what is translated
stays, what is new is empty, what is gone is dropped.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from service.indicators import FALLBACK, Text, languages
from service.indicators.languages import direction
from service.pages.messages import SENTENCES

DOMAIN = "pages"
LOCALE = Path(__file__).parent / "locale"

_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Fixed, so that writing twice gives the same bytes."""

_HEADER = """\
# Sentences of Lurewatch's pages.
# msgctxt names the message; msgid is the English; msgstr is yours.
# Plain and calm, polite "you", no idioms, no verdicts; the reader may be frightened."""


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


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def write() -> None:
    """Write the template and every language's file, keeping translations whose English stands."""
    _write(LOCALE / f"{DOMAIN}.pot", _empty(None))
    for language in languages()[1:]:
        path, fresh = po_path(language), _empty(language)
        old = _read(language) if path.exists() else Catalog()
        for key, english in SENTENCES.items():
            before, after = old.get(english, key), fresh.get(english, key)
            if before and after:
                after.string, after.flags = before.string, before.flags
        _write(path, fresh)


@cache
def _translations(language: str) -> dict[str, str]:
    if language == FALLBACK:
        return SENTENCES
    catalog = _read(language)
    entries = {key: catalog.get(english, key) for key, english in SENTENCES.items()}
    return {
        k: str(one.string) for k, one in entries.items() if one and one.string and not one.fuzzy
    }


def _read(language: str) -> Catalog:
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _empty(language: str | None) -> Catalog:
    catalog = Catalog(
        locale=language,
        domain=DOMAIN,
        header_comment=_HEADER,
        project="Lurewatch",
        version="1",
        msgid_bugs_address="the issue tracker of the repository",
        creation_date=_DATE,
        revision_date=_DATE,
        last_translator="the authors of Lurewatch",
        language_team=language or "none",
        charset="utf-8",
        fuzzy=False,
    )
    for key, english in SENTENCES.items():
        catalog.add(english, context=key)
    return catalog


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0)
