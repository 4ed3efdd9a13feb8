"""Connections to PostgreSQL that are open, so that they can be cut.

A server that hangs, and does not go, keeps whoever asked it waiting without end: its system still
confirms what arrives, so no time limit of a connection helps.
"""

import os
import socket
from contextlib import suppress
from typing import Any
from weakref import WeakSet


class Connected:
    """Those of one engine."""

    def __init__(self) -> None:
        self._open: WeakSet[Any] = WeakSet()

    def add(self, connection: Any, _record: object) -> None:
        """One that the driver has just made."""
        self._open.add(connection)

    def cut(self) -> None:
        """End them all: who waits for an answer gets an error of the driver instead."""
        for one in tuple(self._open):
            if not one.closed:
                with suppress(OSError), socket.socket(fileno=os.dup(one.fileno())) as line:
                    line.shutdown(socket.SHUT_RDWR)
