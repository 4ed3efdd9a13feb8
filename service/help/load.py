"""Entries from the files that come with the service, and from the operator's own."""

import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service.errors import HelpError
from service.help.book import HelpBook
from service.help.shapes import HelpFile
from service.known_fields import fields_at, unknown_field

SHIPPED = (Path(__file__).with_name("help.toml"), Path(__file__).with_name("rights.toml"))
MAX_FAULTS = 10
"""Faults of a file that one message lists."""


def load(own: Path | None = None) -> HelpBook:
    """The shipped entries, with those of the operator's file in place of ours where ids are equal.

    Raises :class:`~service.errors.HelpError`, which names file, entry and field.
    """
    ours = [read(path) for path in SHIPPED]
    if own is None:
        return HelpBook.of(*ours)
    theirs = read(own)
    known = {entry.id for one in ours for entry in one.entries}
    if unknown := sorted(set(theirs.remove) - known):
        raise HelpError(f"{own}: remove: no shipped entry has the id {', '.join(unknown)}")
    return HelpBook.of(*(ours if theirs.shipped else ()), theirs)


def read(path: Path) -> HelpFile:
    """One file, checked to the last field. Raises :class:`~service.errors.HelpError`."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise HelpError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HelpError(f"{path}: no TOML: {error}") from None
    try:
        return HelpFile.model_validate(content)
    except ValidationError as error:
        faults = [
            f"{_place(fault['loc'], content)}: {_words(fault)}"
            for fault in error.errors(include_url=False)[:MAX_FAULTS]
        ]
        raise HelpError(f"{path}: {'; '.join(faults)}") from None


def _words(fault: ErrorDetails) -> str:
    """Of a field that is none, those that are."""
    if fault["type"] != "extra_forbidden":
        return fault["msg"]
    *place, name = fault["loc"]
    return unknown_field(str(name), fields_at([HelpFile], place))


def _place(loc: tuple[int | str, ...], content: object) -> str:
    """Where a fault stands: by the entry's id where it has one, by its number from 1 where
    it has none, and by both where another has the same."""
    named: list[str] = []
    for part in loc:
        around = content
        try:
            content = content[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            content = None
        if isinstance(part, int):
            entries = around if isinstance(around, list) else []
            ids = [one.get("id") for one in entries if isinstance(one, dict)]
            found = content.get("id") if isinstance(content, dict) else None
            if not isinstance(found, str):
                named.append(str(part + 1))
            else:
                named.append(f"'{found}'" + (f" (number {part + 1})" * (ids.count(found) > 1)))
        else:
            named.append(part)
    return " ".join(named) or "file"
