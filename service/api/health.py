"""``/health/live`` and ``/health/ready``, for whoever restarts or routes."""

from fastapi import APIRouter, Request

from service.api.openapi import problems
from service.runtime import runtime_of

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/ready", responses=problems(503))
async def ready(request: Request) -> dict[str, str]:
    """A bundle is loaded and warm; 503 until then and while stopping."""
    return {"status": "ready", "model": runtime_of(request).engine.name}
