"""Every operation of the OpenAPI document answers what the document says, whatever is asked. More
of it: ``python -m tests.fuzz api``."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.api.schemas import Problem
from tests.conftest import TinyRun
from tests.contract.test_hostile import body_schema, filled
from tests.contract.test_hostile import operations as routes
from tests.fuzz.api import ask, operations, ways
from tests.fuzz.served import application
from tests.fuzz.texts import Mutator, written

EXAMPLES = 6
"""Requests of each operation and way with a key; one without."""

SPOILT = 12
"""Bodies of each operation."""


@pytest.fixture(scope="module")
def served(
    tiny_run: TinyRun, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FastAPI, str]]:
    folder = tmp_path_factory.mktemp("fuzz")
    with application(folder, tiny_run.bundle, authentication="on") as made:
        yield made


# The service, which runs meanwhile, draws numbers too: hypothesis takes that for the doing of a
# strategy.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
def test_every_operation_answers_as_described(served: tuple[FastAPI, str]) -> None:
    app, key = served
    with operations(app) as known:
        found = [
            ask(one, mode, examples, 1, asked_with)
            for one in known
            for mode in ways(one)
            for examples, asked_with in ((EXAMPLES, key), (1, None))
        ]
    assert len(known) > 50
    wrong = [f"{one.operation}, {one.mode}: {one.failure}" for one in found if one.failure]
    assert not wrong, "\n\n".join(wrong)


@pytest.fixture(scope="module")
def client(tiny_run: TinyRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("spoilt")
    with (
        application(folder, tiny_run.bundle, authentication="on") as (app, key),
        TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client,
    ):
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


WITH_BODY = [(method, path) for method, path in routes() if body_schema(method, path)]


@pytest.mark.parametrize(("method", "path"), WITH_BODY, ids=lambda part: part)
def test_a_spoilt_body_is_no_defect(client: TestClient, method: str, path: str) -> None:
    """One value of a body that fits is another: of every plane, too large, of another kind."""
    mutator, fits = Mutator(1), filled(body_schema(method, path))
    media = "application/x-ndjson" if path.endswith("/stream") else "application/json"
    for _ in range(SPOILT):
        value: Any = mutator.value(fits)
        answer = client.request(
            method, path.replace("{name}", "mine"), content=written(value),
            headers={"Content-Type": media},
        )  # fmt: skip
        assert answer.status_code < 500, (answer.text, value)
        if answer.headers["content-type"] == "application/problem+json":
            Problem.model_validate(json.loads(answer.content))
