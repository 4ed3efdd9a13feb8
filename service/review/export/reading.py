"""Words out of the database, ad by ad, a page at a time: an export holds neither the memory nor the
database for long."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.review.disagreements import words_on
from service.store import Database
from service.store.base import now
from service.store.tables import Feedback

PAGE = 500
"""Ads of one query."""


def count(session: Session, since: datetime | None) -> int:
    """How many ads there are words on."""
    return session.scalar(select(func.count()).select_from(judged(since).subquery())) or 0


def ads(database: Database, since: datetime | None) -> Iterator[list[Feedback]]:
    """All words on one ad after the other, the oldest first. ``since``: only of ads of which
    somebody spoke then or later, with their earlier words, which count for the label too."""
    last = ""
    while True:
        abouts, words = database.read_now(page, since, last)
        yield from (words[about] for about in abouts)
        if len(abouts) < PAGE:
            return
        last = abouts[-1]


def page(
    session: Session, since: datetime | None, last: str
) -> tuple[Sequence[str], dict[str, list[Feedback]]]:
    """The ads after ``last``, and the words on them."""
    wanted = judged(since).where(Feedback.about > last).order_by(Feedback.about).limit(PAGE)
    abouts = session.scalars(wanted).all()
    return abouts, words_on(session, abouts)


def judged(since: datetime | None) -> Select[str]:
    """Ads with a word on them."""
    found = select(Feedback.about).where(Feedback.expires_at > now()).group_by(Feedback.about)
    return found if since is None else found.having(func.max(Feedback.created_at) >= since)
