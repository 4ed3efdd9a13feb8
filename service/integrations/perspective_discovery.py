"""Google's description of the Perspective API, as much as its official Python client needs to call
this service instead: it builds its methods from such a document."""

from typing import Any

from fastapi import APIRouter, Request

router = APIRouter(tags=["perspective"])

PARAMETERS = {"key": {"type": "string", "location": "query"}}
METHODS = {"analyze": "AnalyzeComment", "suggestscore": "SuggestCommentScore"}
"""With the names that their messages begin with."""


@router.get("/$discovery/rest")
async def discovery(request: Request) -> dict[str, Any]:
    """For `googleapiclient.discovery.build(…, discoveryServiceUrl=…)`: methods and their paths, at
    the address you asked. Behind a proxy with TLS also give `client_options` your address."""
    return {
        "kind": "discovery#restDescription",
        "name": "commentanalyzer",
        "version": "v1alpha1",
        "rootUrl": str(request.base_url),
        "servicePath": "",
        "batchPath": "batch",
        "parameters": PARAMETERS,
        "schemas": {
            f"{name}{part}": {"id": f"{name}{part}", "type": "object"}
            for name in METHODS.values()
            for part in ("Request", "Response")
        },
        "resources": {
            "comments": {"methods": {verb: method(verb, name) for verb, name in METHODS.items()}}
        },
    }


def method(verb: str, name: str) -> dict[str, Any]:
    """One of them."""
    return {
        "id": f"commentanalyzer.comments.{verb}",
        "path": f"v1alpha1/comments:{verb}",
        "httpMethod": "POST",
        "parameters": {},
        "request": {"$ref": f"{name}Request"},
        "response": {"$ref": f"{name}Response"},
    }
