"""What the parts of a policy file have in common: strictness, lists, names, thresholds."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from models.calibration import OperatingPoint
from service.language_tags import UNDETERMINED, meant, names_a_language, primary

NEVER = float("inf")
"""A threshold that no score reaches."""


class Part(BaseModel):
    """Base of every mapping in a policy file: fields that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def wrong(message: str, *at: str | int) -> PydanticCustomError:
    """An error of a part; ``at`` is the path from the part to the field that has to change."""
    return PydanticCustomError("policy", "{message}", {"message": message, "at": at})


Item = TypeVar("Item")


def as_list(value: Any) -> Any:
    """One value stands for a list of one. An empty list is refused: nothing could ever match."""
    if isinstance(value, list):
        if not value:
            raise wrong("the list is empty: name at least one, or leave the field out")
        return value
    return [value]


def each_once(values: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same values; one that stands twice is refused."""
    seen: set[Item] = set()
    for position, value in enumerate(values):
        if value in seen:
            raise wrong(f"`{value}` stands twice", position)
        seen.add(value)
    return values


OneOrMore = Annotated[tuple[Item, ...], BeforeValidator(as_list), AfterValidator(each_once)]

NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def a_name(word: str) -> str:
    """The same word, if it can be a key."""
    if not NAME.fullmatch(word):
        raise wrong("a name is 1 to 64 small letters, digits, `-` and `_`, a letter first")
    return word


def a_language(word: str) -> str:
    """The same word in small letters, if it is the tag of a language."""
    if not LANGUAGE.fullmatch(word):
        raise wrong("a language tag is expected (BCP 47), such as `pt` or `pt-BR`")
    if primary(word) == UNDETERMINED:
        raise wrong("`und` names no language: no ad falls under it; leave it out")
    if not names_a_language(word):
        near = meant(word)
        hint = f"; did you mean `{near}`?" if near else ""
        raise wrong(f"`{word}` is the tag of no language: no ad falls under it{hint}")
    return word.lower()


Name = Annotated[str, AfterValidator(a_name)]
"""Of a policy, a rule or a reason."""

LanguageRange = Annotated[str, AfterValidator(a_language)]
"""``pt`` stands for every Portuguese, ``pt-BR`` for that of Brazil (RFC 4647, section 3.3.1)."""


def threshold_names(points: Sequence[OperatingPoint]) -> dict[str, float]:
    """Words that may stand for a threshold, with the scores they stand for: ``strictest`` and
    ``widest`` of the bundle's operating points, each point by its own name, and ``never``.

    A bundle without operating points has nothing measured, so nothing is flagged by its names.
    """
    ends = {"strictest": points[0], "widest": points[-1]} if points else {}
    return {
        "never": NEVER,
        "strictest": NEVER,
        "widest": NEVER,
        **{point.name: point.threshold for point in points},
        **{name: point.threshold for name, point in ends.items()},
    }


def resolve(value: Any, info: ValidationInfo) -> float:
    """A number as it is, a name as what it stands for. ``info.context`` is
    :func:`threshold_names` of the bundle."""
    names: dict[str, float] = info.context or {}
    if isinstance(value, str) and value in names:
        return names[value]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise PydanticCustomError("threshold", "no threshold", {"names": list(names)})


Threshold = Annotated[float, PlainValidator(resolve)]
"""Score at and above which something holds."""
