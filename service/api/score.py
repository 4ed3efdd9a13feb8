"""``POST /v1/score``: up to 256 ads, results in order."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Body, Header, Request
from sqlalchemy.exc import SQLAlchemyError

from models.ad import Ad
from models.rendering import is_blank
from service.access import Scoring
from service.answering import runtime_answer, runtime_attempt
from service.api.examples import SCORE_REQUESTS
from service.api.openapi import problems
from service.api.results import Wanted, undecided
from service.api.schemas import (
    AdIn,
    Result,
    ScoreNowRequest,
    ScoreRequest,
    ScoreResponse,
    Undecided,
)
from service.charging import charged
from service.engine import Answer
from service.errors import BatchTooLarge, EmptyAd, EmptyBatch, Overloaded, StoreUnavailable
from service.hangup import unless_gone
from service.indicators import pick
from service.logs import note, note_missing
from service.missing import NoScore, OnError, left_s, with_score
from service.observing.stages import left_out, unscored
from service.quota import Use
from service.review.keeping import Answered, keep, matched
from service.review.keeping import wanted as due
from service.runtime import Runtime, runtime_of
from service.scoring.scorer import cost
from service.settings import Settings
from service.store.database import PATIENCE_S

Missing = TypeVar("Missing")

log = logging.getLogger(__name__)

router = APIRouter(tags=["score"])


@router.post("/v1/score", responses=problems(400, 401, 403, 413, 415, 422, 429, 503))
async def score(
    request: Request,
    given: Annotated[ScoreNowRequest, Body(openapi_examples=SCORE_REQUESTS)],
    caller: Scoring,
    accept_language: Annotated[str | None, Header()] = None,
) -> ScoreResponse:
    """Score ads. One that is wrong refuses the whole request, naming every place, so that nothing
    is scored by half. Text is never logged, and kept only for the review queue, where that is on.
    Needs scope `score` where keys are asked for. Where the key has a limit, `RateLimit` says how
    many ads it may still have scored, and after how many seconds more.

    With `deadline_ms` the answer comes in time or not at all; with `on_error` you choose what an ad
    gets that has no score.
    """
    runtime = runtime_of(request)
    model = runtime.engine.name
    ads = ads_of(given, runtime.settings)
    until = until_of(request.state.began, given.deadline_ms)
    with charged(request, caller, len(ads)) as use:
        outcomes = await unless_gone(request, outcomes_of(runtime, ads, given.on_error, until))
        only_scored(use, outcomes)
    language = pick(accept_language, given.answer_language)
    wanted = Wanted(language, given.entity_values, given.statement_of_reasons)
    results = await results_of(request, runtime, given.ads, outcomes, wanted, until)
    if given.on_error == "fail":
        return ScoreResponse(results=results)
    missing = missing_as(given.on_error, given.ads, model, runtime.settings)
    return ScoreResponse(results=placed(outcomes, results, missing))


def only_scored(use: Use | None, outcomes: Sequence[Answer | NoScore]) -> None:
    """An ad without a score costs its key nothing."""
    if use is not None:
        use.ads = sum(not isinstance(one, NoScore) for one in outcomes)


def until_of(began: float, deadline_ms: int | None) -> float | None:
    """The moment after which an answer is of no use."""
    return None if deadline_ms is None else began + deadline_ms / 1000


async def outcomes_of(
    runtime: Runtime, ads: Sequence[Ad], on_error: OnError, until: float | None
) -> Sequence[Answer | NoScore]:
    """In order. Raises as :func:`service.answering.runtime_answer` where that is to fail."""
    if on_error == "fail":
        return await runtime_answer(runtime, ads, until)
    try:
        return await runtime_attempt(runtime, ads, until)
    except Overloaded:
        return [NoScore("overloaded")] * len(ads)


async def results_of(
    request: Request, runtime: Runtime, given: Sequence[AdIn],
    outcomes: Sequence[Answer | NoScore], wanted: Wanted, until: float | None,
    wrong_lines: int = 0,
) -> list[Result]:  # fmt: skip
    """The results of the ads that were answered, in order; the request's line counts all."""
    ads, answers = with_score(given, outcomes)
    model = runtime.engine.name
    note(request, model, answers, wrong_lines)
    answered = matched(ads, answers, model, wanted)
    results = await kept(runtime, answered, until)
    reasons = [one.why for one in outcomes if isinstance(one, NoScore)]
    note_missing(request, reasons, [part for one in results for part in one.degraded])
    return results


def missing_as(
    decision: Literal["allow", "review"], given: Sequence[AdIn], model: str, settings: Settings
) -> Callable[[int, NoScore], Undecided]:
    """What stands for an ad without a score, by its position."""

    def missing(position: int, why: NoScore) -> Undecided:
        unscored(why.why, decision)
        return undecided(given[position], why, decision, model, settings.review_queue)

    return missing


def placed(
    outcomes: Sequence[Answer | NoScore], results: Sequence[Result],
    missing: Callable[[int, NoScore], Missing],
) -> list[Result | Missing]:  # fmt: skip
    """The results in the places of their ads, among those that have none."""
    following = iter(results)
    return [
        missing(position, one) if isinstance(one, NoScore) else next(following)
        for position, one in enumerate(outcomes)
    ]


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


async def kept(
    runtime: Runtime, answered: list[Answered], until: float | None = None
) -> list[Result]:
    """The results, with our id of those that go to the review queue. An answer does not wait for a
    database that is away, or longer than its caller does: the queue misses the ad, and log and
    result say so."""
    settings, left = runtime.settings, left_s(until)
    if not settings.review_queue or not answered:
        return [one.result for one in answered]
    try:
        async with asyncio.timeout(PATIENCE_S if left is None else min(PATIENCE_S, left)):
            if runtime.database.is_silent():
                raise TimeoutError
            ids = await runtime.database.write(keep, runtime.vault, settings, answered)
    except (StoreUnavailable, SQLAlchemyError, TimeoutError) as error:
        told = {"ads": len(answered), "error": type(error).__name__}  # its words may hold values
        log.error("ads not kept for review", extra=told)
        return [unkept(one, settings) for one in answered]
    pairs = zip(answered, ids, strict=True)
    return [one.result.model_copy(update={"ad_id": ad_id}) for one, ad_id in pairs]


def unkept(one: Answered, settings: Settings) -> Result:
    """The result of an ad that could not be kept, which says so if it should have been."""
    if not due(one.answer.outcome.intended, settings):
        return one.result
    left_out("queue")
    return one.result.model_copy(update={"degraded": [*one.result.degraded, "queue"]})
