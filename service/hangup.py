"""Work for a caller who may hang up: when they do, what was not begun is dropped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

Answer = TypeVar("Answer")


class CallerGone(Exception):
    """The connection was closed before there was an answer. Nobody is told; the log says 499."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """The work's answer. Cancels the work and raises :class:`CallerGone` if the caller goes first.

    The server itself cancels nothing: it only says so to whoever waits for the next message.
    """
    working = asyncio.ensure_future(work)
    going = asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait({working, going}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise CallerGone
    finally:
        going.cancel()
        working.cancel()


async def gone(request: Request) -> None:
    """Returns when the caller has gone. The request's body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
