"""The outermost layer: size and type of a body, request ids, one log line a request.

Plain ASGI rather than a Starlette middleware: a body is refused while it arrives, before it is in
memory.
"""

import logging
import re
import time
import uuid
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import errors
from service.hangup import CallerGone
from service.problems import internal_error, of_error

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

log = logging.getLogger(__name__)


class Edge:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, paths: Collection[str]) -> None:
        """``paths`` as the OpenAPI document has them, ``{parameters}`` in braces."""
        self.app = app
        self.paths = [(path, re.compile(pattern(path))) for path in sorted(paths)]
        self.limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        path = self.known(scope["path"])
        began = time.perf_counter()
        status = 499  # the caller went before an answer began
        answered = False

        refused: errors.RequestError | None = None

        async def answering(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                answered = True
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        async def sending(message: Message) -> None:
            if refused is None:  # else what the application says of a body cut short is dropped
                await answering(message)

        received = 0

        async def receiving() -> Message:
            nonlocal received, refused
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.limit:
                    refused = errors.BodyTooLarge(self.limit)
                    raise refused  # whoever reads the body stops; the answer is given below
            return message

        defect = ""
        try:
            self.check(scope["method"] if path else "", headers)
            await self.app(scope, receiving, sending)
        except errors.RequestError as error:
            refused = error
        except CallerGone:
            pass  # nobody is there to be answered
        except Exception as error:
            # The message may hold what the caller sent: only the type is kept.
            defect = type(error).__name__
            log.exception("defect", extra={"request_id": request_id})
        if refused is not None and not answered:
            await of_error(refused)(scope, receive, answering)
        elif defect and not answered:
            await internal_error()(scope, receive, answering)
        log.log(
            logging.ERROR if defect else logging.INFO,
            "request",
            extra={
                "request_id": request_id,
                "method": scope["method"],
                # An address that is not ours is the caller's words, and may be a text; so may be
                # what stands for a parameter.
                "path": path or "other",
                "status": status,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                **state.get("noted", {}),
            },
        )

    def known(self, path: str) -> str:
        """The path of ours that this is, its parameters by name; empty where it is none."""
        return next((name for name, form in self.paths if form.fullmatch(path)), "")

    def check(self, method: str, headers: Headers) -> None:
        """What can be refused before the body is read. No method: a path that is not ours."""
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.limit:
            raise errors.BodyTooLarge(self.limit)
        # A POST without a body is told what is missing in it; a DELETE may have none.
        if method in ("POST", "PUT", "PATCH") and length != "0":
            given = headers.get("content-type", "").partition(";")[0].strip().lower()
            if given != "application/json" and not given.endswith("+json"):
                raise errors.NotJson(
                    "the Content-Type is missing or another; send 'application/json'"
                )


def pattern(path: str) -> str:
    """The paths that a template stands for, as a regular expression.

    >>> pattern("/v1/ads/{id}")
    '/v1/ads/[^/]+'
    """
    return re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))
