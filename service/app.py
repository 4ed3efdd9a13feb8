"""The application: wiring, nothing else."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from service import problems
from service.api import (
    ads,
    campaigns,
    feedback,
    health,
    model,
    queue,
    reports,
    score,
    stream,
    submissions,
    webhooks,
)
from service.background import Background, Job
from service.edge import Edge
from service.engine import Engine
from service.errors import ModelUnavailable
from service.integrations import openai, perspective, perspective_discovery, pigeon, tei
from service.integrations.dialects import DIALECTS
from service.runtime import Runtime, open_store
from service.settings import Settings
from service.store import Database, Vault, retention
from service.submissions.worker import Worker as SubmissionWorker
from service.webhooks.sender import Sender as WebhookSender
from service.webhooks.targets import Targets

DESCRIPTION = """\
Says how likely a text is a **lure**: a fake job offer by which trafficking networks and recruitment
fraudsters draw people in. Answers mean "indicators present, verify", never "this is trafficking".
"""

RESOURCES = (
    score, submissions, stream, feedback, queue, ads, campaigns, reports, webhooks, model, health,
    perspective, perspective_discovery, openai, tei, pigeon,
)  # fmt: skip

log = logging.getLogger(__name__)


def jobs_of(runtime: Runtime) -> dict[str, Job]:
    """What goes on beside requests, by name."""
    return {
        "submissions": SubmissionWorker(runtime).run,
        "webhooks": webhook_sender(runtime).run,
        "retention": retention.job(runtime.database, runtime.settings),
    }


def webhook_sender(runtime: Runtime) -> WebhookSender:
    """Sends what is in the outbox."""
    settings = runtime.settings
    targets = Targets(settings.webhook_private_targets, settings.webhook_timeout_s)
    return WebhookSender(
        runtime.database, runtime.vault, targets, settings.webhook_timeout_s, runtime.bell
    )


def create_app(
    settings: Settings,
    start: Callable[[Settings], Engine] = Engine.start,
    store: Callable[[Settings], tuple[Database, Vault]] = open_store,
) -> FastAPI:
    """The service over the bundle that ``settings`` name. ``start`` is the seam for tests; both are
    for who has begun already."""
    runtimes: list[Runtime] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database, vault = store(settings)
        engine = start(settings)
        runtimes.append(Runtime(settings, engine, database, vault))
        background = Background(jobs_of(runtimes[0]))
        log.info("ready", extra={"model": engine.name})
        yield
        await background.close()
        runtimes.clear()
        engine.scorer.close()
        database.close()

    def runtime() -> Runtime:
        if not runtimes:
            raise ModelUnavailable("no bundle is loaded; the service is starting or stopping")
        return runtimes[0]

    # As FastAPI, but /docs takes its script and style from a package: no third party's script runs
    # on a page where people paste messages, and it opens on a closed network.
    app: FastAPI = FastAPIOffline(
        title="Lurewatch", version="1", description=DESCRIPTION, lifespan=lifespan, redoc_url=None,
        # Behind a proxy with TLS it would send the body again in the clear.
        redirect_slashes=False,
    )  # fmt: skip
    app.state.runtime = runtime
    problems.install(app, DIALECTS)
    for resource in RESOURCES:
        app.include_router(resource.router)
    paths = app.openapi()["paths"]
    app.add_middleware(
        Edge, max_body_bytes=settings.max_body_bytes, paths=frozenset(paths), dialects=DIALECTS
    )
    return app
