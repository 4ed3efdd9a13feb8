"""Errors as Text Embeddings Inference gives them."""

from http import HTTPStatus

from fastapi.responses import Response

from service.api.schemas import Shape
from service.integrations.writing import json_response
from service.problems import Problem

TYPES = {
    HTTPStatus.TOO_MANY_REQUESTS: "overloaded",
    HTTPStatus.SERVICE_UNAVAILABLE: "unhealthy",
    HTTPStatus.INTERNAL_SERVER_ERROR: "backend",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "unauthorized",
}


class TeiError(Shape):
    """The body of an error."""

    error: str
    """In words, without any of the inputs."""

    error_type: str
    """`validation`, `empty`, `overloaded`, `unhealthy`, `backend`; `unauthorized` is ours: it has
    no body for that."""


def write(problem: Problem) -> Response:
    """A problem in this form. Nothing to read is 400 there."""
    empty = problem.kind in ("empty-ad", "empty-batch")
    status = HTTPStatus.BAD_REQUEST if empty else problem.status
    kind = "empty" if empty else TYPES.get(status, "validation")
    body = TeiError(error=problem.detail or problem.title, error_type=kind)
    return json_response(body, status, problem.headers)
