"""The catalogue files: one template, and one file a language that translators fill.

``python -m service.help`` writes them anew after a change of the English: what is translated stays,
what is new is empty, what is gone is dropped.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from service.help.messages import Message
from service.indicators.languages import FALLBACK, LANGUAGES

DOMAIN = "help"
LOCALE = Path(__file__).parent / "locale"
TEMPLATE = LOCALE / f"{DOMAIN}.pot"

_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Fixed, so that writing twice gives the same bytes."""

_HEADER = """\
# Labels of help and rights, and the general standards.
# msgctxt names the message; msgid is the English; msgstr is yours.
# One plain sentence each, at most 250 characters, polite "you", no idioms."""


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def template(messages: Iterable[Message], language: str | None = None) -> Catalog:
    """Every message, none translated; for one language, or for none."""
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
    for message in messages:
        catalog.add(message.english, context=message.key, auto_comments=[message.note])
    return catalog


def write(messages: list[Message], locale: Path = LOCALE) -> None:
    """Write the template and every language's file, keeping translations whose English stands."""
    _write(locale / TEMPLATE.name, template(messages))
    for language in LANGUAGES:
        if language == FALLBACK:
            continue
        fresh = template(messages, language)
        path = locale / po_path(language).relative_to(LOCALE)
        if path.exists():
            with path.open("rb") as file:
                _keep(read_po(file, locale=language, domain=DOMAIN), fresh, messages)
        _write(path, fresh)


def _keep(old: Catalog, fresh: Catalog, messages: Iterable[Message]) -> None:
    for message in messages:
        before = old.get(message.english, message.key)
        after = fresh.get(message.english, message.key)
        if before and after:
            after.string, after.flags = before.string, before.flags


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0)
