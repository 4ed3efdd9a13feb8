"""Reports as those who may read them are given them, page by page."""

import base64
import datetime
import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from service.reports.desk import Found
from service.reports.shapes import ReportOut, ReportPage, SealedPart

AFTER = re.compile(r"(\d{4}-\d{2}-\d{2})\.(rep_[0-9a-f]{32})")


def place_after(after: str) -> tuple[datetime.date, str]:
    """Day and id of the last report of a page, from its ``after``."""
    try:
        form = AFTER.fullmatch(after)
        if form is None:
            raise ValueError
        return datetime.date.fromisoformat(form[1]), form[2]
    except ValueError:
        raise PydanticCustomError("not_after", "give the `after` of a page as it came") from None


def checked(after: str) -> str:
    """The same text, if it is a page's ``after``."""
    place_after(after)
    return after


After = Annotated[str, AfterValidator(checked)]


def page_of(found: Sequence[Found], limit: int) -> ReportPage:
    """The first ``limit`` of them, and where to go on if there are more."""
    reports = [shown(one) for one in found[:limit]]
    after = f"{reports[-1].day}.{reports[-1].id}" if len(found) > limit else None
    return ReportPage(reports=reports, after=after)


def shown(found: Found) -> ReportOut:
    """As it is answered."""
    return ReportOut(
        id=found.report.id,
        day=found.report.day.date(),
        ad=found.report.ad,
        campaign=found.report.campaign,
        parts=[
            SealedPart(day=part.day.date(), sealed=base64.b64encode(part.sealed).decode("ascii"))
            for part in found.parts
        ],
    )
