"""``GET /v1/model`` and below: what is being served, with its thresholds and its card; another
bundle in its place; how a challenger would have decided."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from models.ad import MAX_TEXT_CHARS
from service.access import Caller, Scope, needs
from service.api.acting import who
from service.api.openapi import problems
from service.api.schemas import ModelCard, ModelChange, ShadowReport
from service.changeover.serving import Serving
from service.errors import NoShadow, StoreUnavailable
from service.review import audit
from service.runtime import runtime_of
from service.shadow.report import report

log = logging.getLogger(__name__)

router = APIRouter(tags=["model"])


@router.get("/v1/model", responses=problems(503))
async def model(request: Request) -> ModelCard:
    """Name, labels, limits, operating points and card of the bundle."""
    runtime = runtime_of(request)
    engine = runtime.engine
    manifest = engine.bundle.manifest
    return ModelCard.model_validate(
        {
            "name": manifest.name,
            "created": manifest.created,
            "encoder": manifest.encoder,
            "precision": manifest.precision,
            "kinds": manifest.kinds,
            "harms": manifest.harms,
            "indicators": manifest.indicators,
            "window_tokens": manifest.limits.window_tokens,
            "max_text_chars": MAX_TEXT_CHARS,
            "max_request_ads": runtime.settings.max_request_ads,
            "operating_points": engine.bundle.calibration.operating_points,
            "policy": engine.policy.label,
            "card": engine.bundle.card,
        }
    )


@router.post("/v1/model/reload", responses=problems(401, 403, 409, 413, 415, 503))
async def reload(
    request: Request, caller: Annotated[Caller, Depends(needs(Scope.ADMIN))]
) -> ModelChange:
    """Serve what the registry's champion is now, in this process, with the policy files read again.
    The bundle is loaded, warmed and tested beside the one that serves, and reads the examples of
    live incidents again; no request waits for it, and none is lost. Where it fails, the answer is
    409 and nothing has changed. Needs scope `admin` where keys are asked for. Several processes:
    ask each, or send each SIGHUP, which does the same.
    """
    serving: Serving = request.app.state.serving()
    change = await serving.change()
    runtime = runtime_of(request)
    about = audit.About(detail={"before": change.before, "after": change.after})
    try:
        await runtime.database.write(
            audit.note, runtime.settings, "reload", who(request, caller), about
        )
    except StoreUnavailable:  # the bundle serves all the same
        log.warning("reload not noted in the audit trail: the database is away")
    return ModelChange(
        before=change.before,
        after=change.after,
        policy=change.policy,
        seconds=change.seconds,
        tested_texts=change.tested.texts,
        test_seconds=change.tested.seconds,
    )


@router.get("/v1/model/shadow", responses=problems(401, 403, 404, 503))
async def shadow(
    request: Request, _: Annotated[Caller, Depends(needs(Scope.ADMIN, Scope.REVIEW))]
) -> ShadowReport:
    """How the challenger of `LUREWATCH_SHADOW_BUNDLE` would have decided, against the bundle that
    serves: counts by slice, since both run in this process. No text is kept for it.
    """
    found = runtime_of(request).shadow
    if found is None:
        raise NoShadow
    return report(found)
