"""Gettext catalogues of sentences: one template, and one file a language that translators fill.

Writing them anew after a change of the English keeps what is translated, leaves what is new empty,
and drops what is gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Fixed, so that writing twice gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a catalogue."""

    key: str
    """Stable name, the message context: ``urgency.honest``, ``harm.mlm_pyramid_recruitment``."""

    english: str
    """The message id."""

    note: str = ""
    """For the translator."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Catalogues that belong together, as gettext calls them."""

    name: str
    header: str
    """Comment at the top of every file."""

    def template(self, locale: Path) -> Path:
        """Where the template lies, below the folder ``locale``."""
        return locale / f"{self.name}.pot"

    def path(self, locale: Path, language: str) -> Path:
        """Where the catalogue of a language lies."""
        return locale / language / "LC_MESSAGES" / f"{self.name}.po"

    def read(self, locale: Path, language: str) -> "Catalog":
        """The catalogue of a language, as it lies in its file.

        Raises:
            FileNotFoundError: there is none; English has none.
        """
        from babel.messages.pofile import read_po

        with self.path(locale, language).open("rb") as file:
            return read_po(file, locale=language, domain=self.name)

    def empty(self, messages: Iterable[Message], language: str | None = None) -> "Catalog":
        """Every message, none translated; for one language, or for none."""
        from babel.messages.catalog import Catalog

        catalog = Catalog(
            locale=language,
            domain=self.name,
            header_comment=self.header,
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
            notes = [message.note] if message.note else []
            catalog.add(message.english, context=message.key, auto_comments=notes)
        return catalog

    def write(self, locale: Path, messages: Sequence[Message], languages: Iterable[str]) -> None:
        """The template and the file of each of the ``languages``, keeping translations whose
        English stands."""
        _write(self.template(locale), self.empty(messages))
        for language in languages:
            fresh, path = self.empty(messages, language), self.path(locale, language)
            if path.exists():
                _keep(self.read(locale, language), fresh, messages)
            _write(path, fresh)


def _keep(old: "Catalog", fresh: "Catalog", messages: Iterable[Message]) -> None:
    for message in messages:
        before = old.get(message.english, message.key)
        after = fresh.get(message.english, message.key)
        if before and after:
            after.string, after.flags = before.string, before.flags


def _write(path: Path, catalog: "Catalog") -> None:
    from babel.messages.pofile import write_po

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0)
