"""Submissions as they come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from service.api.schemas import Result, ScoreRequest, Shape
from service.webhooks.shapes import WebhookName

VISIBLE = re.compile(r"[!-~]{1,200}")


def checked(key: str) -> str:
    """An idempotency key that may be one."""
    if not VISIBLE.fullmatch(key):
        raise PydanticCustomError(
            "idempotency_key", "give 1 to 200 visible ASCII characters, such as a UUID"
        )
    return key


IdempotencyKey = Annotated[str, AfterValidator(checked)]


class SubmissionRequest(ScoreRequest):
    """Ads to score in the background, and whom to tell."""

    webhook: WebhookName | None = None
    """Name of a registered endpoint that is told the results; without it they are only kept for
    `GET /v1/submissions/{id}`."""


class AcceptedOut(Shape):
    """A submission that is on disk. The same request with the same `Idempotency-Key` gets the same
    answer, however far the submission has come since."""

    id: str
    """`sub_…`; whoever knows it can read the results."""

    state: Literal["queued"] = "queued"
    created_at: datetime
    ads: int
    """How many were accepted: all of the request."""

    href: str
    """Where the results will be; also in `Location`."""


class FailedAd(Shape):
    """In the place of an ad that could not be scored; the others were."""

    id: str | None
    """The ad's own, if it had one."""

    error: Literal["internal"]
    """A defect of ours, after several attempts."""


class ErasedAd(Shape):
    """In the place of an ad that was erased since."""

    id: None
    erased: Literal[True]


class ToldOut(Shape):
    """How far the webhook's message has come."""

    endpoint: str
    """The name that the request gave."""

    message: str | None
    """`msg_…`, the `webhook-id` of every attempt; null until there are results."""

    state: Literal["pending", "delivered", "dead"]
    """`dead`: given up, or the endpoint is disabled or removed."""

    attempts: int
    """How many ended, since it was written or replayed."""


class SubmissionOut(Shape):
    """A submission as it stands."""

    id: str
    state: Literal["queued", "done", "failed"]
    """`failed`: no ad could be scored."""

    created_at: datetime
    finished_at: datetime | None
    """When the results were written. They are kept for 72 hours from then, unless the operator
    chose another time."""

    ads: int
    """How many."""

    results: list[Result | FailedAd | ErasedAd] | None
    """In the order of the request, as `POST /v1/score` gives them; null while queued. Written once:
    every reader, and the webhook, gets the same bytes."""

    webhook: ToldOut | None
    """Null where none was asked for, or its message is no longer kept."""
