"""Entries from the files that come with the service, and from the operator's own."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from service.errors import HelpError
from service.help.book import HelpBook
from service.help.shapes import HelpFile

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
            f"{_place(fault['loc'], content)}: {fault['msg']}"
            for fault in error.errors(include_url=False)[:MAX_FAULTS]
        ]
        raise HelpError(f"{path}: {'; '.join(faults)}") from None


def _place(loc: tuple[int | str, ...], content: object) -> str:
    """Where a fault stands: by the entry's id where it has one, else by its number from 1."""
    named: list[str] = []
    for part in loc:
        try:
            content = content[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            content = None
        if isinstance(part, int):
            found = content.get("id") if isinstance(content, dict) else None
            named.append(f"'{found}'" if isinstance(found, str) else str(part + 1))
        else:
            named.append(part)
    return " ".join(named) or "file"
