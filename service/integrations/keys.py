"""Keys as other protocols carry them.

Their clients always send one, so where the service asks for none, whatever is sent is ignored.
"""

from collections.abc import Awaitable, Callable

from fastapi import Request

from service.access import OPEN, Caller, Scope, bearer, holder
from service.runtime import runtime_of


def google_key(request: Request) -> str:
    """As Google's clients send it: ``?key=``, or the header ``x-goog-api-key``. The query is never
    logged."""
    query, header = request.query_params.get("key"), request.headers.get("x-goog-api-key")
    return query or header or bearer(request)


def with_key(
    scope: Scope, find: Callable[[Request], str] = bearer
) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency of endpoints: the caller, whose key has the scope where keys are asked for.

    Raises :class:`~service.errors.Unauthenticated` or :class:`~service.errors.Forbidden`.
    """

    async def caller(request: Request) -> Caller:
        runtime = runtime_of(request)
        if not runtime.settings.asks_for_keys:
            return Caller(None, OPEN)
        return await holder(runtime, find(request), scope)

    return caller
