"""``/report``: the reports of ``/v1/reports`` for a person with a browser; no line in the log."""

import secrets
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from service.api import reports
from service.errors import (
    ModelUnavailable,
    RateLimited,
    ReportsClosed,
    StoreUnavailable,
    UnknownId,
)
from service.pages.context import Page
from service.pages.forms import form_of
from service.reports.codes import NoCode, read
from service.reports.shapes import UNGUESSED, Addition, Said, Withdrawal

router = APIRouter(include_in_schema=False)

THANKS, WITHDRAWN = "report.thanks", "report.withdrawn"
"""What may have become of a form."""


@router.get("/report")
async def empty(request: Request) -> Response:
    """The form. Raises :class:`~service.errors.ReportsClosed` where none are taken."""
    return shown(open_page(request), key=new_key())


@router.post("/report")
async def taken(request: Request) -> Response:
    """``step`` says what is asked: ``open`` the form with a text of the checker, ``send`` it, or
    ``withdraw`` the report with a code; with ``lang`` alone it is shown in another language, and so
    is what became of it (``done``), with the code that is shown once. A form keeps all that was
    typed and its ``key`` until it is taken: sent twice, by two taps or because the answer was lost,
    it is one report with one code. A page of another site may fill the form, for the person to look
    at; it sends nothing, or every visitor of that page would report what it likes."""
    form = await form_of(request)
    if request.headers.get("sec-fetch-site") == "cross-site":
        form = {name: form[name] for name in ("text", "what", "lang") if name in form}
    page = open_page(request, form.get("lang"))
    text, what, code, key = (form.get(name, "").strip() for name in ("text", "what", "code", "key"))
    key = key if UNGUESSED.fullmatch(key) else new_key()
    kept = {"text": text, "what": what, "code": code, "key": key}
    step, done = form.get("step"), form.get("done", "")
    if done in (THANKS, WITHDRAWN):
        return shown(page, done=done, code=code_as_given_out(code))
    try:
        if step == "withdraw":
            await reports.withdraw(request, Withdrawal(code=code))
            return shown(page, done=WITHDRAWN)
        if step == "send" and code:
            addition = Addition(ad_text=text, what_happened=what, code=code, language=page.language)
            await reports.addition(request, addition, key)
            return shown(page, done=THANKS)
        if step == "send":
            said = Said(ad_text=text, what_happened=what, language=page.language)
            given = await reports.report(request, Response(), said, key)
            return shown(page, done=THANKS, code=given.code)
    except ValidationError as error:
        return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY, why(error), **kept)
    except RequestValidationError:  # the report is full
        return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY, "error.long", **kept)
    except UnknownId:
        return shown(page, HTTPStatus.NOT_FOUND, "report.no_code", **kept)
    except (RateLimited, ModelUnavailable, StoreUnavailable) as error:
        return page.busy("report", error, done="", **kept)
    return shown(page, HTTPStatus.OK, **kept)


def open_page(request: Request, language: str | None = None) -> Page:
    """Raises :class:`~service.errors.ReportsClosed`."""
    page = Page(request, language)
    if not page.takes_reports:
        raise ReportsClosed
    return page


def shown(
    page: Page, status: int = HTTPStatus.OK, error: str = "", *, done: str = "", code: str = "",
    key: str = "", text: str = "", what: str = "",
) -> Response:  # fmt: skip
    """The form, or what became of it."""
    return page.shown(
        "report", status, error=error, done=done, code=code, key=key, text=text, what=what
    )


def code_as_given_out(given: str) -> str:
    """Nothing where it is no code: a stranger's form may not have this page say what it likes."""
    try:
        return read(given)
    except NoCode:
        return ""


def new_key() -> str:
    """Of one form; nobody can guess it."""
    return secrets.token_urlsafe(24)


def why(error: ValidationError) -> str:
    """Key of the sentence for what is wrong with a form."""
    first = error.errors()[0]
    if "code" in first["loc"]:
        return "report.no_code"
    return "error.empty" if first["type"] == "nothing_said" else "error.long"
