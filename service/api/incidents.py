"""``/v1/incidents``: new wordings, told by examples, that every score is matched with."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from sqlalchemy.orm import Session

from service.access import Caller, Scope, needs
from service.api.acting import who
from service.api.openapi import problems
from service.errors import IncidentRefused
from service.incidents import live, registry
from service.incidents.learning import background_of, learn
from service.incidents.matching import Wording, smallest_rate
from service.incidents.shapes import (
    IncidentDetail,
    IncidentIn,
    IncidentList,
    IncidentName,
    IncidentOut,
)
from service.incidents.views import detail, outline
from service.review import audit
from service.runtime import Runtime, runtime_of
from service.store.base import now

using = needs(Scope.REVIEW, Scope.ADMIN)

router = APIRouter(prefix="/v1/incidents", tags=["incidents"], dependencies=[Depends(using)])

Using = Annotated[Caller, Depends(using)]
Name = Annotated[IncidentName, Path()]
PUT: dict[str, Any] = {
    "new": {
        "summary": "A wording that appeared this morning",
        "value": {
            "definition": "Pay for rating hotels, then a deposit to release the wages",
            "examples": [
                "Rate five hotels a day from your phone, 40 USD. On day three you top up 60 "
                "to release your wages, you get it back with a bonus.",
                "Travel partner needs reviewers. Paid daily; your account is unlocked once you "
                "recharge it.",
            ],
            "counter_examples": [
                "Mystery guests wanted: we pay the night and 30 for your report. No fees, ever."
            ],
            "harms": ["task_based_job_scam"],
        },
    }
}


@router.put(
    "/{name}",
    responses={
        201: {"model": IncidentOut},
        **problems(400, 401, 403, 413, 415, 422, 429, 503, 504),
    },
)
async def put(
    request: Request,
    response: Response,
    name: Name,
    given: Annotated[IncidentIn, Body(openapi_examples=PUT)],
    caller: Using,
) -> IncidentOut:
    """Put an incident (201), or replace one (200). Within a second every score, by every process on
    the database, says how like it an ad is: in any language, whatever that of the examples. Its
    texts are kept, contacts replaced, until it expires. `measured` says what it does on texts that
    are known: look at it before a policy acts on the incident."""
    runtime = runtime_of(request)
    least = smallest_rate(background_of(runtime.engine))
    if given.false_positive_rate < least:
        raise IncidentRefused(
            "/false_positive_rate",
            f"the background of the bundle can show {least:.4f} at least; ask for that or more",
        )
    texts = [*given.examples, *given.counter_examples]
    read = await learn(runtime.engine, [one.ad_in() for one in texts])
    new = [registry.New(one, learnt) for one, learnt in zip(texts, read, strict=True)]
    bundle = live.bundle_id(runtime.engine)

    def work(session: Session) -> bool:
        is_new = registry.put(session, runtime.vault, name, given, new, bundle, now())
        about = audit.About(detail={"incident": name, "examples": len(new)})
        audit.note(session, runtime.settings, "incident_put", who(request, caller), about)
        return is_new

    is_new = await runtime.database.write(work)
    await live.look_again(runtime)
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    kept = await runtime.database.read(registry.one, name, now())
    (shown,) = await shown_of(runtime, [kept])
    return shown


@router.get("", responses=problems(401, 403, 503))
async def all_incidents(request: Request) -> IncidentList:
    """Every live incident, without its texts."""
    runtime = runtime_of(request)
    background_of(runtime.engine)
    kept = await runtime.database.read(registry.live, now())
    return IncidentList(incidents=await shown_of(runtime, kept))


@router.get("/{name}", responses=problems(401, 403, 404, 422, 503))
async def one_incident(request: Request, name: Name) -> IncidentDetail:
    """One incident with its texts, contacts replaced."""
    runtime = runtime_of(request)
    background_of(runtime.engine)
    kept = await runtime.database.read(registry.one, name, now())
    (shown,) = await shown_of(runtime, [kept])
    return detail(runtime.vault, shown, kept)


@router.delete("/{name}", status_code=204, responses=problems(401, 403, 404, 422, 503, 504))
async def remove(request: Request, name: Name, caller: Using) -> None:
    """Forget an incident and its texts. Export its rows before, if training is to have them:
    `python -m service incidents export`."""
    runtime = runtime_of(request)

    def work(session: Session) -> None:
        registry.remove(session, name, now())
        about = audit.About(detail={"incident": name})
        audit.note(session, runtime.settings, "incident_removed", who(request, caller), about)

    await runtime.database.write(work)
    if runtime.engine.background is not None:
        await live.look_again(runtime)


async def shown_of(runtime: Runtime, kept: Sequence[registry.Kept]) -> list[IncidentOut]:
    """Incidents without their texts."""
    engine, vault = runtime.engine, runtime.vault
    found: dict[str, Wording] = await live.wordings_of(engine, vault, kept, runtime.incidents)
    background = background_of(engine)
    return await asyncio.to_thread(
        lambda: [
            outline(vault, one, found[one[0].name], background)
            for one in kept
            if one[0].name in found
        ]
    )
