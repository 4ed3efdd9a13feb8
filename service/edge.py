"""The outermost layer: size and type of a body, request ids, one log line a request.

Plain ASGI rather than a Starlette middleware: a body is refused while it arrives, before it is in
memory.
"""

import asyncio
import logging
import re
import time
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import errors, request_ids
from service.hangup import CallerGone
from service.observing.labels import OTHER
from service.observing.labels import method as known_method
from service.observing.observer import Observer, Seen
from service.problems import (
    INTERNAL,
    PROBLEMS,
    Dialect,
    Shown,
    as_problem_json,
    for_people,
    internal_error,
    of_error,
)
from service.values import Values

FORMS = frozenset({"/", "/report"})
"""Pages whose forms a browser sends in its own way; whoever else posts there does the same."""

CONSOLE = "/review"
"""Below it all forms are the console's."""

MAX_FORM_BYTES = 2**20
"""Of a form. One with all that fits has half of that: two fields of 20,000 characters, each twelve
bytes at most as browsers write them. Reading more would hold everybody up."""

ICONS = ("/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png")
"""What browsers ask for beside a page, whatever icon it names."""

OPENED = frozenset(
    {
        "/advice", "/help", "/share", "/pages/{name}", "/worker.js", "/manifest.webmanifest",
        *ICONS, *FORMS,
    }
)  # fmt: skip
"""Pages for people, and what a browser loads with them."""

REPORTED = frozenset({"/v1/reports", "/v1/reports/additions", "/v1/reports/withdraw", *FORMS})

UNLOGGED = frozenset(
    {(method, path) for path in OPENED for method in ("GET", "HEAD")}
    | {("POST", path) for path in REPORTED}
)
"""What people use who may be in danger: no line, count or trace, which would tell the minute, and
no request id of a proxy, which would tie it to that proxy's line. What we fail at is logged, under
an id of ours: no report may be lost unseen."""

DIGITS = re.compile("[0-9]+")
MAX_DIGITS = 18
"""Of a length: more say no more than that it is too much."""

STREAMS = frozenset({"/v1/score/stream"})
"""Bodies of any length, in lines that are limited where they are read."""

log = logging.getLogger(__name__)


class Edge:
    """Wraps the application."""

    def __init__(
        self, app: ASGIApp, max_body_bytes: int, max_values: int, paths: Collection[str],
        dialects: Mapping[str, Dialect], shown: Shown, observer: Observer,
    ) -> None:  # fmt: skip
        """``max_values``: of JSON; see :mod:`service.values`. ``paths`` as the OpenAPI document has
        them, ``{parameters}`` in braces; ``dialects``: those of them whose errors are written
        otherwise than ours; ``shown``: as a page, for who wants one."""
        self.app = app
        self.observer = observer
        self.paths = frozenset(path for path in paths if "{" not in path)
        self.templates = [
            (path, re.compile(pattern(path))) for path in sorted(paths) if "{" in path
        ]
        self.limit = max_body_bytes
        self.max_values = max_values
        self.dialects = dialects
        self.shown = shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path = self.known(scope["path"])
        unlogged = (scope["method"], path) in UNLOGGED
        request_id = request_ids.new() if unlogged else request_ids.id_of(headers)
        # An address that is not ours is the caller's words, and may be a text; so may be what
        # stands for a parameter.
        route = path or OTHER
        with (
            request_ids.used(request_id),
            self.observer.request(scope["method"], route, request_id, headers, unlogged) as seen,
        ):
            await self.answer(scope, receive, send, headers, path, request_id, unlogged, seen)

    async def answer(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, path: str,
        request_id: str, unlogged: bool, seen: Seen,
    ) -> None:  # fmt: skip
        """One request, under its id. ``path`` is the route's, empty where it is none of ours."""
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["began"] = began = time.perf_counter()
        status = 499  # the caller went before an answer began
        answered = False

        refused: errors.ServiceError | None = None

        async def answering(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                answered = True
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(state.get("headers", {}))
                headers["X-Request-ID"] = request_id
            await send(message)

        async def sending(message: Message) -> None:
            if refused is None:  # else what the application says of a body cut short is dropped
                await answering(message)

        received, limit = 0, self.limit_of(path)
        values = Values()
        counted = path not in STREAMS and not is_form(path)

        async def receiving() -> Message:
            nonlocal received, refused
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit and path not in STREAMS:
                    refused = errors.BodyTooLarge(limit)
                    raise refused  # whoever reads the body stops; the answer is given below
                if counted and b"\0" in message.get("body", b""):
                    refused = errors.BadJson("it holds a zero byte; send UTF-8")
                    raise refused  # UTF-16 and UTF-32, which would be read and cannot be counted
                if counted and values.feed(message.get("body", b"")) > self.max_values:
                    refused = errors.BodyTooLarge(self.max_values, "values")
                    raise refused
            return message

        defect = ""
        try:
            if "\0" in scope["path"]:  # no id of ours, and no database takes it
                raise errors.UnknownId("address")
            self.check(scope["method"] if path else "", headers, path)
            await self.app(scope, receiving, sending)
        except errors.RequestError as error:
            refused = error
        except CallerGone:
            pass  # nobody is there to be answered
        except asyncio.CancelledError:  # by the server, which stops and waits no longer
            if answered:
                raise
            refused = errors.ModelUnavailable("the service is stopping; ask another process")
        except Exception as error:
            # The message may hold what the caller sent: only the type is kept.
            defect = type(error).__name__
            log.exception("defect")
        dialect = for_people(Request(scope), self.dialects.get(path, as_problem_json), self.shown)
        if refused is not None and not answered:
            state["problem"] = PROBLEMS[type(refused)][1]
            await of_error(refused, dialect)(scope, receive, answering)
        elif defect and not answered:
            await internal_error(dialect)(scope, receive, answering)
        if defect:
            state["problem"] = INTERNAL
        if unlogged and status < 500:
            return
        seen.ended(status, state.get("problem"), state.get("noted", {}))
        log.log(
            logging.ERROR if defect else logging.INFO,
            "request",
            extra={
                "method": known_method(scope["method"]),
                "path": path or OTHER,
                "status": status,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                **state.get("noted", {}),
                **({"trace": trace} if (trace := self.observer.traces.trace_id()) else {}),
            },
        )

    def known(self, path: str) -> str:
        """The path of ours that this is, its parameters by name; empty where it is none."""
        if path in self.paths:
            return path
        return next((name for name, form in self.templates if form.fullmatch(path)), "")

    def limit_of(self, path: str) -> int:
        """Of a body, in bytes."""
        return min(self.limit, MAX_FORM_BYTES) if is_form(path) else self.limit

    def check(self, method: str, headers: Headers, path: str) -> None:
        """What can be refused before the body is read. No method: a path that is not ours."""
        stream, limit = path in STREAMS, self.limit_of(path)
        length = headers.get("content-length", "")
        if DIGITS.fullmatch(length) and int(length[:MAX_DIGITS]) > limit and not stream:
            raise errors.BodyTooLarge(limit)
        # A POST without a body is told what is missing in it; a DELETE may have none.
        # HTTP/1.1 has a body where one of these two headers says so (RFC 9112, section 6).
        has_body = length not in ("", "0") or "transfer-encoding" in headers
        if method in ("POST", "PUT", "PATCH") and has_body:
            given = headers.get("content-type", "").partition(";")[0].strip().lower()
            wanted = "application/x-ndjson" if stream else "application/json"
            if is_form(path):
                wanted = "application/x-www-form-urlencoded"
            json = wanted == "application/json" and given.endswith("+json")
            if given != wanted and not json:
                raise errors.NotJson(f"the Content-Type is missing or another; send '{wanted}'")
            # Nothing is unpacked here: a few kilobytes can stand for gigabytes.
            if headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise errors.NotJson("the body is compressed; send it without Content-Encoding")


def is_form(path: str) -> bool:
    """Whether a browser's form is what is sent there."""
    return path in FORMS or path.startswith(CONSOLE)


def pattern(path: str) -> str:
    """The paths that a template stands for, as a regular expression.

    >>> pattern("/v1/ads/{id}")
    '/v1/ads/[^/]+'
    """
    return re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))
