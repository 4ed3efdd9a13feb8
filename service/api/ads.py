"""``/v1/ads``: erasing what is kept of ads."""

import asyncio
import logging
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from sqlalchemy.orm import Session

from service.access import Caller, Scope, needs
from service.api.acting import who
from service.api.examples import ERASURES
from service.api.openapi import problems
from service.api.reviewing import Erased, EraseRequest
from service.errors import UnknownId
from service.review import audit
from service.review.erasure import Whose, erase
from service.review.naming import checked
from service.runtime import runtime_of
from service.store.base import new_id
from service.store.retention import tidy

log = logging.getLogger(__name__)

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


@router.delete("/v1/ads/{ad_id}", status_code=204, responses=problems(401, 403, 404, 422, 503, 504))
async def delete_ad(request: Request, ad_id: str, caller: Reviewing) -> None:
    """Erase an ad: its text and answer, what reviewers said of it, and its part of a submission's
    results and of messages to webhooks that are not delivered yet."""
    done = await erased(request, Whose(ad_ids=(checked(ad_id),)), caller)
    if not done.total():
        raise UnknownId("ad")


@router.post("/v1/ads/erase", responses=problems(400, 401, 403, 413, 415, 422, 503, 504))
async def erase_ads(
    request: Request,
    given: Annotated[EraseRequest, Body(openapi_examples=ERASURES)],
    caller: Reviewing,
) -> Erased:
    """Erase all ads of an author, or those that you name, as `DELETE /v1/ads/{ad_id}` does one.
    Nothing found is no error: it says 0."""
    runtime = runtime_of(request)
    done = await erased(request, Whose.of_request(given, runtime.vault), caller)
    return Erased.model_validate({**dict.fromkeys(Erased.model_fields, 0), **done})


async def erased(request: Request, whose: Whose, caller: Caller) -> Counter[str]:
    """Erase, and say in the log and the audit trail how many ads and by which key. Never which."""
    runtime = runtime_of(request)
    act = new_id("act")

    def note(session: Session, done: Counter[str]) -> None:
        about = audit.About(detail={"ads": done["ads"], "words": done["feedback"]})
        audit.note(session, runtime.settings, "erase", who(request, caller), about, act)

    done = await erase(runtime.database, runtime.vault, whose, note)
    await asyncio.to_thread(tidy, runtime.database)
    log.info("ads erased", extra={"ads": done["ads"], "key": caller.id})
    return done
