"""Parts of the OpenAPI document that several resources share."""

from http import HTTPStatus
from typing import Any

from service.api.examples import PROBLEM
from service.api.schemas import Problem
from service.problems import MEDIA_TYPE


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error answers of an operation, all of one shape."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema(), "example": PROBLEM}},
        }
        for status in statuses
    }
