"""Every operation of the OpenAPI document, asked with what fits it and with what does not, by
schemathesis: no answer may be a defect, and every answer is one that the document promises.

Of schemathesis's checks these are left out:

* ``positive_data_acceptance``: what fits the schema may be refused: a blank text, an id that names
  nothing, a host that nobody has, an event without its signature.
* ``negative_data_rejection``: shapes of others leave alone what they do not know, as their own
  services do; that ours refuse it is tested by name (``tests/service/test_score_api.py``).
* ``ignored_auth``, ``object_level_authorization``: the document names no key, since none is asked
  for on a loopback address; ``tests/contract/test_access.py`` asks every route without one.
* ``use_after_free``, ``ensure_resource_availability``: they follow links between operations, of
  which the document has none.
* ``missing_required_header``, ``unsupported_method``, ``allow_header_conformance``: they look at
  requests of a phase of their own, which is not run here.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.modes import GenerationMode
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip

PATIENCE_S = 120
"""For one answer: machines are busy."""

LINES = "application/x-ndjson"
schemathesis.serializer.alias(LINES, "application/json")  # one line


@schemathesis.deserializer(LINES)
def first_line(context: Any, answer: Any) -> Any:
    """The answer to it."""
    return json.loads(answer.content.partition(b"\n")[0] or b"null")


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation in one way."""

    operation: str
    mode: str
    requests: int
    statuses: frozenset[int]
    failure: str
    """What was found; empty where all was right."""


@contextmanager
def operations(app: FastAPI) -> Iterator[list[Any]]:
    """All that the document has, on an application that is running meanwhile."""
    document = schemathesis.openapi.from_asgi("/openapi.json", app)
    try:
        known: Iterable[Any] = document.get_all_operations()
        yield [found.ok() for found in known]
    finally:
        shutdown_lifespans()


def ask(operation: Any, mode: GenerationMode, examples: int, start: int, key: str | None) -> Asked:
    """So many requests, drawn from a seed. ``key``: sent with each of them."""
    requests = 0
    statuses: set[int] = set()
    headers = {"Authorization": f"Bearer {key}"} if key else None

    @seed(start)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=[*HealthCheck], print_blob=False,
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        nonlocal requests
        requests += 1
        answer = case.call(headers=headers, timeout=PATIENCE_S)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    failure = ""
    try:
        one()
    except Unsatisfiable:
        pass  # an address with any text in it is an address: there is no wrong one
    except (Exception, FailureGroup) as error:
        failure = told(error)[:4_000]
    return Asked(operation.label, mode.value, requests, frozenset(statuses), failure)


def told(error: BaseException) -> str:
    """What failed, and what that consists of."""
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join([f"{type(error).__name__}: {error}", *map(told, parts)])


def ways(operation: Any) -> tuple[GenerationMode, ...]:
    """What takes nothing cannot be given anything wrong."""
    takes = any(True for _ in operation.iter_parameters()) or bool(operation.body)
    return MODES if takes else MODES[:1]
