"""``/review/…``: what stands beside the desk: the queue as a list, judged ads, campaigns, the audit
trail, figures, and the files that pages load."""

import hashlib
import json
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.api.campaigns import CAMPAIGN_ID
from service.api.console import harms_of, kind_of
from service.campaigns import browse
from service.console import campaign, figures, html, reading
from service.console.context import Console
from service.console.counts import counts
from service.console.desk import heard, offered
from service.console.gate import (
    ConsoleRoute,
    administering,
    entered,
    sent,
    to,
    who_of,
)
from service.errors import NotSupported, UnknownId
from service.review import audit
from service.review import queue as waiting
from service.review.agreement import latest
from service.review.closing import wanted
from service.review.naming import checked
from service.review.places import parse, text_of
from service.statements import stored
from service.statements.drafting import draft
from service.store.base import now
from service.store.tables import AuditEntry, Feedback, StoredAd

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)

LISTED = 50
"""Rows of a list."""

AUDIT_ID = re.compile(r"aud_[0-9a-f]{32}")


@router.get("/review/static/{digest}/{name}")
async def asset(request: Request, digest: str, name: str) -> Response:
    """A file that pages load."""
    found = html.static(request, digest, name)
    if found is None:
        raise UnknownId("address")
    return found


@router.get("/review/counts")
async def live_counts(request: Request) -> Response:
    """The counts alone; pages ask again and again, and are told when nothing changed."""
    page = await entered(request)
    found = await page.runtime.database.read(counts, page.shift)
    tag = f'"{hashlib.sha256(f"{found}{page.language}".encode()).hexdigest()[:20]}"'
    headers = {**html.HEADERS, "Cache-Control": "private, no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    answer = page.shown("counts", counts=found)
    for name in ("Cache-Control", "ETag"):
        answer.headers[name] = headers[name]
    return answer


@router.get("/review/queue")
async def queue(request: Request) -> Response:
    """What waits for this reviewer, without a word of it."""
    page = await entered(request)
    after = request.query_params.get("after")
    try:
        place = None if not after else parse(after)
    except ValueError:
        place = None

    def look(session: Session) -> dict[str, Any]:
        found = offered(page.shift, page.which)
        if place is not None:
            found = found.where(waiting.behind(*place))
        rows = session.scalars(found.limit(LISTED + 1)).all()
        last = rows[LISTED - 1] if len(rows) > LISTED else None
        following = last and text_of((last.rank, last.created_at, last.id))
        live = StoredAd.queue == "open", StoredAd.expires_at > now()
        choices = {
            name: sorted(
                filter(None, session.scalars(select(column).where(*live).distinct())), key=str
            )
            for name, column in (
                ("platform", StoredAd.platform),
                ("language", StoredAd.language),
                ("harm", StoredAd.harm),
                ("incident", StoredAd.incident),
            )
        }
        return {
            "rows": rows[:LISTED],
            "after": following,
            "choices": choices,
            "counts": counts(session, page.shift),
        }

    return page.shown("queue", **await page.runtime.database.read(look))


@router.get("/review/ads/{ad_id}")
async def judged(request: Request, ad_id: str) -> Response:
    """An ad that this reviewer judged, with everybody's latest word. Of others nothing is shown
    that their own judging could lean on."""
    page = await entered(request)
    runtime = page.runtime

    def look(session: Session) -> dict[str, Any]:
        ad = waiting.one(session, runtime.vault, checked(ad_id))
        words = latest(session.scalars(select(Feedback).where(Feedback.ad == ad_id)).all())
        if all(word.reviewer != page.shift.reviewer for word in words):
            raise UnknownId("ad in the queue")
        complete = heard(session, ad_id) >= wanted(ad_id, page.settings.double_review_share)
        earlier = None if ad.campaign is None else campaign.earlier(session, ad.campaign, ad_id)
        return {
            "ad": ad, "words": words, "complete": complete, "earlier": earlier,
            "parts": reading.parts(ad), "signs": reading.signs(ad), "weighed": reading.weighed(ad),
        }  # fmt: skip

    return page.shown("judged", **await runtime.database.read(look))


@router.get("/review/ads/{ad_id}/statement")
async def statement(request: Request, ad_id: str) -> Response:
    """The draft of a statement of reasons, as ``/v1/decisions`` gives it; from what others say of
    the ad only for who judged it."""
    page = await entered(request)
    found = await page.runtime.database.read(
        stored.one, page.runtime.vault, checked(ad_id), page.shift.reviewer
    )
    actions = request.app.state.statement_actions
    known = next(one for decision, one in actions.items() if decision == found.decision)
    try:
        made = draft(found.answered, known)
    except ValidationError:
        raise NotSupported("/id", "the platform said too little") from None
    body = {"statement": made.statement.body(), "assumed": made.assumed}
    return page.shown("statement", draft=json.dumps(body, indent=1, ensure_ascii=False))


@router.get("/review/campaigns/{campaign_id}")
async def one_campaign(request: Request, campaign_id: str) -> Response:
    """A campaign, a sample of what waits of it, and a form to decide on all of that."""
    page = await entered(request)
    return page.shown(
        "campaign", sure=False, kind="", harms=(), **await campaign_of(page, campaign_id)
    )


@router.post("/review/campaigns/{campaign_id}")
async def decide_campaign(request: Request, campaign_id: str) -> Response:
    """Asked once, the same again with the number of ads, to be sure; the second time, do it for
    those ads and no others."""
    page, form = await sent(request)
    kind, harms = kind_of(form.one("kind")), harms_of(form.all("harm"))
    if not form.one("sure"):
        found = await campaign_of(page, campaign_id)
        return page.shown("campaign", sure=True, kind=kind, harms=harms, **found)
    number = await page.runtime.database.write(
        campaign.decide, page.runtime.vault, page.settings, page.shift, who_of(page),
        checked_campaign(campaign_id), kind, harms, form.one("ads").split(),
    )  # fmt: skip
    return to(page.link("/review", done="bulk", n=str(number), campaign=None))


async def campaign_of(page: Console, campaign_id: str) -> dict[str, Any]:
    """For the page. Raises :class:`~service.errors.UnknownId`."""
    runtime, shift = page.runtime, page.shift

    def look(session: Session) -> dict[str, Any]:
        name = checked_campaign(campaign_id)
        outline = browse.one(session, name, now())
        rows = campaign.open_ads(session, page.settings, shift, name)
        sample = campaign.sample(session, runtime.vault, rows)
        return {
            "outline": outline,
            "ads": [row.id for row in rows],
            "sample": [reading.parts(ad) for ad in sample],
            "earlier": campaign.earlier(session, name),
        }

    return await runtime.database.read(look)


def checked_campaign(campaign_id: str) -> str:
    """The same id, if it has the form of ours. Raises :class:`~service.errors.UnknownId`."""
    if not CAMPAIGN_ID.fullmatch(campaign_id):
        raise UnknownId("campaign")
    return campaign_id


@router.get("/review/audit")
async def audit_trail(request: Request) -> Response:
    """Who did what; for keys with the scope ``admin``."""
    page = await administering(request)
    asked = request.query_params.get("action")
    action = asked if asked in audit.ACTIONS else None
    before = request.query_params.get("before", "")

    def look(session: Session) -> list[AuditEntry]:
        last = session.get(AuditEntry, before) if AUDIT_ID.fullmatch(before) else None
        place = None if last is None else (last.at, last.id)
        return audit.page(session, action, place, LISTED + 1)

    rows = await page.runtime.database.read(look)
    following = rows[LISTED - 1].id if len(rows) > LISTED else None
    return page.shown(
        "audit", rows=rows[:LISTED], actions=audit.ACTIONS, action=action, following=following
    )


@router.get("/review/figures")
async def figures_page(request: Request) -> Response:
    """Figures with plots, each also as a table."""
    page = await entered(request)
    found = await page.runtime.database.read(figures.figures, page.settings, now())
    return page.shown("figures", figures=found, plots=figures.plots(found, page))
