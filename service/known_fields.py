"""Fields that a schema knows, told to whoever wrote one that it does not."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

MEANT_CHARS = 64
"""Longest word that is compared: names of ours are shorter."""

NEAR = 0.75
"""How alike two names are at least, of 1, where one may have been meant: `txt` and `text` are 0.86,
`content_langauge` and `content_date` 0.71."""


def fields_at(schema: Iterable[Any], place: Sequence[str | int]) -> list[str]:
    """Names of the fields at a place, as they are written; empty where none are fixed. ``schema``:
    models, or types that speak of some."""
    models = [model for one in schema for model in models_in(one)]
    for part in place:
        fields = [named[name] for named in map(fields_of, models) if (name := str(part)) in named]
        if fields:  # else the number of an entry, or which of several types is meant
            models = [model for one in fields for model in models_in(one.annotation)]
    return list(dict.fromkeys(name for model in models for name in fields_of(model)))


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """By the names that are written."""
    return {one.alias or name: one for name, one in model.model_fields.items()}


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Those that a type speaks of: ``tuple[Turn, ...]`` speaks of ``Turn``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from models_in(inner)


def meant(value: Any, names: Sequence[str]) -> str:
    """The name that is nearest to what was written, if one is near."""
    near = get_close_matches(str(value)[:MEANT_CHARS], names, 1, NEAR)
    return f"; did you mean `{near[0]}`?" if near else ""


def unknown_field(name: str, allowed: Sequence[str]) -> str:
    """A field that does not exist in a file of the operator's, and those that do."""
    return f"no such field; allowed here: {listed(allowed)}{meant(name, allowed)}"


def listed(names: Sequence[str]) -> str:
    """Names in back quotes."""
    return ", ".join(f"`{name}`" for name in names)
