"""``POST /v1/score``: up to 256 ads, results in order."""

import logging
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request

from models.ad import Ad
from models.rendering import is_blank
from service.access import Scoring
from service.answering import runtime_answer
from service.api.examples import SCORE_REQUESTS
from service.api.openapi import problems
from service.api.results import Wanted
from service.api.schemas import AdIn, Result, ScoreRequest, ScoreResponse
from service.charging import charged
from service.errors import BatchTooLarge, EmptyAd, EmptyBatch, StoreUnavailable
from service.hangup import unless_gone
from service.indicators import pick
from service.logs import note
from service.review.keeping import Answered, keep, matched
from service.runtime import Runtime, runtime_of
from service.scoring.scorer import cost
from service.settings import Settings

log = logging.getLogger(__name__)

router = APIRouter(tags=["score"])


@router.post("/v1/score", responses=problems(400, 401, 403, 413, 415, 422, 429, 503))
async def score(
    request: Request,
    given: Annotated[ScoreRequest, Body(openapi_examples=SCORE_REQUESTS)],
    caller: Scoring,
    accept_language: Annotated[str | None, Header()] = None,
) -> ScoreResponse:
    """Score ads. One that is wrong refuses the whole request, naming every place, so that nothing
    is scored by half. Text is never logged, and kept only for the review queue, where that is on.
    Needs scope `score` where keys are asked for. Where the key has a limit, `RateLimit` says how
    many ads it may still have scored, and after how many seconds more.
    """
    runtime = runtime_of(request)
    engine = runtime.engine
    ads = ads_of(given, runtime.settings)
    with charged(request, caller, len(ads)):
        answers = await unless_gone(request, runtime_answer(runtime, ads))
    note(request, engine.name, answers)
    language = pick(accept_language, given.answer_language)
    wanted = Wanted(language, given.entity_values, given.statement_of_reasons)
    answered = matched(given.ads, answers, engine.name, wanted)
    return ScoreResponse(results=await kept(runtime, answered))


def ads_of(given: ScoreRequest, settings: Settings) -> list[Ad]:
    """The ads of a request that may be scored. Raises as :func:`checked`."""
    return checked(given.ads, settings)


def checked(
    given: Sequence[AdIn], settings: Settings, place: str = "/ads", text: str = "/ads/{}/text"
) -> list[Ad]:
    """The same of any list of ads. ``place`` and ``text``: where they and their texts stood in the
    request, as JSON pointers. Raises :class:`~service.errors.EmptyBatch`,
    :class:`~service.errors.BatchTooLarge` or :class:`~service.errors.EmptyAd`."""
    if not given:
        raise EmptyBatch(place)
    if len(given) > settings.max_request_ads:
        raise BatchTooLarge(len(given), settings.max_request_ads, "ads", place)
    ads = [one.ad() for one in given]
    blank = [position for position, ad in enumerate(ads) if is_blank(ad)]
    if blank:
        raise EmptyAd(blank, text)
    chars = sum(map(cost, ads))
    if chars > settings.max_request_chars:
        raise BatchTooLarge(chars, settings.max_request_chars, "characters", place)
    return ads


async def kept(runtime: Runtime, answered: list[Answered]) -> list[Result]:
    """The results, with our id of those that go to the review queue. An answer does not wait for a
    database that is away: the queue misses the ad, and the log says so."""
    if not runtime.settings.review_queue:
        return [one.result for one in answered]
    try:
        ids = await runtime.database.write(keep, runtime.vault, runtime.settings, answered)
    except StoreUnavailable:
        log.error("ads not kept for review", extra={"ads": len(answered)})
        ids = [None] * len(answered)
    pairs = zip(answered, ids, strict=True)
    return [one.result.model_copy(update={"ad_id": ad_id}) for one, ad_id in pairs]
