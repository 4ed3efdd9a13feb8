"""What is wrong with a field, in words that say what would mend it."""

import re
from typing import Any

from pydantic_core import ErrorDetails

from service.known_fields import fields_at, listed, meant, unknown_field
from service.policy.model import Policy
from service.policy.source import scalar

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
        return unknown_field(str(loc[-1]), fields_at([Policy], loc[:-1]))
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


def shown(value: Any) -> str:
    """What was written, cut short."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    word = f'"{value}"' if isinstance(value, str) and scalar(value) != value else str(value)
    return f"`{word}`" if len(word) <= MAX_SHOWN_CHARS else f"`{word[:MAX_SHOWN_CHARS]}…`"
