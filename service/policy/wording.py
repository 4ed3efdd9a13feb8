"""What is wrong with a field, in words that say what would mend it."""

import re
from difflib import get_close_matches
from typing import Any, get_args

from pydantic_core import ErrorDetails

from service.policy.model import Policy
from service.policy.parts import Part
from service.policy.source import Loc, scalar

MAX_SHOWN_CHARS = 40
"""Of a value that is shown back."""

SHAPES = {
    "model_type": "a mapping of fields is expected",
    "tuple_type": "a list is expected",
    "string_type": "a word is expected",
    "int_type": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "true or false is expected",
}
"""pydantic's error types whose own message speaks of Python."""


def words(error: ErrorDetails) -> str:
    """One error of pydantic's, for the person who wrote the file."""
    kind, loc, value = error["type"], error["loc"], error["input"]
    if kind == "extra_forbidden":
        return unknown_field(str(loc[-1]), fields_at(loc[:-1]))
    if kind == "missing":
        return "is required"
    if kind in ("enum", "literal_error"):
        names = [name.strip("'") for name in re.split(", | or ", error["ctx"]["expected"])]
        return f"{shown(value)} is not one of {listed(names)}{meant(value, names)}"
    if kind == "threshold":
        names = error["ctx"]["names"]
        return (
            f"{shown(value)} is neither a number from 0 to 1 nor a threshold of the bundle: "
            f"{listed(names)}{meant(value, names)}"
        )
    if kind in SHAPES:
        return f"{SHAPES[kind]}, not {shown(value)}"
    if kind == "policy":
        return error["msg"]
    return f"{error['msg'][0].lower()}{error['msg'][1:]}, not {shown(value)}"


def unknown_field(name: str, allowed: list[str]) -> str:
    """A field that does not exist here, and those that do."""
    return f"unknown field; allowed here: {listed(allowed)}{meant(name, allowed)}"


def meant(value: Any, names: list[str]) -> str:
    """The name that is nearest to what was written, if one is near."""
    near = get_close_matches(str(value), names, 1, 0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def listed(names: list[str]) -> str:
    """Names in back quotes."""
    return ", ".join(f"`{name}`" for name in names)


def shown(value: Any) -> str:
    """What was written, cut short."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    word = f'"{value}"' if isinstance(value, str) and scalar(value) != value else str(value)
    return f"`{word}`" if len(word) <= MAX_SHOWN_CHARS else f"`{word[:MAX_SHOWN_CHARS]}…`"


def fields_at(loc: Loc) -> list[str]:
    """Names of the fields that the mapping at this path may have."""
    part: type[Part] = Policy
    for step in loc:
        if isinstance(step, str):
            part = part_in(part.model_fields[step].annotation) or part
    return list(part.model_fields)


def part_in(annotation: Any) -> type[Part] | None:
    """The part that a field's type speaks of: ``tuple[Rule, ...]`` speaks of ``Rule``."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    found = (part_in(inner) for inner in get_args(annotation))
    return next((one for one in found if one is not None), None)
