"""Errors as problem details, RFC 9457 (``application/problem+json``)."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import takewhile
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from models.ad import LANGUAGE_TAG
from service import errors, request_ids
from service.known_fields import fields_at, listed, meant

INTERNAL = "internal"
"""Type of the problem that a defect of ours is."""

MEDIA_TYPE = "application/problem+json"

# One row for each error; a contract test checks that none is missing.
PROBLEMS: dict[type[errors.ServiceError], tuple[HTTPStatus, str, str]] = {
    errors.BadJson: (HTTPStatus(400), "bad-json", "The body is not JSON"),
    errors.NotJson: (HTTPStatus(415), "not-json", "The body is of another type"),
    errors.BodyTooLarge: (HTTPStatus(413), "body-too-large", "The body is too large"),
    errors.BatchTooLarge: (HTTPStatus(422), "batch-too-large", "Too many ads in one request"),
    errors.EmptyBatch: (HTTPStatus(422), "empty-batch", "The request holds no ad"),
    errors.EmptyAd: (HTTPStatus(422), "empty-ad", "An ad has no text"),
    errors.BadSpan: (HTTPStatus(422), "bad-span", "A span lies outside of its text"),
    errors.UnknownId: (HTTPStatus(404), "unknown-id", "Nothing is kept under this id"),
    errors.KeyReused: (
        HTTPStatus(422),
        "idempotency-key-reused",
        "The key came with another body",
    ),
    errors.UnknownWebhook: (HTTPStatus(422), "unknown-webhook", "No such webhook endpoint"),
    errors.WebhookRefused: (HTTPStatus(422), "webhook-refused", "Nothing is sent to this address"),
    errors.UnknownModel: (HTTPStatus(404), "unknown-model", "No such model"),
    errors.NotSupported: (HTTPStatus(422), "not-supported", "This is not served here"),
    errors.Unauthenticated: (HTTPStatus(401), "unauthenticated", "A key is needed"),
    errors.Forbidden: (HTTPStatus(403), "forbidden", "The key does not allow this"),
    errors.ForeignHost: (HTTPStatus(403), "foreign-host", "The name may be another site's"),
    errors.ForeignPage: (HTTPStatus(403), "foreign-page", "A page of another site asks"),
    errors.CoopSignatureWrong: (HTTPStatus(401), "coop-signature", "The signature does not fit"),
    errors.RateLimited: (HTTPStatus(429), "rate-limited", "Too many requests from one place"),
    errors.KeyLimited: (HTTPStatus(429), "key-limited", "The limit of this key is reached"),
    errors.IncidentRefused: (
        HTTPStatus(422),
        "incident-refused",
        "The incident cannot be put",
    ),
    errors.IncidentsUnavailable: (
        HTTPStatus(503),
        "incidents-unavailable",
        "The bundle knows no incidents",
    ),
    errors.BundleRefused: (HTTPStatus(409), "bundle-refused", "The other bundle does not serve"),
    errors.NoShadow: (HTTPStatus(404), "no-shadow", "No challenger reads beside"),
    errors.StoreUnavailable: (HTTPStatus(503), "store-unavailable", "The database is away"),
    errors.MaybeDone: (HTTPStatus(504), "maybe-done", "It may have been done"),
    errors.ReportsClosed: (HTTPStatus(503), "reports-closed", "Reports are not taken here"),
    errors.PlatformSignatureWrong: (
        HTTPStatus(401),
        "platform-signature",
        "The signature does not fit",
    ),
    errors.PlatformClosed: (
        HTTPStatus(503),
        "platform-closed",
        "Events of this platform are not taken here",
    ),
    errors.CoopClosed: (HTTPStatus(503), "coop-closed", "Callbacks of Coop are not taken here"),
    errors.Overloaded: (HTTPStatus(429), "overloaded", "The service is at capacity"),
    errors.DeadlineTooShort: (
        HTTPStatus(429),
        "deadline-too-short",
        "There would be no answer in time",
    ),
    errors.DeadlineExceeded: (HTTPStatus(503), "deadline-exceeded", "The deadline passed"),
    errors.ModelUnavailable: (HTTPStatus(503), "model-unavailable", "No model is loaded"),
}

NAME = re.compile(r"^[A-Za-z_]{1,24}$")
KEY = re.compile(r"^[A-Za-z_\[-]{1,40}\]?$")
"""Longer, for the names of harms and indicators; ``[key]`` is how the framework points at a key."""

PATTERNS = {f"^{LANGUAGE_TAG}$": "give a language tag (BCP 47), such as `pt` or `pt-BR`"}
"""What to write, where the library would tell a regular expression."""

MAX_LISTED = 20
"""Places named in one answer; a batch of 256 wrong ads needs no 256 lines."""

MAX_ALSO = 3
"""Places after the first that ``detail`` names; ``errors`` has them with their reasons."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a request, before it is written in any form."""

    status: HTTPStatus
    kind: str
    title: str
    """Names the kind of problem."""

    detail: str = ""
    """This occurrence."""

    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
    """Facts that a program can act on."""


Dialect = Callable[[Problem], Response]
"""Writes a problem in the form that a protocol's clients know."""

Shown = Callable[[Request, Problem], Response | None]
"""Makes a page of a problem, where a person asked for one."""


def for_people(request: Request, write: Dialect, shown: Shown) -> Dialect:
    """The page for who wants one, else the dialect."""
    return lambda problem: shown(request, problem) or write(problem)


def as_problem_json(found: Problem) -> Response:
    """As RFC 9457 has it: our own dialect."""
    body: dict[str, object] = {
        "type": f"/problems/{found.kind}", "title": found.title, "status": int(found.status),
    }  # fmt: skip
    if found.detail:
        body["detail"] = found.detail
    if request_id := request_ids.current():
        body["request_id"] = request_id
    body |= found.extra
    return Response(orjson.dumps(body), found.status, found.headers, media_type=MEDIA_TYPE)


def of_error(error: errors.ServiceError, dialect: Dialect = as_problem_json) -> Response:
    """The problem for one of our own errors."""
    status, kind, title = PROBLEMS[type(error)]
    headers = {}
    if error.retry_after_s is not None:
        headers = {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.Unauthenticated):
        headers = {"WWW-Authenticate": "Bearer"}
    return dialect(Problem(status, kind, title, str(error), headers, error.extra))


def install(app: FastAPI, dialects: Mapping[str, Dialect], shown: Shown) -> None:
    """Every error of the application as a problem: ours, validation, routing; in the dialect of its
    path, where it has one, or as a page for who wants one. A defect is answered by
    :class:`service.edge.Edge`, outside of everything that could fail."""

    def dialect(request: Request) -> Dialect:
        write = dialects.get(request.scope["path"], as_problem_json)
        write = for_people(request, write, shown)

        def noting(found: Problem) -> Response:
            request.state.problem = found.kind  # for whoever counts
            return write(found)

        return noting

    @app.exception_handler(errors.ServiceError)
    async def known(request: Request, error: errors.ServiceError) -> Response:
        return of_error(error, dialect(request))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if found and found[0]["type"] == "json_invalid":
            position = found[0]["loc"][-1]
            reason = found[0].get("ctx", {}).get("error", "invalid JSON")
            bad = errors.BadJson(f"at character {position}: {reason}")
            return of_error(bad, dialect(request))
        return dialect(request)(validation_problem(found, taken(request)))

    @app.exception_handler(HTTPException)
    async def routed(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        if status == HTTPStatus.BAD_REQUEST:  # what the framework raises for JSON it gave up on
            return of_error(
                errors.BadJson(
                    "it cannot be read: not UTF-8, nested too deeply, or a number too long"
                ),
                dialect(request),
            )
        kind = status.phrase.lower().replace(" ", "-")
        detail = {
            HTTPStatus.NOT_FOUND: "there is nothing at this address; see /docs",
            HTTPStatus.METHOD_NOT_ALLOWED: "this method is not answered here; see /docs",
        }.get(status, "")
        return dialect(request)(Problem(status, kind, status.phrase, detail, error.headers or {}))


def internal_error(dialect: Dialect = as_problem_json) -> Response:
    """A defect of ours. What happened is in the log, under the request's id."""
    return dialect(Problem(HTTPStatus(500), INTERNAL, "Internal error"))


def taken(request: Request) -> list[Any]:
    """Types of what the call takes, which name the fields that there are."""
    parameters = inspect.signature(request.scope["endpoint"]).parameters.values()
    return [one.annotation for one in parameters]


def validation_problem(found: Sequence[Any], schema: Sequence[Any] = ()) -> Problem:
    """What does not fit the schema, each place as a JSON pointer (RFC 6901); never what was given,
    which may be the ad's text."""
    found = without_followers(found)
    places = [told(error, schema) for error in found[:MAX_LISTED]]
    first = places[0] if places else {"pointer": "", "detail": "unknown"}
    return Problem(
        HTTPStatus(422), "invalid-request", "The request does not fit the schema",
        f"{first['pointer'] or 'the body'}: {first['detail']}{others(places, len(found))}",
        extra={"errors": places},
    )  # fmt: skip


def without_followers(found: Sequence[Any]) -> list[Any]:
    """Without what only follows from another: a list none of whose entries is right is told to be
    too short as well."""
    short = {tuple(one["loc"]) for one in found if one["type"] == "too_short"}
    parts = (one["loc"][:end] for one in found for end in range(len(one["loc"])))
    around = {place for part in parts if (place := tuple(part)) in short}
    return [one for one in found if one["type"] != "too_short" or tuple(one["loc"]) not in around]


def others(places: Sequence[Mapping[str, str]], count: int) -> str:
    """Where the next few of ``count`` errors are, and whether more follow."""
    named = list(dict.fromkeys(place["pointer"] or "the body" for place in places))[1:]
    more = " and more" if len(named) > MAX_ALSO or count > len(places) else ""
    return f"; also {', '.join(named[:MAX_ALSO])}{more}" if named else ""


def told(error: Any, schema: Sequence[Any] = ()) -> dict[str, str]:
    """Place and reason. The name of a field that does not exist, or a key, is the caller's own
    words, which may be the ad's: it is told only where it looks like a name."""
    place = list(error["loc"])
    if error["type"] == "extra_forbidden":
        names = fields_at(schema, place[1:-1])
        known = f"; known here: {listed(names)}" if names else ""
        if not NAME.match(str(place[-1])):
            detail = f"a field here is not one of ours{known}"
            return {"pointer": pointer(place[:-1]), "detail": detail}
        detail = f"no such field{meant(place[-1], names) or known}"
        return {"pointer": pointer([*shown(place)]), "detail": detail}
    said = PATTERNS.get(error.get("ctx", {}).get("pattern"), error["msg"])
    return {"pointer": pointer([*shown(place)]), "detail": said}


def first_wrong(error: ValidationError, model: type[BaseModel], whole: str) -> str:
    """The first thing that is wrong with one ad of many, in a line: its place, ``whole`` where that
    is all of it, and the reason; never what was given."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = told({**first, "loc": ("body", *first["loc"])}, [model])
    place = where["pointer"].strip("/").replace("/", ".") or whole
    return f"{place}: {where['detail']}"


def shown(place: Sequence[str | int]) -> Iterator[str | int]:
    """The part of a place that tells no words of the caller's."""
    return takewhile(lambda part: isinstance(part, int) or KEY.match(part) is not None, place)


def pointer(place: Sequence[str | int]) -> str:
    """A validation error's place as a JSON pointer into the body, ``?name`` in the query, or the
    name of a header."""
    where, *rest = place
    if where == "query":
        return "?" + "/".join(map(str, rest))
    if where == "header":
        return "".join(map(str, rest)).title()
    parts = rest if where == "body" else [where, *rest]
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
