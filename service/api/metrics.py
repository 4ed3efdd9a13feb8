"""``GET /metrics``: figures of this process, for Prometheus."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, HTTPException, Request, Security
from fastapi.responses import Response

from service.access import BEARER, Scope, bearer, needs
from service.api.openapi import problems
from service.errors import StoreUnavailable
from service.observing.scraping import Scraping

router = APIRouter(tags=["health"])

SCOPES = Scope.METRICS, Scope.ADMIN

scope_asked_for = needs(*SCOPES)


async def may_read(request: Request) -> None:
    """As the setting says. Raises as :func:`service.access.needs`."""
    access = request.app.state.settings.metrics
    if access == "off":
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if access == "open":
        return
    scraping: Scraping = request.app.state.scraping
    key = bearer(request)
    try:
        await scope_asked_for(request)
    except StoreUnavailable:
        if not scraping.remembers(key):
            raise
    else:
        scraping.remember(key)


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=[Depends(may_read), Security(BEARER, scopes=SCOPES)],
    responses={
        200: {
            "description": "Prometheus' text format, or OpenMetrics",
            "content": {"text/plain": {}},
        },
        **problems(401, 403, 404, 503),
    },
)
async def metrics(request: Request) -> Response:
    """Counts and times of this process, and what waits in the database; no text and no id. In
    OpenMetrics where `Accept` names it. Needs scope `metrics` or `admin` where keys are asked for,
    unless the operator opened it.
    """
    scraping: Scraping = request.app.state.scraping
    body, media_type = await scraping.scrape(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": media_type})
