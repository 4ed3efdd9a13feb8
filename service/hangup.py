"""Work for a caller who may hang up: when they do, what was not begun is dropped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request
from starlette.types import Scope

Answer = TypeVar("Answer")


LOST = "lurewatch.lost"
"""Among the extensions of a request's scope: what our server says of its connection, ``done`` once
that is lost. A body that is not read to its end tells of a hang-up only behind all that was sent.
"""


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


def lost(scope: Scope) -> asyncio.Future[None]:
    """Done when the connection is lost; never where the server is not ours (:data:`LOST`)."""
    told = (scope.get("extensions") or {}).get(LOST)
    if told is None:
        return asyncio.get_running_loop().create_future()
    done: asyncio.Future[None] = told["done"]
    return done
