"""The OpenAPI document shows requests that are taken and errors as they are."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access import Scope
from service.api.examples import PROBLEM, SCORE_REQUESTS
from service.api.schemas import Problem, ScoreRequest
from service.edge import STREAMS, Edge
from service.integrations.dialects import DIALECTS
from service.problems import MEDIA_TYPE


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


@pytest.mark.parametrize("name", SCORE_REQUESTS)
def test_an_example_request_is_answered(client: TestClient, name: str) -> None:
    ScoreRequest.model_validate(SCORE_REQUESTS[name]["value"])
    assert client.post("/v1/score", json=SCORE_REQUESTS[name]["value"]).status_code == 200


def test_the_example_problem_is_what_comes(client: TestClient) -> None:
    answer = client.post("/v1/score", json={"ads": [{"text": "a"}, {"text": " "}]})
    assert answer.json() == {**PROBLEM, "request_id": answer.headers["x-request-id"]}
    Problem.model_validate(PROBLEM)


def test_every_path_is_known_before_the_document_is_asked_for(client: TestClient) -> None:
    served: Any = client.app
    assert served.openapi_schema is None
    (edge,) = (one.kwargs for one in served.user_middleware if one.cls is Edge)
    assert edge["paths"] >= served.openapi()["paths"].keys()


def test_every_operation_has_words_and_problems(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        form = "application/json" if path in DIALECTS else MEDIA_TYPE
        for operation in operations.values():
            assert operation["description"], path
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")):
                    assert form in answer["content"], f"{path} {status}"


def test_every_operation_that_takes_a_body_says_which_it_refuses(document: dict[str, Any]) -> None:
    """Also those that need none: the edge looks at what comes."""
    for path, operations in document["paths"].items():
        if path in DIALECTS or path in STREAMS:  # errors of another form; lines of any number
            continue
        for method in operations.keys() & {"post", "put", "patch"}:
            assert operations[method]["responses"].keys() >= {"413", "415"}, f"{method} {path}"


def test_every_operation_that_asks_for_a_key_says_of_which_scope(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert (schemes["key"]["type"], schemes["key"]["scheme"]) == ("http", "bearer")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            asked = operation.get("security", [])
            signed = path.startswith("/v1/platforms/") or path == "/v1/feedback/coop"
            assert bool(asked) == ("401" in operation["responses"] and not signed), path
            for name, (scope,) in (one for wanted in asked for one in wanted.items()):
                assert name in schemes
                assert f"`{Scope(scope)}`" in operation["description"], f"{method} {path}"
    shadow = document["paths"]["/v1/model/shadow"]["get"]
    assert shadow["security"] == [{"key": ["admin"]}, {"key": ["review"]}]  # one is enough


def test_every_field_is_explained(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    plain = {  # says what it is by its name
        "name", "created", "encoder", "precision", "kinds", "harms", "indicators", "window_tokens",
        "max_text_chars", "max_request_ads", "policy", "span", "spans", "harm", "indicator",
        "title", "status",
    }  # fmt: skip
    for name in ("AdIn", "Result", "EvidenceOut", "IndicatorOut", "HarmOut", "Span"):
        for field, schema in schemas[name]["properties"].items():
            assert "description" in schema or field in plain, f"{name}.{field}"
