"""``/review``: the console for reviewers, one ad at a time. Served where the review queue is on."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from models.labels import HARMS, KINDS, Harm, Kind
from service import access
from service.access import Scope
from service.api.reviewing import QueuedAd
from service.clients import client_of
from service.console import campaign, desk, reading
from service.console.context import Console
from service.console.counts import counts
from service.console.desk import Said
from service.console.forms import form_of, over_tls
from service.console.gate import (
    COOKIE,
    SECURE_COOKIE,
    ConsoleRoute,
    Refused,
    entered,
    remember,
    sent,
    to,
    who_of,
)
from service.console.shift import begin, rested
from service.errors import Forbidden, Unauthenticated
from service.foreign import check_host, from_us
from service.indicators import languages
from service.review import audit
from service.review.closing import wanted
from service.review.words import reviewer_of
from service.store.base import now

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)

SIGN_INS_PER_HOUR = 60
"""Of one network address, right or wrong: a team comes from one."""

MAX_NAME_CHARS = 200


@router.get("/review/sign-in")
async def door(request: Request) -> Response:
    """The form: a name, and a key where one is asked for."""
    return Console(request).shown("sign_in", typed="")


@router.post("/review/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session. Raises :class:`~service.errors.RateLimited`, and without a key
    :class:`~service.errors.ForeignHost`."""
    page, form = Console(request), await form_of(request)
    runtime, settings = page.runtime, page.settings
    if not from_us(request):
        raise Refused("error.old")
    caller = client_of(request, settings.trusted_proxies)
    runtime.limiter.take("sign-ins", SIGN_INS_PER_HOUR, caller)
    name, key = form.one("name").strip()[:MAX_NAME_CHARS], form.one("key").strip()
    if not name:
        return page.shown("sign_in", 422, error="sign.no_name", typed="")
    key_id = None
    if key or settings.asks_for_keys:
        try:
            key_id = (await access.holder(runtime, key, Scope.REVIEW)).id
        except (Unauthenticated, Forbidden):
            return page.shown("sign_in", 403, error="sign.wrong", typed=name)
    else:
        check_host(request, settings)
    shift = begin(key_id, reviewer_of(runtime.vault, name), page.language, settings)
    who = audit.Who(shift.reviewer, key_id, request.state.request_id)
    await runtime.database.write(audit.note, settings, "sign_in", who, act=shift.id)
    return remember(to("/review"), page, shift, over_tls(request))


@router.post("/review/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session everywhere; what lies on the desk goes back."""
    page, _ = await sent(request)

    def leave(session: Session) -> None:
        desk.release(session, page.shift)
        audit.note(session, page.settings, "sign_out", who_of(page), act=page.shift.id)

    await page.runtime.database.write(leave)
    answer = to("/review/sign-in")
    for name in (COOKIE, SECURE_COOKIE):
        answer.delete_cookie(name, path="/review", secure=name == SECURE_COOKIE, httponly=True)
    return answer


@router.get("/review")
async def next_ad(request: Request) -> Response:
    """The ad on the desk, or a break, or that nothing waits."""
    page = await entered(request)
    runtime, shift = page.runtime, page.shift
    done = request.query_params.get("done", "")
    tired = await resting(page)
    if tired:
        return page.shown("rest", **tired)

    def look(session: Session) -> dict[str, Any]:
        ad = desk.take(session, runtime.vault, shift, page.which)
        last = desk.last_act(session, shift)
        return {
            "ad": ad,
            "counts": counts(session, shift),
            "act": last[0].act if last else "",
            "judged": last[0].ad if last else None,
            **({} if ad is None else surroundings(session, page, ad)),
        }

    found = await runtime.database.write(look)
    name = "none" if found["ad"] is None else "ad"
    return page.shown(name, done=done, number=request.query_params.get("n", ""), **found)


async def resting(page: Console) -> dict[str, Any]:
    """What a break is proposed with; empty while none is due."""
    settings, shift = page.settings, page.shift
    judged = await page.runtime.database.read(desk.decided_since, shift, shift.sitting_at)
    minutes = int((now() - shift.sitting_at).total_seconds() // 60)
    many = settings.console_batch and judged >= settings.console_batch
    long = settings.console_break_minutes and minutes >= settings.console_break_minutes
    return {"judged": judged, "minutes": minutes} if many or long else {}


def surroundings(session: Session, page: Console, ad: QueuedAd) -> dict[str, Any]:
    """What is shown beside an ad. Where two judge it, neither sees what was said before."""
    second = wanted(ad.ad_id, page.settings.double_review_share) > 1
    known = None
    if ad.campaign is not None and not second:
        known = campaign.earlier(session, ad.campaign, ad.ad_id)
    return {
        "parts": reading.parts(ad),
        "signs": reading.signs(ad),
        "weighed": reading.weighed(ad),
        "second": second,
        "earlier": known,
    }


@router.post("/review/decide")
async def decide(request: Request) -> Response:
    """Keep a decision, and go to the next ad."""
    page, form = await sent(request)
    kind = kind_of(form.one("kind"))
    said = Said(
        ad_id=form.one("ad"),
        kind=kind,
        harms=harms_of(form.all("harm")),
        wrong=tuple(form.all("wrong")),
        looked=bool(form.one("looked")),
    )
    runtime = page.runtime
    kept = await runtime.database.write(
        desk.decide, runtime.vault, page.settings, page.shift, who_of(page), said
    )
    return to(page.link("/review", done="kept" if kept else None))


@router.post("/review/skip")
async def skip(request: Request) -> Response:
    """Put the ad aside for this session."""
    page, form = await sent(request)
    await page.runtime.database.write(
        desk.skip, page.settings, page.shift, who_of(page), form.one("ad")
    )
    return to(page.link("/review"))


@router.post("/review/undo")
async def undo(request: Request) -> Response:
    """Take the last decision back."""
    page, form = await sent(request)
    opened = await page.runtime.database.write(
        desk.undo, page.settings, page.shift, who_of(page), form.one("act")
    )
    if opened is None:
        return to(page.link("/review", done="late"))
    return to(page.link("/review", done="undone", n=str(opened)))


@router.post("/review/rest")
async def rest(request: Request) -> Response:
    """Go on after a break."""
    page, _ = await sent(request)
    return remember(to(page.link("/review")), page, rested(page.shift), over_tls(request))


@router.get("/review/settings")
async def settings_page(request: Request) -> Response:
    """What one may change for oneself."""
    page = await entered(request)
    return page.shown("settings")


@router.post("/review/settings")
async def change_settings(request: Request) -> Response:
    """For the rest of the session."""
    page, form = await sent(request)
    language = form.one("language")
    changed = replace(
        page.shift,
        language=language if language in languages() else page.language,
        blur=bool(form.one("blur")),
        calm=bool(form.one("calm")),
        keys=bool(form.one("keys")),
        hidden=harms_of(form.all("hide")),
    )
    return remember(to(page.link("/review")), page, changed, over_tls(request))


def kind_of(given: str) -> Kind:
    """Raises :class:`~service.console.gate.Refused` for what is none."""
    if given not in KINDS:
        raise Refused("error.old")
    return Kind(given)


def harms_of(given: list[str]) -> tuple[Harm, ...]:
    """Those of them that are ours, in order."""
    return tuple(harm for harm in HARMS if harm in given)
