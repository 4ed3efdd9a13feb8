"""``/v1/queue``: ads that wait for a reviewer."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request

from service.access import Caller, Scope, needs
from service.api.examples import CLAIMS
from service.api.openapi import problems
from service.api.reviewing import (
    Claim,
    ClaimResponse,
    QueuedAd,
    QueueFilter,
    QueuePage,
    QueueQuery,
)
from service.review import learning
from service.review import queue as waiting
from service.review.naming import checked
from service.review.places import parse
from service.review.words import reviewer_of
from service.runtime import Runtime, runtime_of

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


@router.get("/v1/queue", responses=problems(401, 403, 422, 429, 503))
async def queue(
    request: Request, asked: Annotated[QueueQuery, Query()], caller: Reviewing
) -> QueuePage:
    """Ads that wait for a reviewer; there are some only where the review queue is on. The harm to
    expect comes first, by bands of ten points of `priority`; within a band the ad whose score is
    nearest to a threshold, where a person's word changes most; of equal ones the older. With
    `order=learning` what teaches the model most comes first, and each ad says why."""
    runtime = runtime_of(request)
    who = None if asked.for_reviewer is None else reviewer_of(runtime.vault, asked.for_reviewer)
    if asked.order == "learning":
        return QueuePage(ads=await to_learn(runtime, asked, who, asked.limit), after=None)
    after = None if asked.after is None else parse(asked.after)
    ads, following = await runtime.database.read(
        waiting.page, runtime.vault, asked, who, after, asked.limit
    )
    return QueuePage(ads=ads, after=following)


@router.post("/v1/queue/claim", responses=problems(400, 401, 403, 413, 415, 422, 429, 503, 504))
async def claim(
    request: Request,
    given: Annotated[Claim, Body(openapi_examples=CLAIMS)],
    caller: Reviewing,
) -> ClaimResponse:
    """Take ads of the queue on the desk, in its order: for 15 minutes, or until feedback on them,
    no other reviewer is given them. None where none is free. Sent twice it takes twice as many:
    where the answer was lost, ask with `again` for those that it held."""
    runtime = runtime_of(request)
    who = reviewer_of(runtime.vault, given.reviewer)
    if given.order == "learning":
        return ClaimResponse(ads=await claimed_to_learn(runtime, given, who))
    ads = await runtime.database.write(
        waiting.claim, runtime.vault, given, who, given.count, given.again
    )
    return ClaimResponse(ads=ads)


@router.get("/v1/queue/{ad_id}", responses=problems(401, 403, 404, 422, 503))
async def queued_ad(request: Request, ad_id: str, caller: Reviewing) -> QueuedAd:
    """One ad that is or was in the queue, until it expires."""
    runtime = runtime_of(request)
    return await runtime.database.read(waiting.one, runtime.vault, checked(ad_id))


async def to_learn(
    runtime: Runtime, which: QueueFilter, reviewer: str | None, count: int
) -> list[QueuedAd]:
    """Ads in the learning order."""
    picks = await learning.picks(
        runtime.engine, runtime.database, runtime.vault, which, reviewer, count
    )
    ads = await runtime.database.read(waiting.these, runtime.vault, [one.ad_id for one in picks])
    return learning.told(ads, picks)


async def claimed_to_learn(runtime: Runtime, given: Claim, reviewer: str) -> list[QueuedAd]:
    """The same, on the reviewer's desk. Twice as many are picked: others claim meanwhile. What was
    claimed before is not picked again, and says no reasons."""
    database, vault = runtime.database, runtime.vault
    before = (
        await database.write(waiting.claim_again, vault, given, reviewer, given.count)
        if given.again
        else []
    )
    count = given.count - len(before)
    if count == 0:
        return before
    picks = await learning.picks(
        runtime.engine, database, vault, given, reviewer, 2 * count, free=True
    )
    ids = [one.ad_id for one in picks]
    ads = await database.write(waiting.claim_these, vault, ids, reviewer, count)
    return [*before, *learning.told(ads, picks)]
