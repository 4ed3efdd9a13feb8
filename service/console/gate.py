"""What stands before every page of the console: a session, a form of ours, and errors as pages."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from service.access import Scope
from service.console.context import Console, Who
from service.console.forms import Form, form_of
from service.console.shift import Shift, caller_of, fits, opened, sealed
from service.errors import (
    ForeignHost,
    ModelUnavailable,
    NotSupported,
    Overloaded,
    RateLimited,
    StoreUnavailable,
    UnknownId,
)
from service.foreign import check_host, from_us
from service.review import audit

SIGN_IN = "/review/sign-in"
COOKIE = "lurewatch_review"
SECURE_COOKIE = f"__Secure-{COOKIE}"

BUSY_S = 60
"""After which to ask again where nobody can say when the database is back."""


class NotSignedIn(Exception):
    """There is no session, or it has ended."""


class Refused(Exception):
    """Something is not done. The message is the key of the sentence that says why."""

    def __init__(self, key: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


class ConsoleRoute(APIRoute):
    """Answers errors as pages, and asks to sign in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI documents it."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                if request.headers.get("hx-request") == "true":  # not into a part of the page
                    return Response(headers={"HX-Redirect": SIGN_IN, "Cache-Control": "no-store"})
                return to(SIGN_IN)
            except Refused as error:
                return failed(request, error.key, error.status)
            except (UnknownId, NotSupported):
                return failed(request, "error.gone", HTTPStatus.NOT_FOUND)
            except (RateLimited, Overloaded) as error:
                wait_s = error.retry_after_s
                return failed(request, "error.busy", HTTPStatus.TOO_MANY_REQUESTS, wait_s)
            except ForeignHost as error:
                why = str(error)  # for whoever runs it
                return failed(request, "error.host", HTTPStatus.FORBIDDEN, detail=why)
            except (StoreUnavailable, ModelUnavailable):
                return failed(request, "error.busy", HTTPStatus.SERVICE_UNAVAILABLE, BUSY_S)

        return answer


async def entered(request: Request) -> Console:
    """The page of a reviewer. Raises :class:`NotSignedIn`, and for a session without a key
    :class:`~service.errors.ForeignHost`."""
    page = Console(request)
    runtime = page.runtime
    shift = opened(cookie_of(request), runtime.vault)
    if shift is None:
        raise NotSignedIn
    caller = await runtime.database.read(caller_of, shift, runtime.settings.asks_for_keys)
    if caller is None:
        raise NotSignedIn
    if caller.id is None:
        check_host(request, runtime.settings)
    return Console(request, Who(shift, caller))


async def sent(request: Request) -> tuple[Console, Form]:
    """The same with a form of this session. Raises :class:`NotSignedIn` or :class:`Refused`."""
    page = await entered(request)
    form = await form_of(request)
    ours = from_us(request) and fits(form.one("token"), page.shift, page.runtime.vault)
    if not ours:
        raise Refused("error.old")
    return page, form


async def administering(request: Request) -> Console:
    """The page of one whose key has the scope ``admin``. Raises as :func:`entered`, and
    :class:`Refused`."""
    page = await entered(request)
    if page.who is None or Scope.ADMIN not in page.who.caller.scopes:
        raise Refused("error.forbidden")
    return page


def failed(
    request: Request, key: str, status: HTTPStatus, retry_after_s: int | None = None,
    detail: str = "",
) -> Response:  # fmt: skip
    """A page that says why nothing was done, in the language of the session where there is one;
    ``retry_after_s``: when to ask again; ``detail``: more about it, in English."""
    page = Console(request)
    try:
        shift = opened(cookie_of(request), page.runtime.vault)
    except ModelUnavailable:  # no session can be read
        shift = None
    if shift is not None:
        page.language = shift.language
    return page.shown("failed", status, retry_after_s=retry_after_s, error=key, detail=detail)


def to(address: str) -> Response:
    """Go there, by GET."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


def cookie_of(request: Request) -> str:
    """The session, sealed; empty where there is none."""
    found = request.cookies
    return found.get(SECURE_COOKIE) or found.get(COOKIE) or ""


def remember(response: Response, page: Console, shift: Shift, secure: bool) -> Response:
    """Put the session into the browser, for itself alone: no script and no other site's page can
    use it."""
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        sealed(shift, page.runtime.vault),
        max_age=max(0, int(shift.until - shift.began)),
        path="/review",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response


def who_of(page: Console) -> audit.Who:
    """For the audit trail."""
    assert page.who is not None
    request_id = getattr(page.request.state, "request_id", None)
    return audit.Who(page.shift.reviewer, page.who.caller.id, request_id)
