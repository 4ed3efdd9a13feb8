"""What is refused before a page of ours is asked, or fails, as a page too: an address that is none,
a method that is not answered (a form's address opened by hand), a form that is too large, a service
that starts, stops or breaks. Programs get the problem as JSON; a browser says in ``Accept`` that it
wants a page."""

import logging
from http import HTTPStatus

from fastapi import Request, Response

from service.console import catalogue as console_catalogue
from service.console.gate import failed
from service.edge import CONSOLE, FORMS, OPENED
from service.errors import ReportsClosed
from service.pages.context import BUSY_S, Page
from service.problems import PROBLEMS, Problem
from service.settings import Settings

INTERFACE = "/v1"
"""Below it nothing is a page."""

GONE, OLD, LONG, BUSY, CLOSED = (
    "error.gone", "error.old", "error.long", "error.busy", "error.closed",
)  # fmt: skip
SENTENCES = {
    HTTPStatus.NOT_FOUND: GONE,
    HTTPStatus.METHOD_NOT_ALLOWED: OLD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: LONG,
    HTTPStatus.INTERNAL_SERVER_ERROR: BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: BUSY,
}
OF_CONSOLE = (GONE, OLD)
"""Sentences that stand in the catalogue of the console."""

log = logging.getLogger(__name__)


class Refusal(Page):
    """A page that is none of its address."""

    def here_again(self, language: str) -> str:
        """The form in another language, or the start: the address of what is no page is the words
        of whoever wrote the link."""
        path = self.request.scope["path"]
        return f"{path if path in FORMS else '/'}?lang={language}"


def shown(request: Request, problem: Problem) -> Response | None:
    """The page for a problem; ``None`` where no person asked for one, or there are no pages."""
    key = key_of(problem)
    if key is None or "text/html" not in request.headers.get("accept", ""):
        return None
    try:
        made = page_of(request, problem, key)
    except Exception:  # it may be why there is a problem, which is told all the same
        log.exception("page of a problem not made")
        return None
    return made and with_headers(made, problem, key)


def key_of(problem: Problem) -> str | None:
    """Key of the sentence that says why."""
    closed = problem.kind == PROBLEMS[ReportsClosed][1]
    return CLOSED if closed else SENTENCES.get(problem.status)


def page_of(request: Request, problem: Problem, key: str) -> Response | None:
    """In the manner of the pages beside it; ``None`` where there are none."""
    settings: Settings = request.app.state.settings
    path = request.scope["path"]
    console = settings.console and settings.review_queue
    if console and (path == CONSOLE or path.startswith(f"{CONSOLE}/")):
        return failed(request, OLD if key == LONG else key, problem.status)
    unknown = key == GONE and not path.startswith(INTERFACE)
    if not settings.checker or not (path in OPENED or unknown):
        return None
    page = Refusal(request)
    said = console_catalogue.text(key, page.language) if key in OF_CONSOLE else page.say(key)
    return page.shown("failed", problem.status, sentence=page.html(said), danger=key == CLOSED)


def with_headers(answer: Response, problem: Problem, key: str) -> Response:
    """With those of the problem, such as ``Allow``; ``Retry-After`` as the sentence has it."""
    answer.headers.update(problem.headers)
    if key == BUSY:
        answer.headers["Retry-After"] = str(BUSY_S)
    return answer
