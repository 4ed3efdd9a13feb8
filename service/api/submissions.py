"""``/v1/submissions``: ads in volume, scored in the background."""

import re
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Header, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import Scoring
from service.api.examples import SUBMISSION_REQUESTS
from service.api.openapi import problems
from service.api.queued import href_of, queued
from service.api.score import ads_of
from service.charging import charged
from service.errors import UnknownId
from service.indicators import pick
from service.runtime import runtime_of
from service.store import Vault
from service.store.base import now
from service.store.tables import Delivery, Submission
from service.submissions.finish import JSON
from service.submissions.request import arrival
from service.submissions.shapes import (
    AcceptedOut,
    IdempotencyKey,
    SubmissionOut,
    SubmissionRequest,
)

ID = re.compile(r"sub_[0-9a-f]{32}")

POLL_AFTER_S = 1
"""When to ask again for a submission that is queued."""

router = APIRouter(tags=["submissions"])


@router.post(
    "/v1/submissions",
    status_code=202,
    responses=problems(400, 401, 403, 413, 415, 422, 429, 503, 504),
)
async def submit(
    request: Request,
    response: Response,
    given: Annotated[SubmissionRequest, Body(openapi_examples=SUBMISSION_REQUESTS)],
    caller: Scoring,
    idempotency_key: Annotated[IdempotencyKey | None, Header()] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> AcceptedOut:
    """Hand over ads to be scored in the background. The answer comes once they are on disk: from
    then on they are scored whatever happens to the service, and answered once.

    Send an `Idempotency-Key` that no other request has, with whatever API key, such as a UUID, and
    repeat the request with it until there is an answer: nothing is queued twice. The key is known
    as long as the results. Until then the ads are kept sealed; with the results their words are
    gone, but for the review queue, where that is on. Needs scope `score` where keys are asked for.
    """
    runtime = runtime_of(request)
    ads = ads_of(given, runtime.settings)
    language = pick(accept_language, given.answer_language)
    arrived = arrival(runtime.vault, given, ads, language, idempotency_key)
    with charged(request, caller, len(ads)) as use:
        accepted = await queued(request, response, arrived)
        if use is not None and accepted.again:
            use.ads = 0
    return AcceptedOut(
        id=accepted.id,
        created_at=accepted.created_at,
        ads=accepted.ads,
        href=href_of(accepted),
    )


@router.get(
    "/v1/submissions/{id}",
    response_model=SubmissionOut,
    responses=problems(401, 403, 404, 422, 503),
)
async def submission(request: Request, id: str, caller: Scoring) -> Response:
    """A submission as it stands: results, once there are any, and how far the webhook's message has
    come. While it is queued, `Retry-After` says when to ask again. Needs scope `score` where keys
    are asked for; the id is 128 random bits, and any such key that has it may read."""
    runtime = runtime_of(request)
    if not ID.fullmatch(id):
        raise UnknownId("submission")
    waits, body = await runtime.database.read(told, runtime.vault, id, now())
    headers = {"Retry-After": str(POLL_AFTER_S)} if waits else None
    return Response(body, headers=headers, media_type="application/json")


def told(session: Session, vault: Vault, id: str, moment: datetime) -> tuple[bool, bytes]:
    """Whether it is queued, and a :class:`~service.submissions.shapes.SubmissionOut` with the very
    bytes that the worker wrote. Raises :class:`~service.errors.UnknownId`."""
    row = session.get(Submission, id)
    if row is None or (row.expires_at is not None and row.expires_at <= moment):
        raise UnknownId("submission")
    results = None if row.results is None else orjson.Fragment(vault.unseal_bytes(row.results))
    body = {
        "id": row.id,
        "state": row.state,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
        "ads": row.ads,
        "results": results,
        "webhook": webhook(session, row),
    }
    return row.state == "queued", orjson.dumps(body, option=JSON)


def webhook(session: Session, row: Submission) -> dict[str, object] | None:
    """A :class:`~service.submissions.shapes.ToldOut`, where one was asked for and is kept."""
    if row.webhook is None:
        return None
    if row.state == "queued":
        return {"endpoint": row.webhook, "message": None, "state": "pending", "attempts": 0}
    message = session.scalar(select(Delivery).where(Delivery.submission == row.id))
    if message is None:
        return None
    return {
        "endpoint": row.webhook,
        "message": message.id,
        "state": message.state,
        "attempts": message.attempts,
    }
