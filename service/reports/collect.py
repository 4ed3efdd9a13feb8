"""Reports, page by page, from a running service or straight from its database."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
from pydantic import ValidationError
from sqlalchemy.orm import Session

from service.errors import OperatorError
from service.reports import desk
from service.reports.pages import page_of, place_after
from service.reports.shapes import ReportOut, ReportPage
from service.review import audit
from service.settings import Settings
from service.store import Database
from service.store.base import new_id
from service.store.database import must_exist

PAGE = 20
"""Reports fetched at once: a few megabytes where people wrote much, 28 where each is full."""

TIMEOUT_S = 60.0


class NotGiven(OperatorError):
    """The service gave no reports."""


def from_service(url: str, key: str, wanted: desk.Wanted) -> Iterator[ReportOut]:
    """Over HTTP, with a key that has the scope ``reports``. Raises :class:`NotGiven`."""
    given = {
        "since": wanted.since.isoformat() if wanted.since else None,
        "campaign": wanted.campaign,
        "limit": str(PAGE),
    }
    params = {name: value for name, value in given.items() if value is not None}
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_S
    ) as client:
        while True:
            page = page_from(client, params)
            yield from page.reports
            if page.after is None:
                return
            params["after"] = page.after


def page_from(client: httpx.Client, params: dict[str, str]) -> ReportPage:
    """One page. Raises :class:`NotGiven`."""
    try:
        answer = client.get("/v1/reports", params=params)
        if answer.is_success:
            return ReportPage.model_validate_json(answer.content)
        detail = answer.json().get("detail", "")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotGiven(f"{client.base_url}: {type(error).__name__}") from None
    except (ValidationError, ValueError, AttributeError):
        raise NotGiven(f"{client.base_url}: what answers there is not this service") from None
    raise NotGiven(f"the service answered {answer.status_code}: {detail}")


def from_database(settings: Settings, wanted: desk.Wanted) -> Iterator[ReportOut]:
    """The same, where the database can be reached. No key says who reads; that somebody does, and
    how many, stands in the audit trail."""
    must_exist(settings.database_url)
    database, act = Database(settings.database_url), new_id("act")

    def listed(session: Session) -> list[desk.Found]:
        found = desk.listed(session, wanted)
        about = audit.About(detail={"reports": min(PAGE, len(found))})
        audit.note(session, settings, "reports_read", audit.NOBODY, about, act)
        return found

    try:
        database.migrate()
        wanted = replace(wanted, limit=PAGE + 1)
        while True:
            page = page_of(database.write_now(listed), PAGE)
            yield from page.reports
            if page.after is None:
                return
            wanted = replace(wanted, after=place_after(page.after))
    finally:
        database.close()
