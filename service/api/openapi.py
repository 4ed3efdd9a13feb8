"""Parts of the OpenAPI document that several resources share."""

import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.routing import Route

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


def made_in_a_thread(app: FastAPI) -> None:
    """Have the document made beside the event loop when it is first asked for: it takes half a
    second, in which no request would be answered."""
    routes = app.router.routes
    at = next(i for i, one in enumerate(routes) if getattr(one, "path", "") == app.openapi_url)
    found = routes[at]
    assert isinstance(found, Route)
    given = found.endpoint

    async def document(request: Request) -> Response:
        await asyncio.to_thread(app.openapi)  # which keeps it
        answer: Response = await given(request)
        return answer

    routes[at] = Route(found.path, document, include_in_schema=False)
