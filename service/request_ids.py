"""The id of the request that is being answered: in its log lines, its answer and its problem."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.datastructures import Headers

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}\Z")

TRACEPARENT = re.compile(r"^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-..\Z")
"""W3C Trace Context, section 3.2.2; the first group is the trace's id."""

_CURRENT: ContextVar[str | None] = ContextVar("request_id", default=None)


def id_of(headers: Headers) -> str:
    """The caller's ``X-Request-Id``, where it is one; else the id of the trace that the request
    belongs to; else a new one."""
    given = headers.get("x-request-id", "")
    if REQUEST_ID.match(given):
        return given
    trace = TRACEPARENT.match(headers.get("traceparent", ""))
    return trace[1] if trace else new()


def new() -> str:
    """122 random bits."""
    return uuid.uuid4().hex


def current() -> str | None:
    """Of the request that this code works for; ``None`` outside of one."""
    return _CURRENT.get()


@contextmanager
def used(request_id: str) -> Iterator[None]:
    """For all that is done inside, threads that are given its context included."""
    token = _CURRENT.set(request_id)
    try:
        yield
    finally:
        _CURRENT.reset(token)
