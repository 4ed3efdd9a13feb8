"""``python -m service serve``: the service over HTTP."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Annotated

import typer

KEEP_ALIVE_S = 75
"""A connection stays open for so long between two requests: a person reads and pastes in that time,
and a new one costs their phone two or three round trips. Longer than nginx keeps its own (60)."""

SWITCH_S = 2e-4
"""How long a thread keeps the interpreter from one that has its answer from the model. Python's own
is 5 ms: on two processors a twentieth of their time went by so, with 16 callers."""

GRACE_S = 30
"""For what is being answered when the service is told to stop."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address; LUREWATCH_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; LUREWATCH_PORT.")] = None,
) -> None:
    """Serve over HTTP until stopped. Settings come from LUREWATCH_* variables."""
    gc.disable()  # little of what a start makes is garbage, and it makes much
    switch_s = sys.getswitchinterval()
    try:
        run(host, port)
    finally:
        gc.enable()
        sys.setswitchinterval(switch_s)


def run(host: str | None, port: int | None) -> None:
    """Start, and serve."""
    with ThreadPoolExecutor(1) as beside:  # reads files, while this thread imports
        beside.submit(read_ahead)
        from service import logs
        from service.commands.listening import must_be_free
        from service.commands.settings import read_settings
        from service.engine import Engine

        settings = read_settings(host=host, port=port)
        must_be_free(settings.host, settings.port)
        logs.configure(settings.log_level)
        begun = beside.submit(Engine.start, settings)
        import uvicorn

        from service.app import create_app
        from service.connections import Limits, protocol, raise_file_limit
        from service.observing.opening import opened
        from service.runtime import open_store
        from service.stopping import Server

        engine = begun.result()  # a bundle that cannot serve is told here, in one line
    store = open_store(settings)  # and so is a database that cannot be used
    observer = opened(settings)
    application = create_app(settings, store=lambda _: store, begun=engine, observer=observer)
    del engine, begun  # the application may put another in its place
    limits = Limits(settings.slow_caller_s, settings.max_connections)
    raise_file_limit(limits.connections)
    config = uvicorn.Config(
        application,
        host=settings.host, port=settings.port, log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S, http=protocol(limits, observer.metrics),
        proxy_headers=False,  # see service/clients.py
    )  # fmt: skip
    gc.enable()
    sys.setswitchinterval(SWITCH_S)
    with suppress(KeyboardInterrupt):
        Server(config, application.state.stop).run()


def read_ahead() -> None:
    """What every bundle needs; an engine that starts finds it read."""
    from service.language import identifier

    identifier()
