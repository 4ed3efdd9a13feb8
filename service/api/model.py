"""``GET /v1/model``: what is being served, with its thresholds and its card."""

from fastapi import APIRouter, Request

from models.ad import MAX_TEXT_CHARS
from service.api.openapi import problems
from service.api.schemas import ModelCard
from service.runtime import runtime_of

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
