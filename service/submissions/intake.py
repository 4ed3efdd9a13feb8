"""Acceptance: one transaction, after whose commit the submission is never lost."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import KeyReused, Overloaded
from service.store.base import new_id, now
from service.store.tables import Submission
from service.submissions.request import Arrival
from service.webhooks.registry import usable

RETRY_AFTER_S = 5
"""Room comes with every submission that is finished, some in a second."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the caller is told."""

    id: str
    created_at: datetime
    ads: int
    again: bool = field(default=False, compare=False)
    """Whether the same request was accepted before."""


def accept(session: Session, given: Arrival, limit: int, *, tellable: bool = True) -> Accepted:
    """Queue a request, or find what the same key brought before.

    ``tellable``: whether its webhook must be one that can be told now. What a platform sent is not
    lost for that: it knows no other, and may never send it again. Its message is then a dead letter
    (:func:`service.webhooks.outbox.enqueue`).

    Raises :class:`~service.errors.KeyReused`, :class:`~service.errors.UnknownWebhook`, or
    :class:`~service.errors.Overloaded` where ``limit`` submissions wait.
    """
    known = earlier(session, given)
    if known is not None:
        return known
    if given.webhook is not None and tellable:
        usable(session, given.webhook)
    if waiting(session, limit) >= limit:
        raise Overloaded(limit, RETRY_AFTER_S, unit="submissions")
    row = Submission(
        id=new_id("sub"),
        idempotency_key=given.key,
        request_digest=given.digest,
        webhook=given.webhook,
        state="queued",
        ads=given.ads,
        chars=given.chars,
        request=given.content,
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another request with this key was faster
        known = earlier(session, given)
        if known is None:
            raise
        return known
    return Accepted(row.id, row.created_at, row.ads)


def earlier(session: Session, given: Arrival) -> Accepted | None:
    """The submission that has the key. An expired one gives it up."""
    if given.key is None:
        return None
    row = session.scalar(select(Submission).where(Submission.idempotency_key == given.key))
    if row is None:
        return None
    if row.expires_at is not None and row.expires_at <= now():
        row.idempotency_key = None
        session.flush()
        return None
    if row.request_digest != given.digest:
        raise KeyReused
    return Accepted(row.id, row.created_at, row.ads, again=True)


def waiting(session: Session, most: int) -> int:
    """How many are queued, counted no further than ``most``."""
    some = select(Submission.id).where(Submission.state == "queued").limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
