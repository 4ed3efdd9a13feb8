"""``POST /v1/score``: up to 256 ads, results in order."""

from typing import Annotated

from fastapi import APIRouter, Body, Header, Request

from models.rendering import is_blank
from service.api.examples import SCORE_REQUESTS
from service.api.openapi import problems
from service.api.results import Wanted, result
from service.api.schemas import ScoreRequest, ScoreResponse
from service.engine import Engine
from service.errors import BatchTooLarge, EmptyAd, EmptyBatch
from service.hangup import unless_gone
from service.indicators import pick
from service.logs import note
from service.scoring.scorer import cost
from service.settings import Settings

router = APIRouter(tags=["score"])


@router.post("/v1/score", responses=problems(400, 413, 415, 422, 429, 503))
async def score(
    request: Request,
    given: Annotated[ScoreRequest, Body(openapi_examples=SCORE_REQUESTS)],
    accept_language: Annotated[str | None, Header()] = None,
) -> ScoreResponse:
    """Score ads. One that is wrong refuses the whole request, naming every place, so that nothing
    is scored by half. Text is neither stored nor logged."""
    settings: Settings = request.app.state.settings
    engine: Engine = request.app.state.engine()
    if not given.ads:
        raise EmptyBatch
    if len(given.ads) > settings.max_request_ads:
        raise BatchTooLarge(len(given.ads), settings.max_request_ads, "ads")
    ads = [one.ad() for one in given.ads]
    blank = [position for position, ad in enumerate(ads) if is_blank(ad)]
    if blank:
        raise EmptyAd(blank)
    chars = sum(map(cost, ads))
    if chars > settings.max_request_chars:
        raise BatchTooLarge(chars, settings.max_request_chars, "characters")
    answers = await unless_gone(request, engine.answer(ads))
    note(request, engine.name, answers)
    language = pick(accept_language, given.answer_language)
    wanted = Wanted(language, given.entity_values, given.statement_of_reasons)
    pairs = zip(given.ads, answers, strict=True)
    return ScoreResponse(results=[result(ad, one, engine.name, wanted) for ad, one in pairs])
