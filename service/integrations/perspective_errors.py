"""Errors as Google's APIs give them: a code, a status by name, and details by type.

The form is https://google.aip.dev/193; the types are of ``google.rpc``, error_details.proto.
"""

from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import Field

from service.api.schemas import Shape
from service.integrations.writing import json_response, places_of
from service.problems import Problem

STATUSES = {
    HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "INVALID_ARGUMENT",
    HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
    HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
    HTTPStatus.GATEWAY_TIMEOUT: "DEADLINE_EXCEEDED",
    HTTPStatus.METHOD_NOT_ALLOWED: "UNIMPLEMENTED",
}
TYPE = "type.googleapis.com/google.rpc."


class GoogleError(Shape):
    """What went wrong."""

    code: int
    """HTTP status."""

    message: str
    """In words, without any of the comment."""

    status: str
    """Canonical code, such as `INVALID_ARGUMENT`."""

    details: list[dict[str, Any]] = Field(default_factory=list)
    """`ErrorInfo` with our name for the problem as `reason`; `BadRequest` with the fields;
    `RetryInfo` with the time to wait."""


class GoogleErrors(Shape):
    """The body of an error."""

    error: GoogleError
    """What went wrong."""


def write(problem: Problem) -> Response:
    """A problem in this form. What does not fit the schema is 400 here, not 422."""
    code = HTTPStatus.BAD_REQUEST if problem.status in (422, 415) else problem.status
    reason = problem.kind.upper().replace("-", "_")
    details: list[dict[str, Any]] = [
        {"@type": f"{TYPE}ErrorInfo", "reason": reason, "domain": "lurewatch"}
    ]
    fields = [
        {"field": place["pointer"].strip("/").replace("/", "."), "description": place["detail"]}
        for place in places_of(problem)
    ]
    if fields:
        details.append({"@type": f"{TYPE}BadRequest", "fieldViolations": fields})
    if "Retry-After" in problem.headers:
        delay = f"{problem.headers['Retry-After']}s"
        details.append({"@type": f"{TYPE}RetryInfo", "retryDelay": delay})
    error = GoogleError(
        code=code,
        message=problem.detail or problem.title,
        status=STATUSES.get(code, "INTERNAL"),
        details=details,
    )
    return json_response(GoogleErrors(error=error), code, problem.headers)
