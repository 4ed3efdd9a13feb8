"""What a service process of the kill loop runs: ``python -m service serve``, as it is.

It is forked from a process that has read these modules already, since a kill takes a moment and
reading them takes seconds; nothing of the service has run there.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httptools  # noqa: F401 (read once, before the fork)
import psycopg  # noqa: F401
import uvicorn  # noqa: F401
import uvloop  # noqa: F401
from sqlalchemy import Engine, event

import service.app  # noqa: F401
from service.__main__ import main


def serve(environment: Mapping[str, str], port: int, log: Path, commits: Connection) -> None:
    """Serve until killed. A byte goes to ``commits`` just before each commit, if there is room."""
    os.environ.update(environment)
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    threading.Thread(target=die_with_parent, daemon=True).start()
    pipe = commits.fileno()
    os.set_blocking(pipe, False)

    def told(connection: Any) -> None:
        with contextlib.suppress(OSError):
            os.write(pipe, b".")

    event.listen(Engine, "commit", told)
    sys.exit(main(["serve", "--port", str(port)]))


def die_with_parent() -> None:
    """Outlive no loop that was itself killed."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
