"""Keys as other protocols carry them."""

from fastapi import Request
from fastapi.openapi.models import APIKey, APIKeyIn

from service.access import Carried, bearer

IN_QUERY = Carried("google_key", APIKey(**{"in": APIKeyIn.query}, name="key"))
"""Where Google's clients put it."""


def google_key(request: Request) -> str:
    """As Google's clients send it: ``?key=``, or the header ``x-goog-api-key``. The query is never
    logged."""
    query, header = request.query_params.get("key"), request.headers.get("x-goog-api-key")
    return query or header or bearer(request)
