"""``/v1/reports``: people report an offer or what became of it; few may read what they said.

The calls that reporters make leave no line in the log: see :data:`service.edge.UNLOGGED`.
"""

import asyncio
import logging
import re
from datetime import date, timedelta
from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from models.ad import Ad
from service.access import Caller, Scope, needs
from service.api.openapi import problems
from service.campaigns.counting import look_up
from service.campaigns.keys import keys_of_ad
from service.clients import client_of
from service.errors import ReportsClosed, UnknownId
from service.reports import desk
from service.reports.advice import ADVICE
from service.reports.codes import code_of, new_code
from service.reports.examples import ADDITION, REPORT, WITHDRAWAL
from service.reports.pages import After, page_of, place_after, shown
from service.reports.sealing import seal
from service.reports.shapes import (
    Addition,
    ReportKey,
    ReportOut,
    ReportPage,
    Said,
    Taken,
    Withdrawal,
)
from service.runtime import Runtime, runtime_of
from service.store.base import now

AD_ID = re.compile(r"ad_[0-9a-f]{32}")
REPORT_ID = re.compile(r"rep_[0-9a-f]{32}")
CAMPAIGN_ID = r"^cam_[0-9a-f]{32}$"
FULL = {
    "type": "report_full",
    "loc": ("body", "code"),
    "msg": "this report holds as much as one may; send the rest as a new report",
}
NOT_STORED = {"Cache-Control": "no-store"}
"""For a browser on a device that several people use."""

log = logging.getLogger(__name__)

router = APIRouter(tags=["reports"])

Reader = Annotated[Caller, Depends(needs(Scope.REPORTS))]
Key = Annotated[ReportKey | None, Header(alias="Idempotency-Key")]


@router.post("/v1/reports", status_code=201, responses=problems(400, 413, 415, 422, 429, 503, 504))
async def report(
    request: Request,
    response: Response,
    given: Annotated[Said, Body(openapi_examples=REPORT)],
    key: Key = None,
) -> Taken:
    """Report an offer, or what became of it: as the worker, their family, a friend, an
    organisation. No account and no key. All that is said is sealed before it is kept, so that
    only the operator's private key opens it; nothing is kept about who said it, and of the time
    only the day. The code in the answer adds to the report or withdraws it.

    Send an `Idempotency-Key` that nobody can guess, such as a UUID, and repeat the request with it
    until there is an answer: the same words with the same key are one report with one code. The
    key is not kept."""
    runtime = runtime_of(request)
    limited(request, "reports", runtime.settings.reports_per_hour)
    code = new_code() if key is None else code_of(runtime.vault, key, words(given))
    part = await sealed_part(runtime, given)
    await runtime.database.write(desk.take, hashed(runtime, code), part)
    response.headers.update(NOT_STORED)
    return Taken(code=code, advice=list(ADVICE))


@router.post(
    "/v1/reports/additions",
    status_code=204,
    responses=problems(400, 404, 413, 415, 422, 429, 503, 504),
)
async def addition(
    request: Request, given: Annotated[Addition, Body(openapi_examples=ADDITION)], key: Key = None
) -> None:
    """Add to a report, with the code that came with it. The same words with the same
    `Idempotency-Key` are added once, for a day or two. A report that holds as much as one may,
    about 1 MB, takes no more: report the rest anew."""
    runtime = runtime_of(request)
    limited(request, "codes", runtime.settings.report_codes_per_hour)
    part = await sealed_part(runtime, given)
    mark = None if key is None else mark_of(runtime, given, key)
    try:
        await runtime.database.write(desk.add, hashed(runtime, given.code), part, mark)
    except desk.Full:
        raise RequestValidationError([FULL]) from None


@router.post(
    "/v1/reports/withdraw",
    status_code=204,
    responses=problems(400, 404, 413, 415, 422, 429, 503, 504),
)
async def withdraw(
    request: Request, given: Annotated[Withdrawal, Body(openapi_examples=WITHDRAWAL)]
) -> None:
    """Delete a report and all that was added to it, with the code that came with it. What somebody
    has read by then they have read. Asked again within a day, the answer is the same."""
    runtime = runtime_of(request)
    limited(request, "codes", runtime.settings.report_codes_per_hour)
    await runtime.database.write(desk.withdraw, hashed(runtime, given.code), now())


@router.get("/v1/reports", responses=problems(401, 403, 422, 503))
async def reports(
    request: Request,
    caller: Reader,
    since: date | None = None,
    campaign: Annotated[str | None, Query(pattern=CAMPAIGN_ID)] = None,
    after: After | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ReportPage:
    """Reports, sealed as they are kept, the oldest first. `since`: that came, or were added to, on
    that day or later. Always needs a key with the scope `reports`; who reads is logged."""
    last = place_after(after) if after else None
    wanted = desk.Wanted(since, campaign, last, limit + 1)
    found = await runtime_of(request).database.read(desk.listed, wanted)
    page = page_of(found, limit)
    log.info("reports read", extra={"key": caller.id, "reports": len(page.reports)})
    return page


@router.get("/v1/reports/{report_id}", responses=problems(401, 403, 404, 422, 503))
async def one_report(request: Request, report_id: str, caller: Reader) -> ReportOut:
    """One report, sealed as it is kept. Always needs a key with the scope `reports`."""
    found = await runtime_of(request).database.read(desk.one, checked(report_id))
    log.info("reports read", extra={"key": caller.id, "reports": 1})
    return shown(found)


@router.delete(
    "/v1/reports/{report_id}", status_code=204, responses=problems(401, 403, 404, 422, 503, 504)
)
async def delete_report(request: Request, report_id: str, caller: Reader) -> None:
    """Delete a report with its parts. Always needs a key with the scope `reports`."""
    await runtime_of(request).database.write(desk.remove, checked(report_id))
    log.info("report deleted", extra={"key": caller.id, "reports": 1})


async def sealed_part(runtime: Runtime, given: Said) -> desk.Part:
    """What was said, sealed, and what it is linked to. Raises
    :class:`~service.errors.ReportsClosed`."""
    settings = runtime.settings
    if settings.reports_public_key is None:
        raise ReportsClosed
    sealed = seal(settings.reports_public_key, given.content())
    # An id of another form is nobody's; PostgreSQL would refuse some of them.
    ad = given.ad_id if given.ad_id and AD_ID.fullmatch(given.ad_id) else None
    campaign = await campaign_of(runtime, given)
    return desk.part_of(sealed, now(), settings.keep_reports_days, ad, campaign)


async def campaign_of(runtime: Runtime, given: Said) -> str | None:
    """The campaign that the pasted offer belongs to, where they are counted. It is not counted: a
    report tells of an ad, and is none."""
    if not runtime.settings.campaigns or not given.ad_text:
        return None
    ad = Ad(text=given.ad_text, platform=given.platform)
    keys = await asyncio.to_thread(keys_of_ad, runtime.vault, ad, runtime.engine.render)
    keep = timedelta(days=runtime.settings.keep_campaign_days)
    (found,) = await runtime.database.read(look_up, [keys], now(), keep)
    return found


def limited(request: Request, what: str, per_hour: int) -> None:
    """Raises :class:`~service.errors.RateLimited` where one address asks too often."""
    runtime = runtime_of(request)
    runtime.limiter.take(what, per_hour, client_of(request, runtime.settings.trusted_proxies))


def hashed(runtime: Runtime, code: str) -> str:
    """A code as it is kept."""
    return runtime.vault.hashed("report code", code)


def mark_of(runtime: Runtime, given: Addition, key: str) -> str:
    """By which an addition is known when it comes again."""
    named = f"{given.code}\0{key}\0".encode()
    return runtime.vault.hashed("report addition", named + words(given))


def words(given: Said) -> bytes:
    """All that is said, the same however its fields were ordered. The language is not: a form fills
    in its own, and who chose another before sending it again has said no more."""
    said = {name: value for name, value in given.content().items() if name != "language"}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def checked(report_id: str) -> str:
    """An id that could be one. Raises :class:`~service.errors.UnknownId`."""
    if not REPORT_ID.fullmatch(report_id):
        raise UnknownId("report")
    return report_id
