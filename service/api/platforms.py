"""``/v1/platforms``: webhooks of platforms, scored in the background as submissions are. An adapter
is imported with the first event, since most services have none."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from service.api.openapi import problems
from service.api.queued import announce, href_of
from service.api.schemas import AdIn, Shape
from service.api.score import checked
from service.deferred import imported
from service.errors import (
    BadJson,
    PlatformClosed,
    PlatformSignatureWrong,
    StoreUnavailable,
    UnknownId,
    UnknownWebhook,
)
from service.indicators import pick
from service.platforms.errors import PlatformError
from service.runtime import Runtime, runtime_of
from service.settings import Settings
from service.store import Database
from service.submissions.intake import Accepted, accept_event
from service.submissions.request import EventArrival, event_arrival
from service.submissions.scoring import parts
from service.submissions.shapes import SubmissionRequest
from service.webhooks.registry import usable

if TYPE_CHECKING:
    from service.platforms.base import Platform
    from service.platforms.mapping import Mapped
    from service.platforms.seen import Skipped

log = logging.getLogger(__name__)

router = APIRouter(prefix="/v1/platforms", tags=["platforms"])

EVENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "An event in the platform's own shape.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@dataclass(frozen=True, slots=True)
class Platforms:
    """What the operator said of theirs."""

    mastodon: str | None = field(repr=False)
    generic: str | None = field(repr=False)
    """Secrets that sign what they send."""

    mappings: Mapping[str, "Mapped"]
    webhook: str | None


class PlatformPart(Shape):
    """A submission that holds ads of an event."""

    submission: str
    """Its id."""

    href: str
    """Where its results will be."""

    ads: int
    """How many of the event's ads it holds."""


class PlatformTaken(Shape):
    """What became of an event."""

    state: Literal["queued", "skipped"]
    reason: str | None
    """Why it was skipped: it holds no ad."""

    ads: int
    """How many are scored."""

    submission: str | None
    """Id of the first, where there is one; the same event gets the same."""

    href: str | None
    """Where its results will be. Ads have the ids that `python -m service platform` gives them."""

    submissions: list[PlatformPart]
    """All of them, the event's ads in order. More than one where an event holds more than one
    request may: 256 ads, 200,000 characters. All are queued or none."""


SKIPPED: dict[int | str, dict[str, Any]] = {
    200: {"model": PlatformTaken, "description": "It holds no ad"}
}


def opened(settings: Settings) -> Platforms:
    """Secrets and mappings that the settings name.

    Raises :class:`~service.platforms.errors.PlatformError` or
    :class:`~service.platforms.mapping.MappingError`.
    """
    folder, secret = settings.platform_mappings, settings.platform_webhook_secret
    if (folder is None) != (secret is None):
        raise PlatformError(
            "set both LUREWATCH_PLATFORM_MAPPINGS and LUREWATCH_PLATFORM_WEBHOOK_SECRET, or none"
        )
    mastodon = settings.mastodon_webhook_secret
    return Platforms(
        None if mastodon is None else mastodon.get_secret_value(),
        None if secret is None else secret.get_secret_value(),
        {} if folder is None else mappings_in(folder),
        settings.platform_results_webhook,
    )


async def look_for_webhook(found: Platforms, database: Database) -> None:
    """Say at start where results can be told to nobody: platforms do not read what we answer."""
    if found.webhook is None:
        return
    try:
        await database.read(usable, found.webhook)
    except UnknownWebhook as error:
        said = {"endpoint": found.webhook, "reason": str(error)}
        log.warning("results of what platforms send are kept as dead letters", extra=said)
    except (StoreUnavailable, SQLAlchemyError):  # told elsewhere; it may come back
        return


def mappings_in(folder: Path) -> Mapping[str, "Mapped"]:
    """Loads the library that reads paths, for operators who have any."""
    from service.platforms.mapping import load_all

    return load_all(folder)


@router.post(
    "/mastodon",
    status_code=202,
    responses={**SKIPPED, **problems(400, 401, 413, 415, 422, 429, 503, 504)},
    openapi_extra=EVENT,
)
async def mastodon(request: Request, response: Response) -> PlatformTaken:
    """Take what a Mastodon server's administrative webhook sends (`status.created`,
    `status.updated`, `report.created`), signed in `X-Hub-Signature`. Ads are queued as by
    `POST /v1/submissions`, in as many submissions as it takes; Mastodon may send an event twice, it
    is scored once."""
    secret = platforms_of(request).mastodon
    if secret is None:
        raise PlatformClosed("LUREWATCH_MASTODON_WEBHOOK_SECRET")
    await imported("service.platforms.mastodon")
    from service.platforms.mastodon import SIGNATURE, Mastodon, signed

    body = await request.body()
    verify(signed(secret, body, request.headers.get(SIGNATURE, "")))
    return await taken(request, response, Mastodon(), "mastodon", body)


@router.post(
    "/generic/{mapping}",
    status_code=202,
    responses={**SKIPPED, **problems(400, 401, 404, 413, 415, 422, 429, 503, 504)},
    openapi_extra=EVENT,
)
async def generic(request: Request, response: Response, mapping: str) -> PlatformTaken:
    """Take an event of an in-house platform, read as the mapping file of that name says, and signed
    as it says. Ads are queued as by `POST /v1/submissions`, in as many submissions as it takes; an
    event that comes twice is scored once."""
    found = platforms_of(request)
    if found.generic is None:
        raise PlatformClosed("LUREWATCH_PLATFORM_MAPPINGS")
    mapped = found.mappings.get(mapping)
    if mapped is None:
        raise UnknownId("mapping")
    await imported("service.platforms.generic", "service.platforms.mastodon")
    from service.platforms.generic import Generic
    from service.platforms.mastodon import signed

    body = await request.body()
    header = request.headers.get(mapped.signature.header, "")
    verify(signed(found.generic, body, header, mapped.signature.prefix))
    return await taken(request, response, Generic(mapped), f"generic/{mapping}", body)


def platforms_of(request: Request) -> Platforms:
    """What the operator said."""
    found: Platforms = request.app.state.platforms
    return found


def verify(fits: bool) -> None:
    """Raises :class:`~service.errors.PlatformSignatureWrong`."""
    if not fits:
        raise PlatformSignatureWrong


async def taken(
    request: Request, response: Response, platform: "Platform", source: str, body: bytes
) -> PlatformTaken:
    """Queue the ads of an event. ``source``: where it came in; the same body from there is the same
    event. Raises as :func:`arrived`, or :func:`~service.submissions.intake.accept_event`."""
    runtime, webhook = runtime_of(request), platforms_of(request).webhook
    found = await asyncio.to_thread(arrived, runtime, webhook, platform, source, body)
    if not isinstance(found, EventArrival):
        response.status_code = 200
        return told(found.reason, ())
    limit = runtime.settings.max_pending_submissions
    accepted = await runtime.database.write(accept_event, found, limit)
    announce(request, response, accepted)
    return told(None, accepted)


def told(reason: str | None, accepted: Sequence[Accepted]) -> PlatformTaken:
    """What became of an event: its submissions, or why it has none."""
    first = accepted[0] if accepted else None
    return PlatformTaken(
        state="queued" if first else "skipped",
        reason=reason,
        ads=sum(one.ads for one in accepted),
        submission=first and first.id,
        href=first and href_of(first),
        submissions=[
            PlatformPart(submission=one.id, href=href_of(one), ads=one.ads) for one in accepted
        ],
    )


def arrived(
    runtime: Runtime, webhook: str | None, platform: "Platform", source: str, body: bytes
) -> "EventArrival | Skipped":
    """The ads in a body, ready to be queued, or why there are none; takes a large event a second,
    so not on the event loop. Raises as :func:`ads_in`, or :func:`~service.api.score.checked`."""
    found = ads_in(platform, body)
    if not isinstance(found, list):
        return found
    settings = runtime.settings
    given = [
        (SubmissionRequest(ads=tuple(part), webhook=webhook), checked(part, settings))
        for part in parts(found, settings.max_request_chars, settings.max_request_ads)
    ]
    return event_arrival(runtime.vault, source, body, given, pick(None, None))


def ads_in(platform: "Platform", body: bytes) -> "list[AdIn] | Skipped":
    """As the service takes them, or why there are none. Raises :class:`~service.errors.BadJson`, or
    what FastAPI raises for a body of its own."""
    from service.platforms.reading import seen_in
    from service.platforms.seen import BadEvent, Skipped

    try:
        seen = seen_in(platform, orjson.loads(body))
        if not isinstance(seen, list):
            return seen
        return [AdIn.model_validate(one.ad) for one in seen] or Skipped("no ad")
    except orjson.JSONDecodeError:
        raise BadJson("it cannot be read: no JSON, or not UTF-8") from None
    except BadEvent as error:
        raise malformed(str(error)) from None
    except ValidationError as error:  # of the adapter's ad: the same each time it is sent
        kind = type(error).__name__
        log.error("event not read: %s", kind, extra={"error": kind})
        raise malformed("it cannot be read as an event of this platform") from None


def malformed(reason: str) -> RequestValidationError:
    """What FastAPI raises for a body of its own."""
    return RequestValidationError([{"type": "platform_event", "loc": ("body",), "msg": reason}])
