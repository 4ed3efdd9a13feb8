"""From a row of a table to an ad: which column holds what."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from models.rendering import is_blank
from service.api.schemas import AdIn
from service.backfill.errors import BackfillError
from service.backfill.rows import Bad
from service.problems import first_wrong

FIELDS = ("id", "text", "title", "platform", "surface", "language", "thread")
"""Fields of an ad that its answer depends on, and its id."""

SAME = ("platform", "surface", "language")
"""Those that can be the same for all."""


class Columns(BaseModel):
    """What stands where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    named: dict[str, str]
    """Column of each field of :data:`FIELDS`."""

    same: dict[str, str] = {}
    """What a field of :data:`SAME` says where the row says nothing."""

    @classmethod
    def parse(cls, columns: Sequence[str], same: Sequence[str]) -> "Columns":
        """From ``FIELD=COLUMN`` and ``FIELD=VALUE``. Raises :class:`BackfillError`."""
        named = {name: name for name in FIELDS} | split(columns, "--column", FIELDS)
        values = split(same, "--constant", SAME)
        try:
            AdIn.model_validate({"text": "", **values})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise BackfillError(f"--constant {first['loc'][0]}: {first['msg']}") from None
        return cls(named=named, same=values)

    def require(self, path: str, found: Sequence[str] | None, asked: Sequence[str]) -> None:
        """Whether a file has a column for the text, and those that ``asked``, the fields that the
        command named, say. Raises :class:`BackfillError`."""
        for field in ("text", *asked):
            if found is not None and self.named[field] not in found:
                raise BackfillError(
                    f"{path}: no column {self.named[field]!r}; it has {', '.join(found)}. Say with "
                    f"--column {field}=COLUMN which one holds the {field}"
                )

    def ad(self, row: Mapping[str, Any]) -> AdIn | Bad:
        """The ad in a row, or what is wrong with it, which repeats nothing of the row."""
        given = {
            field: row[column]
            for field, column in self.named.items()
            if not says_nothing(row.get(column))
        }
        if "id" in given:
            name = as_text(given["id"])
            if name is None:
                return Bad("id: a list or an object; give a text or a number")
            given["id"] = name
        if isinstance(given.get("thread"), list | tuple):
            given["thread"] = [without_gaps(turn) for turn in given["thread"]]
        try:
            ad = AdIn.model_validate(self.same | given)
        except ValidationError as error:
            return Bad(first_wrong(error, AdIn, "the row"))
        return Bad("text: nothing to read") if is_blank(ad.ad()) else ad

    def id_of(self, row: Mapping[str, Any]) -> str | None:
        """The id of a row that may be wrong in other ways; ``None`` where it is of no use."""
        given = row.get(self.named["id"])
        if says_nothing(given):
            return None
        name = as_text(given) or ""
        return name if 0 < len(name) <= 200 and name.isprintable() else None


def says_nothing(cell: object) -> bool:
    """Whether a cell is empty. Where numbers are missing, tables often hold one that is none."""
    return cell is None or cell == "" or (isinstance(cell, float) and isnan(cell))


def without_gaps(turn: object) -> object:
    """A turn without what it says nothing about: a column of turns has all fields in each."""
    if not isinstance(turn, Mapping):
        return turn
    return {name: value for name, value in turn.items() if value is not None}


def as_text(id: object) -> str | None:
    """Keys of tables are often numbers, and a column with gaps makes whole ones fractions. What
    holds several values names nothing."""
    if isinstance(id, list | tuple | Mapping):
        return None
    if isinstance(id, float) and id.is_integer():
        return str(int(id))
    return id.decode("utf-8", "replace") if isinstance(id, bytes) else str(id)


def split(given: Sequence[str], option: str, known: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` of an option. Raises :class:`BackfillError`."""
    found = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark or name not in known:
            raise BackfillError(f"{option} {one}: write FIELD=…, with one of {', '.join(known)}")
        found[name] = value
    return found
