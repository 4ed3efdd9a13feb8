"""``/v1/feedback``: what reviewers say of ads."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from sqlalchemy.orm import Session

from service.access import Caller, Scope, needs
from service.api.acting import who
from service.api.examples import FEEDBACK
from service.api.openapi import problems
from service.api.reviewing import (
    DisagreementPage,
    FeedbackRequest,
    FeedbackResponse,
    WordKept,
)
from service.errors import BatchTooLarge
from service.review import audit, disagreements, words
from service.review.naming import Spoken
from service.review.places import After, parse
from service.review.subject import given_along
from service.runtime import Runtime, runtime_of
from service.scoring.scorer import cost

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


@router.post(
    "/v1/feedback", status_code=201, responses=problems(400, 401, 403, 404, 413, 415, 422, 503, 504)
)
async def feedback(
    request: Request,
    given: Annotated[FeedbackRequest, Body(openapi_examples=FEEDBACK)],
    caller: Reviewing,
) -> FeedbackResponse:
    """Keep what reviewers say: 1 to 256 words, all of them or none. No word replaces another: who
    changes their mind says so anew, and the latest of each reviewer counts. An ad leaves the queue
    with its first word, or its second reviewer's where two are wanted
    (`LUREWATCH_DOUBLE_REVIEW_SHARE`). For ads that are not kept here, give the `ad` along."""
    runtime = runtime_of(request)
    chars = sum(cost(word.ad.ad()) for word in given.feedback if word.ad is not None)
    if chars > runtime.settings.max_request_chars:
        raise BatchTooLarge(chars, runtime.settings.max_request_chars, "characters", "/feedback")
    spoken = await asyncio.to_thread(read, runtime, given)
    kept = await runtime.database.write(keep, runtime, spoken, who(request, caller))
    return FeedbackResponse(feedback=kept)


@router.get("/v1/feedback/disagreements", responses=problems(401, 403, 422, 503))
async def disagreement(
    request: Request,
    caller: Reviewing,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: After | None = None,
) -> DisagreementPage:
    """Ads on which reviewers differ in kind or harms, each with their latest word; the one that was
    spoken of last comes first. Both words stay: settle it by another word of one of them, or of a
    third reviewer."""
    runtime = runtime_of(request)
    place = None if after is None else parse(after)
    found, following = await runtime.database.read(
        disagreements.page, runtime.vault, place, limit
    )  # fmt: skip
    return DisagreementPage(disagreements=found, after=following)


def keep(session: Session, runtime: Runtime, spoken: list[Spoken], by: audit.Who) -> list[WordKept]:
    """The words, and a row of the audit trail for all of them."""
    kept = words.add(session, runtime.vault, runtime.settings, spoken)
    about = audit.About(detail={"words": len(kept)})
    audit.note(session, runtime.settings, "feedback", by, about)
    return kept


def read(runtime: Runtime, given: FeedbackRequest) -> list[Spoken]:
    """The words, with the ads that came along redacted."""
    render = runtime.engine.render
    return [
        Spoken(word, None if word.ad is None else given_along(word.ad, render))
        for word in given.feedback
    ]
