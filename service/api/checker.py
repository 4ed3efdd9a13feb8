"""``/``: the checker, for a person who got an offer; its advice, help and sharing.

What is pasted is answered and forgotten, whatever the settings keep of other ads: it goes to no
queue, campaign, incident or memory of texts, and these calls leave no line in the log
(:mod:`service.edge`).
"""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from models.ad import MAX_TEXT_CHARS, Ad
from models.labels import Indicator
from models.rendering import is_blank
from service.clients import client_of
from service.errors import ModelUnavailable, Overloaded, RateLimited
from service.hangup import unless_gone
from service.pages.context import Page
from service.pages.forms import form_of
from service.pages.marking import pieces
from service.pages.reading import Read, read
from service.runtime import runtime_of

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(request: Request) -> Response:
    """The empty form."""
    return Page(request).shown("checker")


@router.post("/")
async def check(request: Request) -> Response:
    """What is seen in a text; the form again where there is nothing to read."""
    page, form = Page(request), await form_of(request)
    text = form.get("text", "")
    if "lang" in form:
        page = Page(request, form["lang"])
        if is_blank(Ad(text)):
            return page.shown("checker")
    if is_blank(Ad(text)):
        return page.shown("checker", HTTPStatus.UNPROCESSABLE_ENTITY, error="error.empty")
    if len(text) > MAX_TEXT_CHARS:
        return page.shown("checker", HTTPStatus.UNPROCESSABLE_ENTITY, error="error.long", text=text)
    try:
        found = await unless_gone(request, seen_in(request, text))
    except (Overloaded, RateLimited, ModelUnavailable) as error:
        return page.busy("checker", error, text=text)
    return page.shown(
        "answer", found=found, text=text, pieces=pieces(text, found.marks),
        long=len(text) > 1_500, shared=False,
    )  # fmt: skip


async def seen_in(request: Request, text: str) -> Read:
    """Scored, and nothing else. Raises :class:`~service.errors.Overloaded`,
    :class:`~service.errors.RateLimited` or :class:`~service.errors.ModelUnavailable`."""
    runtime = runtime_of(request)
    settings = runtime.settings
    caller = client_of(request, settings.trusted_proxies)
    runtime.limiter.take("checks", settings.checks_per_hour, caller)
    (answer,) = await runtime.engine.answer([Ad(text)], remember=False)
    return read(answer)


@router.get("/share")
async def share(request: Request) -> Response:
    """Signs without their text: they stand in the address. What is no sign of ours is passed over,
    so that nobody can put words into a page of ours. Anyone can write an address, so none says that
    nothing was seen: whoever sends a lure would send that along as proof."""
    known = {str(one): one for one in Indicator}
    asked = request.query_params.get("signs", "")[:2_000].split(".")
    signs = tuple(known[name] for name in dict.fromkeys(asked) if name in known)
    given = request.query_params.get("seen")
    found = Read("verify" if signs or given == "verify" else "too_little", signs)
    return Page(request).shown("answer", found=found, text="", pieces=[], long=False, shared=True)


@router.get("/advice")
async def advice(request: Request) -> Response:
    """What to check, ask and never hand over, and who can help: also kept for offline."""
    return Page(request).shown("advice")


@router.get("/help")
async def help_page(request: Request) -> Response:
    """Who can help in a country, and the rules between two."""
    return Page(request).shown("help")
