"""The application: wiring, nothing else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from service import failed_page, problems
from service.api import (
    ads,
    assets,
    campaigns,
    checker,
    console,
    console_pages,
    feedback,
    health,
    incidents,
    metrics,
    model,
    platforms,
    queue,
    report_page,
    reports,
    score,
    statements,
    stream,
    submissions,
    webhooks,
)
from service.api.openapi import made_in_a_thread, with_scopes
from service.background import Background, Job
from service.changeover.serving import Serving, listening
from service.edge import Edge
from service.engine import Engine
from service.errors import ModelUnavailable
from service.headers import CORS, SafeHeaders
from service.help import load as load_help
from service.incidents import live
from service.integrations import coop, openai, perspective, perspective_discovery, pigeon, tei
from service.integrations.dialects import DIALECTS
from service.integrations.label_studio import api as label_studio
from service.observing.observer import Observer
from service.observing.opening import opened as opened_observer
from service.observing.scraping import Scraping
from service.runtime import Runtime, open_store
from service.settings import Settings
from service.shadow.shadow import Shadow
from service.statements.action import load as load_actions
from service.store import Database, Vault, retention
from service.submissions.worker import Worker as SubmissionWorker
from service.values import MAX_VALUES, VALUES_PER_AD
from service.webhooks.sender import Sender as WebhookSender
from service.webhooks.targets import Targets

DESCRIPTION = """\
Says how likely a text is a **lure**: a fake job offer by which trafficking networks and recruitment
fraudsters draw people in. Answers mean "indicators present, verify", never "this is trafficking".
"""

RESOURCES = (
    score, submissions, stream, feedback, queue, ads, statements, campaigns, incidents, reports,
    webhooks, model, health, metrics, perspective, perspective_discovery, openai, tei, pigeon, coop,
    platforms, label_studio,
)  # fmt: skip

PAGES = (checker, report_page, assets)
"""What people open, unless the operator wants the interface alone."""

CONSOLE = (console, console_pages)
"""What reviewers open, where there is something to review."""

log = logging.getLogger(__name__)


def jobs_of(serving: Serving) -> dict[str, Job]:
    """What goes on beside requests, by name."""
    runtime = serving.current
    jobs = {
        "submissions": SubmissionWorker(lambda: serving.current).run,
        "webhooks": webhook_sender(runtime).run,
        "retention": retention.job(runtime.database, runtime.settings),
        "key_use": runtime.key_use.job(runtime.database),
    }
    if runtime.shadow is not None:
        jobs["shadow"] = runtime.shadow.run
    return jobs


def webhook_sender(runtime: Runtime) -> WebhookSender:
    """Sends what is in the outbox."""
    sent = runtime.observer.metrics.webhooks  # not the runtime, which holds a bundle
    settings = runtime.settings
    targets = Targets(settings.webhook_private_targets, settings.webhook_timeout_s)
    return WebhookSender(
        runtime.database, runtime.vault, targets, settings.webhook_timeout_s, runtime.bell,
        told=lambda outcome: sent.labels(outcome).inc(),
    )  # fmt: skip


def create_app(
    settings: Settings,
    start: Callable[[Settings], Engine] = Engine.start,
    store: Callable[[Settings], tuple[Database, Vault]] = open_store,
    begun: Engine | None = None,
    observer: Observer | None = None,
) -> FastAPI:
    """The service over the bundle that ``settings`` name. ``start`` is the seam for tests, and what
    makes the engines of later bundles; ``store``, ``begun`` and ``observer`` are for who has opened
    the one, started the first engine or begun to watch already."""
    up: list[Serving] = []
    observer = observer or opened_observer(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        nonlocal begun
        database, vault = store(settings)
        engine, begun = begun or start(settings), None
        shadow = Shadow.of(settings, start)
        runtime = Runtime(settings, engine, database, vault, shadow=shadow, observer=observer)
        await live.prepare(runtime)
        await platforms.look_for_webhook(app.state.platforms, database)
        up.append(Serving(runtime, start))
        jobs, failures = jobs_of(up[0]), observer.metrics.job_failures
        for name in jobs:
            failures.labels(name)  # told as 0, so that the first failure is an increase
        background = Background(jobs, lambda name: failures.labels(name).inc())
        log.info("ready", extra={"model": engine.name})
        del engine, runtime  # others may take their place; then nothing holds the memory
        with listening(up[0]):
            yield
        await background.close()
        await live.close(up[0].current.incidents)
        up.pop().current.engine.scorer.close()
        if shadow is not None:
            shadow.close()
        database.close()
        await asyncio.to_thread(observer.close)

    def serving() -> Serving:
        if not up:
            raise ModelUnavailable("no bundle is loaded; the service is starting or stopping")
        return up[0]

    def stop() -> None:
        for one in up:
            one.current.ending.give()

    # As FastAPI, but /docs takes its script and style from a package: no third party's script runs
    # on a page where people paste messages, and it opens on a closed network.
    app: FastAPI = FastAPIOffline(
        title="Lurewatch", version="1", description=DESCRIPTION, lifespan=lifespan, redoc_url=None,
        # Behind a proxy with TLS it would send the body again in the clear.
        redirect_slashes=False,
    )  # fmt: skip
    with_scopes(app)
    made_in_a_thread(app)
    app.state.runtime = lambda: serving().current
    app.state.serving = serving
    app.state.stop = stop
    app.state.statement_actions = load_actions(settings.statements)
    app.state.settings = settings
    app.state.scraping = Scraping(observer.metrics, app.state.runtime)
    app.state.help_book = load_help(settings.help_file)
    app.state.coop = coop.opened(settings)
    app.state.platforms = platforms.opened(settings)
    problems.install(app, DIALECTS, failed_page.shown)
    pages = [*PAGES] if settings.checker else []
    if settings.console and settings.review_queue:
        pages += CONSOLE
    for resource in (*RESOURCES, *pages):
        app.include_router(resource.router)
    # Not asked of the OpenAPI document, which takes half a second and is made when it is wanted.
    paths = {
        route.path
        for resource in (*RESOURCES, *pages)
        for route in resource.router.routes
        if isinstance(route, APIRoute)
    }
    app.add_middleware(
        Edge, max_body_bytes=settings.max_body_bytes,
        max_values=MAX_VALUES + VALUES_PER_AD * settings.max_request_ads, paths=paths,
        dialects=DIALECTS, shown=failed_page.shown, observer=observer,
    )  # fmt: skip
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **CORS)
    app.add_middleware(SafeHeaders, hsts_days=settings.hsts_days, trusted=settings.trusted_proxies)
    return app
