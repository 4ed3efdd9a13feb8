"""Errors as OpenAI's API gives them."""

from http import HTTPStatus

from fastapi.responses import Response

from service.api.schemas import Shape
from service.integrations.writing import json_response, places_of
from service.problems import Problem

TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}
CODES = {
    "unknown-model": "model_not_found",
    "unauthenticated": "invalid_api_key",
    "overloaded": "rate_limit_exceeded",
    "key-limited": "rate_limit_exceeded",
}
"""Where OpenAI has a name for it; else ours, with underscores."""


class OpenAIError(Shape):
    """What went wrong."""

    message: str
    """In words, without any of the input."""

    type: str
    """Such as `invalid_request_error`."""

    param: str | None
    """Field of the request that is wrong."""

    code: str | None
    """Such as `model_not_found`."""


class OpenAIErrors(Shape):
    """The body of an error."""

    error: OpenAIError
    """What went wrong."""


def write(problem: Problem) -> Response:
    """A problem in this form. What does not fit the schema is 400 here, not 422."""
    status = HTTPStatus.BAD_REQUEST if problem.status == 422 else problem.status
    places = places_of(problem)
    error = OpenAIError(
        message=problem.detail or problem.title,
        type=TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        param=places[0]["pointer"].split("/")[1] if places and places[0]["pointer"] else None,
        code=CODES.get(problem.kind, problem.kind.replace("-", "_")),
    )
    return json_response(OpenAIErrors(error=error), status, problem.headers)
