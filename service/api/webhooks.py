"""``/v1/webhooks``: addresses that results are sent to, their secrets, and dead letters."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from service.access import Caller, Scope, needs
from service.api.acting import who
from service.api.openapi import problems
from service.review import audit
from service.runtime import Runtime, runtime_of
from service.store import Vault
from service.store.base import now
from service.webhooks import letters, outbox, registry
from service.webhooks.shapes import (
    DeadLetters,
    Queued,
    Replayed,
    ReplayIn,
    RotateIn,
    SecretOut,
    WebhookIn,
    WebhookName,
    WebhookOut,
    WebhookRegistered,
    Webhooks,
)
from service.webhooks.targets import Targets
from service.webhooks.views import all_of, dead_of, view

administering = needs(Scope.ADMIN)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[Depends(administering)])

Administering = Annotated[Caller, Depends(administering)]
Name = Annotated[WebhookName, Path()]
REGISTER: dict[str, Any] = {
    "endpoint": {"summary": "An endpoint", "value": {"url": "https://example.com/lurewatch"}}
}
ROTATE: dict[str, Any] = {
    "a day": {"summary": "The old secret signs for a day more", "value": {"overlap_hours": 24}}
}
REPLAY: dict[str, Any] = {
    "all": {"summary": "All that is dead", "value": {}},
    "since": {"summary": "What was written since", "value": {"since": "2026-11-26T00:00:00Z"}},
}


@router.put(
    "/{name}",
    responses={
        201: {"model": WebhookRegistered},
        **problems(400, 401, 403, 413, 415, 422, 503, 504),
    },
)
async def register(
    request: Request,
    response: Response,
    name: Name,
    given: Annotated[WebhookIn, Body(openapi_examples=REGISTER)],
    caller: Administering,
) -> WebhookRegistered:
    """Register an endpoint (201, with its signing secret, which is told this once), or change the
    address of one (200). The host is resolved, and every address of it must be one that anyone can
    reach; so it is again at each attempt."""
    runtime = runtime_of(request)
    settings = runtime.settings
    targets = Targets(settings.webhook_private_targets, settings.webhook_timeout_s)
    await targets.check(given.url)

    def work(session: Session) -> WebhookRegistered:
        secret = registry.register(session, runtime.vault, name, given.url)
        session.flush()
        did: audit.Action = "webhook_changed" if secret is None else "webhook_made"
        audit.note(session, settings, did, who(request, caller), about(name))
        shown = view(session, runtime.vault, name)
        return WebhookRegistered(**shown.model_dump(), secret=secret)

    done = await runtime.database.write(work)
    response.status_code = HTTPStatus.OK if done.secret is None else HTTPStatus.CREATED
    return done


def about(name: str, **more: int) -> audit.About:
    """An endpoint for the audit trail: never its address, which may hold a secret of theirs."""
    return audit.About(detail={"webhook": name, **more})


@router.get("", responses=problems(401, 403, 503))
async def all_webhooks(request: Request) -> Webhooks:
    """Every endpoint, with what waits for it. Never a secret."""
    runtime = runtime_of(request)
    return Webhooks(webhooks=await runtime.database.read(all_of, runtime.vault))


@router.get("/{name}", responses=problems(401, 403, 404, 422, 503))
async def one_webhook(request: Request, name: Name) -> WebhookOut:
    """One endpoint, with what waits for it. Never its secret."""
    runtime = runtime_of(request)
    return await runtime.database.read(view, runtime.vault, name)


@router.delete("/{name}", status_code=204, responses=problems(401, 403, 404, 422, 503, 504))
async def remove(request: Request, name: Name, caller: Administering) -> None:
    """Forget an endpoint and its secrets. Messages that wait for it are dead letters: they are sent
    if an endpoint of that name is registered again and they are replayed, else they expire."""
    runtime = runtime_of(request)

    def work(session: Session) -> None:
        registry.remove(session, name)
        audit.note(session, runtime.settings, "webhook_removed", who(request, caller), about(name))

    await runtime.database.write(work)


@router.post("/{name}/secret", responses=problems(400, 401, 403, 404, 413, 415, 422, 503, 504))
async def rotate(
    request: Request,
    name: Name,
    caller: Administering,
    given: Annotated[RotateIn | None, Body(openapi_examples=ROTATE)] = None,
) -> SecretOut:
    """Replace the signing secret. Meanwhile messages carry a signature by each, so that a receiver
    can change over when it likes."""
    runtime = runtime_of(request)
    overlap = timedelta(hours=(given or RotateIn()).overlap_hours)

    def work(session: Session) -> str:
        secret = registry.rotate(session, runtime.vault, name, overlap)
        audit.note(session, runtime.settings, "webhook_rotated", who(request, caller), about(name))
        return secret

    return SecretOut(secret=await runtime.database.write(work))


@router.post("/{name}/enable", responses=problems(401, 403, 404, 413, 415, 422, 503, 504))
async def enable(request: Request, name: Name, caller: Administering) -> WebhookOut:
    """Send to an endpoint again that was disabled or asked for a pause. Dead letters stay dead
    until they are replayed."""
    runtime = runtime_of(request)

    def work(session: Session) -> WebhookOut:
        registry.enable(session, name)
        session.flush()
        audit.note(session, runtime.settings, "webhook_enabled", who(request, caller), about(name))
        return view(session, runtime.vault, name)

    found = await runtime.database.write(work)
    runtime.bell.set()
    return found


@router.post(
    "/{name}/test", status_code=202, responses=problems(401, 403, 404, 413, 415, 422, 503, 504)
)
async def send_test(request: Request, name: Name) -> Queued:
    """Send a message of the type `webhook.test` on the way that results take."""
    runtime = runtime_of(request)
    body = {"type": "webhook.test", "timestamp": now().isoformat(), "data": {"webhook": name}}
    return Queued(id=await put(runtime, name, orjson.dumps(body)))


async def put(runtime: Runtime, name: str, payload: bytes) -> str:
    """Into the outbox, for an endpoint that is there and in use."""

    def work(session: Session, vault: Vault) -> str:
        registry.found(session, name)
        registry.usable(session, name)
        return outbox.enqueue(session, vault, endpoint=name, submission=None, payload=payload)

    message = await runtime.database.write(work, runtime.vault)
    runtime.bell.set()
    return message


@router.get("/{name}/dead", responses=problems(401, 403, 404, 422, 503))
async def dead(
    request: Request, name: Name, limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    since: AwareDatetime | None = None,
) -> DeadLetters:  # fmt: skip
    """Messages that were given up, the newest first: after the last attempt, or because the
    endpoint answered `410 Gone`."""
    return await runtime_of(request).database.read(dead_of, name, since, limit)


@router.post("/{name}/replay", responses=problems(400, 401, 403, 404, 413, 415, 422, 503, 504))
async def replay(
    request: Request,
    name: Name,
    caller: Administering,
    given: Annotated[ReplayIn | None, Body(openapi_examples=REPLAY)] = None,
) -> Replayed:
    """Send dead messages again, from the first attempt on: the same bytes under the same
    `webhook-id`."""
    runtime = runtime_of(request)
    wanted = given or ReplayIn()

    def work(session: Session) -> int:
        registry.found(session, name)
        registry.usable(session, name)
        count = sum(letters.replay(session, name, wanted.ids, wanted.since).values())
        told = about(name, messages=count)
        audit.note(session, runtime.settings, "webhook_replayed", who(request, caller), told)
        return count

    count = await runtime.database.write(work)
    runtime.bell.set()
    return Replayed(replayed=count)
