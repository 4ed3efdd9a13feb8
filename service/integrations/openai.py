"""``POST /v1/moderations`` as OpenAI's clients call it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Request

from models.ad import MAX_TEXT_CHARS
from models.labels import HARMS
from service.access import Scoring
from service.api.schemas import AdIn
from service.engine import Answer
from service.errors import BatchTooLarge, NotSupported, UnknownModel
from service.integrations.asking import answers_of
from service.integrations.labels import LURE, holds, probabilities
from service.integrations.openai_errors import OpenAIErrors
from service.integrations.openai_shapes import (
    EXAMPLES,
    Input,
    Moderated,
    ModerationRequest,
    ModerationResponse,
    Part,
)
from service.integrations.writing import answers
from service.runtime import runtime_of

router = APIRouter(tags=["openai"])

LATEST = "lurewatch-latest"
CATEGORIES = {LURE: "recruitment-lure"} | {
    harm: f"recruitment-lure/{harm.replace('_', '-')}" for harm in HARMS
}
"""By our label."""


@router.post(
    "/v1/moderations", responses=answers(OpenAIErrors, 400, 401, 403, 404, 413, 415, 429, 503)
)
async def moderations(
    request: Request,
    given: Annotated[ModerationRequest, Body(openapi_examples=EXAMPLES)],
    caller: Scoring,
) -> ModerationResponse:
    """OpenAI's shape, for clients that have it. One result for each string; parts are one text.
    `flagged` is the policy's decision, `review` or `block`; a category of a harm is true where the
    ad is flagged and the harm probable enough to be named. Its score is the probability that the ad
    is a lure to that harm. `model`: the bundle's name, which never moves, or `lurewatch-latest`."""
    engine = runtime_of(request).engine
    if given.model not in (None, engine.name, LATEST):
        raise UnknownModel([engine.name, LATEST])
    ads, place = ads_in(given.input)
    found = await answers_of(request, caller, ads, "/input", place)
    threshold = engine.bundle.calibration.harm_threshold
    return ModerationResponse(
        id=f"modr-{uuid.uuid4().hex}",
        model=engine.name,
        results=[moderated(one, threshold) for one in found],
    )


def ads_in(given: Input) -> tuple[list[AdIn], str]:
    """One for each string; parts together are one. With them, where their texts stand.

    Raises :class:`~service.errors.NotSupported` for images and
    :class:`~service.errors.BatchTooLarge` for parts that are too long together.
    """
    if given.parts is None:
        return [AdIn(text=text) for text in given.texts], "/input/{}"
    if not given.parts:
        return [], "/input"
    text = "\n".join(text_of(i, part) for i, part in enumerate(given.parts))
    if len(text) > MAX_TEXT_CHARS:
        raise BatchTooLarge(len(text), MAX_TEXT_CHARS, "characters", "/input")
    return [AdIn(text=text)], "/input"


def text_of(position: int, part: Part) -> str:
    """Of a part. Raises :class:`~service.errors.NotSupported` where it is none."""
    if part.type != "text":
        reason = "images are not read here; send their text, or leave them out"
        raise NotSupported(f"/input/{position}", reason)
    if part.text is None:
        raise NotSupported(f"/input/{position}/text", "a part of type `text` has its text here")
    return part.text


def moderated(answer: Answer, harm_threshold: float) -> Moderated:
    """The result of one text."""
    scores = probabilities(answer)
    held = {CATEGORIES[label]: holds(label, answer, harm_threshold) for label in CATEGORIES}
    return Moderated(
        flagged=held[CATEGORIES[LURE]],
        categories=held,
        category_scores={name: scores[label] for label, name in CATEGORIES.items()},
        category_applied_input_types={name: ["text"] for name in CATEGORIES.values()},
    )
