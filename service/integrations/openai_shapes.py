"""Requests and answers of OpenAI's moderation."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from service.api.examples import HONEST, LURE
from service.api.schemas import Opaque, Shape, TurnText


class Part(Shape):
    """A piece of one input."""

    type: Literal["text", "image_url"]
    """`text`; images are refused."""

    text: TurnText | None = None
    """Of a part of type `text`."""

    image_url: object | None = None
    """Taken only so that the refusal can say what is not read."""


class Input(Shape):
    """What is to be moderated: strings, or parts of one thing."""

    texts: tuple[TurnText, ...] = ()
    parts: tuple[Part, ...] | None = None


def as_input(given: object) -> object:
    """The three forms in one."""
    if isinstance(given, str):
        return {"texts": [given]}
    if not isinstance(given, list):
        raise PydanticCustomError("input", "give a string, a list of strings or a list of parts")
    if any(isinstance(one, dict) for one in given):
        return {"parts": given}
    return {"texts": given}


class ModerationRequest(Shape):
    """As OpenAI has it."""

    input: Annotated[
        Input,
        BeforeValidator(
            as_input, json_schema_input_type=TurnText | tuple[TurnText, ...] | tuple[Part, ...]
        ),
    ]
    """A text; a list of texts, each with a result; or a list of parts, together one result."""

    model: Opaque | None = None
    """The bundle's name, or `lurewatch-latest`, which is also meant where it is left out."""


class Moderated(Shape):
    """The result of one text."""

    flagged: bool
    """Whether the policy decides `review` or `block`."""

    categories: dict[str, bool]
    """Whether each holds: flagged, and of a harm, probable enough to be named."""

    category_scores: dict[str, float]
    """Probability of each, calibrated."""

    category_applied_input_types: dict[str, list[str]]
    """Always `text`."""


class ModerationResponse(Shape):
    """One result for each text, in order."""

    id: str
    """Of this answer; nothing is kept under it."""

    model: str
    """Name of the bundle that answered, whatever was asked for."""

    results: list[Moderated]
    """In the order of the input."""


EXAMPLES: dict[str, Any] = {
    "two texts": {
        "summary": "A lure and an honest ad",
        "value": {"model": "lurewatch-latest", "input": [LURE, HONEST]},
    },
    "parts": {
        "summary": "One post in two parts",
        "value": {"input": [{"type": "text", "text": "Hiring"}, {"type": "text", "text": LURE}]},
    },
}
