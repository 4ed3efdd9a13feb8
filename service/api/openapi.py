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


def with_scopes(app: FastAPI) -> None:
    """Have each operation name the scope that its key must have. FastAPI asks for all that are
    given; of ours one is enough."""
    given = app.openapi

    def openapi() -> dict[str, Any]:
        document = given()  # which keeps it: what is done once is not done again
        for operations in document["paths"].values():
            for operation in operations.values():
                name_scopes(operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it


def name_scopes(operation: dict[str, Any]) -> None:
    """In its words, where they do not, and one by one among what it asks for."""
    asked = [
        {name: [scope]}
        for wanted in operation.get("security", ())
        for name, scopes in wanted.items()
        for scope in scopes
    ]
    if not asked:
        return
    operation["security"] = asked
    scopes = " or ".join(f"`{scope}`" for one in asked for (scope,) in one.values())
    if f"scope {scopes}" not in operation["description"]:
        operation["description"] += f" Needs scope {scopes} where keys are asked for."


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
