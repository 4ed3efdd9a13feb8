"""What the dialects of errors share."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
from fastapi.responses import Response
from pydantic import BaseModel

from service.problems import Problem


def json_response(body: BaseModel, status: int, headers: Mapping[str, str]) -> Response:
    """A body with its status."""
    return Response(
        orjson.dumps(body.model_dump()), status, dict(headers), media_type="application/json"
    )


def places_of(problem: Problem) -> Sequence[Mapping[str, str]]:
    """``pointer`` and ``detail`` of each place that is wrong."""
    if "pointer" in problem.extra:
        return [{"pointer": str(problem.extra["pointer"]), "detail": problem.detail}]
    return cast("Sequence[Mapping[str, str]]", problem.extra.get("errors", ()))


def answers(model: type[BaseModel], *statuses: int) -> dict[int | str, dict[str, Any]]:
    """Errors of an operation for the OpenAPI document, all of one shape."""
    shown: dict[int | str, dict[str, Any]] = {status: {"model": model} for status in statuses}
    return shown | {"default": {"model": model, "description": "Any other error"}}
