"""``/v1/queue``: ads that wait for a reviewer."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request

from service.access import Caller, Scope, needs
from service.api.examples import CLAIMS
from service.api.openapi import problems
from service.api.reviewing import Claim, ClaimResponse, QueuedAd, QueuePage, QueueQuery
from service.review import queue as waiting
from service.review.naming import checked
from service.review.places import parse
from service.review.words import reviewer_of
from service.runtime import runtime_of

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


@router.get("/v1/queue", responses=problems(401, 403, 422, 503))
async def queue(
    request: Request, asked: Annotated[QueueQuery, Query()], caller: Reviewing
) -> QueuePage:
    """Ads that wait for a reviewer; there are some only where the review queue is on. The harm to
    expect comes first, by bands of ten points of `priority`; within a band the ad whose score is
    nearest to a threshold, where a person's word changes most; of equal ones the older."""
    runtime = runtime_of(request)
    who = None if asked.for_reviewer is None else reviewer_of(runtime.vault, asked.for_reviewer)
    after = None if asked.after is None else parse(asked.after)
    ads, following = await runtime.database.read(
        waiting.page, runtime.vault, asked, who, after, asked.limit
    )
    return QueuePage(ads=ads, after=following)


@router.post("/v1/queue/claim", responses=problems(400, 401, 403, 413, 415, 422, 503))
async def claim(
    request: Request,
    given: Annotated[Claim, Body(openapi_examples=CLAIMS)],
    caller: Reviewing,
) -> ClaimResponse:
    """Take ads of the queue on the desk, in its order: for 15 minutes, or until feedback on them,
    no other reviewer is given them. None where none is free."""
    runtime = runtime_of(request)
    who = reviewer_of(runtime.vault, given.reviewer)
    ads = await runtime.database.write(waiting.claim, runtime.vault, given, who, given.count)
    return ClaimResponse(ads=ads)


@router.get("/v1/queue/{ad_id}", responses=problems(401, 403, 404, 422, 503))
async def queued_ad(request: Request, ad_id: str, caller: Reviewing) -> QueuedAd:
    """One ad that is or was in the queue, until it expires."""
    runtime = runtime_of(request)
    return await runtime.database.read(waiting.one, runtime.vault, checked(ad_id))
