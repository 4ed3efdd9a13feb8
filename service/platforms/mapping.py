"""A mapping file: where the words of an ad stand in the events of an in-house platform, and what is
called for a decision. YAML, read as policies are (:mod:`service.policy.source`): there a field that
is given twice is told. Paths are JSONPath as RFC 9535 has it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonpath
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.ad import Platform, Surface
from service.errors import OperatorError
from service.policy.source import MAX_BYTES, read

ENVIRONMENT = jsonpath.JSONPathEnvironment(strict=True)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
GIVEN = frozenset({"id", "author_id", "decision", "kind", "score", "note"})
"""Placeholders of actions, besides those of ``place``."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class MappingError(OperatorError):
    """A mapping file that cannot be used."""


def checked_path(path: str) -> str:
    """A path that is one."""
    try:
        ENVIRONMENT.compile(path)
    except jsonpath.JSONPathError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"no JSONPath as in RFC 9535: {reason}") from None
    return path


def listed(given: object) -> object:
    """One path is a list of one."""
    return [given] if isinstance(given, str) else given


OnePath = Annotated[str, AfterValidator(checked_path)]
Paths = Annotated[tuple[OnePath, ...], BeforeValidator(listed)]


class Strict(BaseModel):
    """A part of the file; a misspelt field is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Turns(Strict):
    """Earlier turns of a chat, oldest first."""

    each: OnePath
    """Finds the turns in an ad."""

    text: OnePath
    """Finds the words in a turn."""

    own: OnePath | None = None
    """Asked of a list that holds the turn alone; finds something where the turn is the reader's
    own: `$[?@.side == 'reader']`."""


class Action(Strict):
    """A request to the platform."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: str = Field(pattern=r"^https?://[^\s{}]+(/|$)")
    json_body: dict[str, Any] | None = Field(None, alias="json")
    """Placeholders in its texts are filled."""

    repeatable: bool = False
    """Whether sending it twice does what sending it once does."""


class Signature(Strict):
    """HMAC-SHA256 of the body, in hexadecimal, by which webhooks are known."""

    header: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")
    prefix: str = "sha256="


class Mapped(Strict):
    """The file."""

    version: Literal[1]
    platform: Platform
    surface: Surface
    ads: OnePath = "$"
    """Finds the ads of an event; the other paths begin at an ad."""

    skip: OnePath | None = None
    """Asked of a list that holds the ad alone; where it finds something the ad is skipped:
    `$[?@.author.staff == true]`."""

    id: OnePath
    text: Paths
    """What each finds is a line of the text."""

    title: OnePath | None = None
    author_id: OnePath | None = None
    posted_at: OnePath | None = None
    """ISO 8601, or seconds or milliseconds of Unix time."""

    language: OnePath | None = None
    thread: Turns | None = None
    place: dict[Annotated[str, Field(pattern=r"^\w+$")], OnePath] = Field(default_factory=dict)
    """More placeholders for actions, by name."""

    actions: dict[Literal["nudge", "review", "block"], Action] = Field(default_factory=dict)
    """What is called for a decision. One without is left to whoever reads the result."""

    authorization: str = "Bearer {token}"
    """The header `Authorization` of actions."""

    signature: Signature = Signature(header="X-Signature-256")
    """Of what is sent to `POST /v1/platforms/generic/{mapping}`."""


def load(path: Path) -> Mapped:
    """Raises :class:`MappingError`, which names file, place and reason."""
    try:
        with path.open("rb") as stream:
            source = read(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise MappingError(f"{path}: {error.strerror}") from None
    if source.wrongs:
        wrong = min(source.wrongs)
        told = filter(None, (f"{path}:{wrong.line}:{wrong.column}", wrong.path, wrong.message))
        raise MappingError(": ".join(told))
    try:
        found = Mapped.model_validate(source.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise MappingError(f"{path}: {place}: {first['msg']}") from None
    known = GIVEN | set(found.place)
    for decision, action in found.actions.items():
        if unknown := sorted(placeholders(action) - known):
            names = ", ".join(sorted(known))
            raise MappingError(
                f"{path}: actions.{decision}: no placeholder {{{unknown[0]}}}; there are {names}"
            )
    return found


def load_all(folder: Path) -> dict[str, Mapped]:
    """Every ``NAME.yaml`` of a folder, by name. Raises :class:`MappingError`."""
    if not folder.is_dir():
        raise MappingError(f"{folder}: no such folder")
    files = sorted(folder.glob("*.yaml"))
    for one in files:
        if not NAME.fullmatch(one.stem):
            raise MappingError(f"{one}: name it in small letters, digits, '-' and '_'")
    return {one.stem: load(one) for one in files}


def placeholders(value: Any) -> set[str]:
    """Names in braces, anywhere in it."""
    if isinstance(value, Action):
        return placeholders(value.url) | placeholders(value.json_body)
    if isinstance(value, str):
        return set(PLACEHOLDER.findall(value))
    if isinstance(value, Mapping):
        return set().union(*map(placeholders, value.values()))
    return set().union(*map(placeholders, value)) if isinstance(value, list) else set()
