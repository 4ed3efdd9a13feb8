"""The application: wiring, nothing else."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from service import problems
from service.api import health, model, score
from service.edge import Edge
from service.engine import Engine
from service.errors import ModelUnavailable
from service.settings import Settings

DESCRIPTION = """\
Says how likely a text is a **lure**: a fake job offer by which trafficking networks and recruitment
fraudsters draw people in. Answers mean "indicators present, verify", never "this is trafficking".
"""

log = logging.getLogger(__name__)


def create_app(settings: Settings, start: Callable[[Settings], Engine] = Engine.start) -> FastAPI:
    """The service over the bundle that ``settings`` name. ``start`` is the seam for tests."""
    engines: list[Engine] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = start(settings)
        engines.append(engine)
        log.info("ready", extra={"model": engine.name})
        yield
        engines.clear()
        engine.scorer.close()

    def engine() -> Engine:
        if not engines:
            raise ModelUnavailable("no bundle is loaded; the service is starting or stopping")
        return engines[0]

    # As FastAPI, but /docs takes its script and style from a package: no third party's script runs
    # on a page where people paste messages, and it opens on a closed network.
    app: FastAPI = FastAPIOffline(
        title="Lurewatch", version="1", description=DESCRIPTION, lifespan=lifespan, redoc_url=None
    )
    app.state.settings = settings
    app.state.engine = engine
    problems.install(app)
    for resource in (score, model, health):
        app.include_router(resource.router)
    paths = app.openapi()["paths"]
    app.add_middleware(Edge, max_body_bytes=settings.max_body_bytes, paths=frozenset(paths))
    return app
