"""``/v1/platforms``: webhooks of platforms, scored in the background as submissions are. An adapter
is imported with the first event, since most services have none."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError

from service.api.openapi import problems
from service.api.queued import href_of, queued
from service.api.schemas import AdIn, Shape
from service.api.score import ads_of
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
from service.runtime import runtime_of
from service.settings import Settings
from service.store import Database
from service.submissions.request import arrival
from service.submissions.shapes import SubmissionRequest
from service.webhooks.registry import usable

if TYPE_CHECKING:
    from service.platforms.base import Platform
    from service.platforms.mapping import Mapped
    from service.platforms.seen import Seen, Skipped

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


class PlatformTaken(Shape):
    """What became of an event."""

    state: Literal["queued", "skipped"]
    reason: str | None
    """Why it was skipped: it holds no ad."""

    ads: int
    """How many are scored."""

    submission: str | None
    """Its id, where there is one; the same event gets the same."""

    href: str | None
    """Where the results will be. Ads have the ids that `python -m service platform` gives them."""


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
    `POST /v1/submissions`; Mastodon may send an event twice, it is scored once."""
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
    as it says. Ads are queued as by `POST /v1/submissions`."""
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
    return await taken(request, response, Generic(mapped), mapping, body)


def platforms_of(request: Request) -> Platforms:
    """What the operator said."""
    found: Platforms = request.app.state.platforms
    return found


def verify(fits: bool) -> None:
    """Raises :class:`~service.errors.PlatformSignatureWrong`."""
    if not fits:
        raise PlatformSignatureWrong


async def taken(
    request: Request, response: Response, platform: "Platform", name: str, body: bytes
) -> PlatformTaken:
    """Queue the ads of an event. Raises as ``POST /v1/submissions`` does."""
    from service.platforms.seen import Skipped

    seen = read(platform, body)
    if isinstance(seen, Skipped):
        response.status_code = 200
        return PlatformTaken(state="skipped", reason=seen.reason, ads=0, submission=None, href=None)
    runtime = runtime_of(request)
    webhook = platforms_of(request).webhook
    given = SubmissionRequest(
        ads=tuple(AdIn.model_validate(one.ad) for one in seen), webhook=webhook
    )
    ads = ads_of(given, runtime.settings)
    key = f"{name}-{hashlib.sha256(body).hexdigest()}"
    arrived = arrival(runtime.vault, given, ads, pick(None, None), key)
    accepted = await queued(request, response, arrived, tellable=False)
    return PlatformTaken(
        state="queued",
        reason=None,
        ads=accepted.ads,
        submission=accepted.id,
        href=href_of(accepted),
    )


def read(platform: "Platform", body: bytes) -> "list[Seen] | Skipped":
    """The ads in a body, or why there are none. Raises :class:`~service.errors.BadJson`, or what
    FastAPI raises for a body of its own."""
    from service.platforms.seen import BadEvent

    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadJson("it cannot be read: no JSON, or not UTF-8") from None
    try:
        if not isinstance(event, dict):
            raise BadEvent("not a JSON object")
        return platform.read(event)
    except BadEvent as error:
        told = {"type": "platform_event", "loc": ("body",), "msg": str(error)}
        raise RequestValidationError([told]) from None
