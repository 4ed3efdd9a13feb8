"""``/report``: the reports of ``/v1/reports`` for a person with a browser; no line in the log."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
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
from service.reports.shapes import Addition, Said, Withdrawal

router = APIRouter(include_in_schema=False)


@router.get("/report")
async def empty(request: Request) -> Response:
    """The form. Raises :class:`~service.errors.ReportsClosed` where none are taken."""
    return shown(open_page(request))


@router.post("/report")
async def taken(request: Request) -> Response:
    """``step`` says what is asked: ``open`` the form with a text of the checker, ``send`` it, or
    ``withdraw`` the report with a code."""
    page, form = open_page(request), await form_of(request)
    text, what, code = (form.get(name, "").strip() for name in ("text", "what", "code"))
    step = form.get("step")
    try:
        if step == "withdraw":
            await reports.withdraw(request, Withdrawal(code=code))
            return shown(page, done="report.withdrawn")
        if step == "send" and code:
            addition = Addition(ad_text=text, what_happened=what, code=code, language=page.language)
            await reports.addition(request, addition)
            return shown(page, done="report.thanks")
        if step == "send":
            said = Said(ad_text=text, what_happened=what, language=page.language)
            given = await reports.report(request, Response(), said)
            return shown(page, done="report.thanks", code=given.code)
    except ValidationError as error:
        return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY, why(error), text=text, what=what)
    except UnknownId:
        return shown(page, HTTPStatus.NOT_FOUND, "report.no_code", text=text, what=what)
    except (RateLimited, ModelUnavailable, StoreUnavailable) as error:
        busy = isinstance(error, RateLimited)
        status = HTTPStatus.TOO_MANY_REQUESTS if busy else HTTPStatus.SERVICE_UNAVAILABLE
        return shown(page, status, "error.busy", text=text, what=what)
    return shown(page, text=text, what=what)


def open_page(request: Request) -> Page:
    """Raises :class:`~service.errors.ReportsClosed`."""
    page = Page(request)
    if not page.takes_reports:
        raise ReportsClosed
    return page


def shown(
    page: Page, status: int = HTTPStatus.OK, error: str = "", *, done: str = "", code: str = "",
    text: str = "", what: str = "",
) -> Response:  # fmt: skip
    """The form, or what became of it."""
    return page.shown("report", status, error=error, done=done, code=code, text=text, what=what)


def why(error: ValidationError) -> str:
    """Key of the sentence for what is wrong with a form."""
    first = error.errors()[0]
    if "code" in first["loc"]:
        return "report.no_code"
    return "error.empty" if first["type"] == "nothing_said" else "error.long"
