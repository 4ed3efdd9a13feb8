"""What is refused before a page of ours is asked, as a page too: an address that is none, a method
that is not answered (a form's address opened by hand), a form that is too large. Programs get the
problem as JSON; a browser says in ``Accept`` that it wants a page."""

from http import HTTPStatus

from fastapi import Request, Response

from service.console import catalogue as console_catalogue
from service.console.gate import failed
from service.edge import CONSOLE, OPENED
from service.errors import ServiceError
from service.pages.context import Page
from service.problems import Problem
from service.settings import Settings

INTERFACE = "/v1"
"""Below it nothing is a page."""

GONE, OLD, LONG = "error.gone", "error.old", "error.long"
SENTENCES = {
    HTTPStatus.NOT_FOUND: GONE,
    HTTPStatus.METHOD_NOT_ALLOWED: OLD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: LONG,
}


class Refusal(Page):
    """The page in another language is the start: what was asked for is no page, and its address is
    the words of whoever wrote the link."""

    def here_again(self, language: str) -> str:
        """The start."""
        return f"/?lang={language}"


def shown(request: Request, problem: Problem) -> Response | None:
    """The page for a problem; ``None`` where no person asked for one, or there are no pages."""
    key = SENTENCES.get(problem.status)
    if key is None or "text/html" not in request.headers.get("accept", ""):
        return None
    settings: Settings = request.app.state.settings
    path = request.scope["path"]
    try:
        if path == CONSOLE or path.startswith(f"{CONSOLE}/"):
            if not (settings.console and settings.review_queue):
                return None
            return with_headers(
                failed(request, OLD if key == LONG else key, problem.status), problem
            )
        ours = path in OPENED
        unknown = key == GONE and not path.startswith(INTERFACE)
        if not settings.checker or not (ours or unknown):
            return None
        page = Refusal(request)
        said = page.say(key) if key == LONG else console_catalogue.text(key, page.language)
        answer = page.shown("failed", problem.status, sentence=page.html(said))
        return with_headers(answer, problem)
    except ServiceError:  # while the service starts or stops: no page can be made
        return None


def with_headers(answer: Response, problem: Problem) -> Response:
    """With those of the problem, such as ``Allow``."""
    answer.headers.update(problem.headers)
    return answer
