"""Every change of the champion, a line each. A line holds the digest of the one before it, so that
none can be taken out or altered unseen."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models import journal
from models.registry.errors import RegistryError

FILE = "history.jsonl"
START = "0" * 64


class Gate(BaseModel):
    """The report that a promotion rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    verdict: str
    against: str | None


class Entry(BaseModel):
    """One change."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )

    number: int
    at: str
    """When, ISO 8601."""

    event: Literal["promote", "rollback", "prune"]
    before: str | None = Field(alias="from")
    """The champion until then."""

    to: str | None
    """The champion from then on; of a prune, the one that stayed."""

    digest: str | None
    """Of what ``to`` answers with."""

    gate: Gate | None = None
    reason: str | None = None
    removed: tuple[str, ...] = ()
    chain: str
    """SHA-256 of the line before; of the first line, zeros."""


def read(root: Path) -> list[Entry]:
    """All of it, the oldest first. Raises :class:`~models.registry.errors.RegistryError` for a line
    that cannot be read."""
    found = []
    for number, line in enumerate(journal.lines(root / FILE), 1):
        try:
            found.append(Entry.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise RegistryError(f"{root / FILE}:{number}: {first}") from None
    return found


def append(root: Path, entry: Entry) -> None:
    """Write the line and wait until the disk has it."""
    journal.append(root / FILE, entry.model_dump_json(by_alias=True))


def chain(root: Path) -> tuple[int, str]:
    """Number and link of the next line."""
    known = journal.lines(root / FILE)
    return len(known) + 1, digest(known[-1]) if known else START


def broken(root: Path) -> list[int]:
    """Numbers of lines that do not follow from the one before."""
    known = journal.lines(root / FILE)
    links = [START, *(digest(line) for line in known)]
    return [
        number
        for number, (entry, link) in enumerate(zip(read(root), links, strict=False), 1)
        if entry.chain != link or entry.number != number
    ]


def digest(line: str) -> str:
    """SHA-256 of a line without its end."""
    return hashlib.sha256(line.encode("utf-8")).hexdigest()
