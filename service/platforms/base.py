"""What every adapter is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import PydanticUseDefault

from models.ad import Ad
from models.rendering import is_blank
from service.client.calls import Reply
from service.client.results import Result
from service.client.retrying import seconds_of
from service.platforms.plan import Action, Plan
from service.platforms.seen import BadEvent, Seen, Skipped

Shape = TypeVar("Shape", bound=BaseModel)


class Part(BaseModel):
    """The fields of a platform's object that we read; the others are left alone."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, use_attribute_docstrings=True, populate_by_name=True
    )


class Loose(Part):
    """What an author's own program wrote: anything can be in it, and one odd field must not hide
    the words beside it. A field with a default that does not fit counts as absent, and so does an
    item of a list."""

    @field_validator("*", mode="wrap")
    @classmethod
    def or_absent(
        cls, given: Any, fit: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        """The value, as much of it as fits."""
        try:
            return fit(given)
        except ValidationError:
            if cls.model_fields[str(info.field_name)].is_required():
                raise
        kept = [one for one in given if fits([one], fit)] if isinstance(given, list) else []
        if not kept:
            raise PydanticUseDefault
        return fit(kept)


class Options(BaseModel):
    """What an operator says of their place on a platform. Every field has a default: what is not
    said is not done."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Access:
    """Where calls go, and what lets them in."""

    base: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Platform(ABC):
    """From an event to ads, and from a result to a plan."""

    name: ClassVar[str]

    @abstractmethod
    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ads in an event, or why there is none. Raises :class:`BadEvent`."""

    @abstractmethod
    def plan(self, seen: Seen, result: Result) -> Plan:
        """What follows. For ``allow`` nothing does, unless somebody asked and is to be answered."""

    @abstractmethod
    def access(self, token: str) -> Access:
        """How an operator's token is used."""

    def pause_s(self, reply: Reply) -> float | None:
        """How long the platform asks to be left alone, in seconds; ``None``: it does not say."""
        return seconds_of(reply.headers.get("retry-after"))

    def succeeded(self, reply: Reply) -> bool:
        """Whether a call was carried out."""
        return reply.status < 300

    def done(
        self, seen: Seen, result: Result, *actions: Action, base: str = "", cannot: str = ""
    ) -> Plan:
        """A plan of these actions."""
        return Plan(self.name, seen.ad["id"], result.decision, actions, cannot, base)


def fitted(shape: type[Shape], given: object, what: str) -> Shape:
    """A part of an event. Raises :class:`BadEvent`, which names the place alone."""
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the event"
        raise BadEvent(f"{place}: {first['type'].replace('_', ' ')}; it is no {what}") from None


def blank(text: str, title: str = "") -> bool:
    """Whether a reader would see nothing of them: only spaces and invisible characters, however
    many. The service refuses such an ad.

    >>> blank("\\u200b "), blank("", "work")
    (True, False)
    """
    return is_blank(Ad(text=text, title=title))


def fits(given: object, fit: ValidatorFunctionWrapHandler) -> bool:
    """Whether a value is what a field takes."""
    try:
        fit(given)
    except ValidationError:
        return False
    return True
