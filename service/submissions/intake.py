"""Acceptance: one transaction, after whose commit the submission is never lost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import KeyReused, Overloaded
from service.store.base import new_id, now
from service.store.tables import Submission
from service.submissions.request import Arrival, EventArrival, part_key
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


def accept_event(session: Session, given: EventArrival, limit: int) -> list[Accepted]:
    """Queue every part of an event, or find those that the same event brought before, into however
    many parts it was cut then. ``limit`` is asked of the first alone: an event with more parts
    would never be taken. Raises :class:`~service.errors.Overloaded`; then no part is queued."""
    known = brought(session, given)
    if known:
        return known
    return [
        accept(session, one, limit + number, tellable=False)  # the parts before it wait too
        for number, one in enumerate(given.parts)
    ]


def brought(session: Session, given: EventArrival) -> list[Accepted]:
    """What the same event brought before, where all of it is kept. Each part expires by itself:
    where one has, the others give up their keys, and the event is a new one."""
    found = held(session, given.key, range(len(given.parts)))
    if not found:
        return []
    count = next(map(part_count, found.values()))
    found |= held(session, given.key, range(len(given.parts), count))
    if len(found) == count:
        rows = [found[number] for number in range(count)]
        return [Accepted(row.id, row.created_at, row.ads, again=True) for row in rows]
    for row in found.values():
        row.idempotency_key = None
    session.flush()
    return []


def held(session: Session, key: str, numbers: Iterable[int]) -> dict[int, Submission]:
    """The parts of an event that have their keys, by number."""
    keys = {part_key(key, number): number for number in numbers}
    return {keys[name]: row for name, row in holders(session, keys).items()}


def part_count(row: Submission) -> int:
    """Of how many parts it is one."""
    return int(row.request_digest.rpartition(".")[2])


def earlier(session: Session, given: Arrival) -> Accepted | None:
    """The submission that has the key. Raises :class:`~service.errors.KeyReused`."""
    row = None if given.key is None else holders(session, [given.key]).get(given.key)
    if row is None:
        return None
    if row.request_digest != given.digest:
        raise KeyReused
    return Accepted(row.id, row.created_at, row.ads, again=True)


def holders(session: Session, keys: Collection[str]) -> dict[str, Submission]:
    """What has these keys, by key. An expired submission gives its own up. All are asked for at
    once: between two questions another process may queue the whole event, of which one then sees
    a part."""
    if not keys:
        return {}
    found = {}
    for row in session.scalars(
        select(Submission).where(Submission.idempotency_key.in_(keys))
    ).all():
        if row.expires_at is not None and row.expires_at <= now():
            row.idempotency_key = None
        elif row.idempotency_key is not None:
            found[row.idempotency_key] = row
    session.flush()
    return found


def waiting(session: Session, most: int) -> int:
    """How many are queued, counted no further than ``most``."""
    some = select(Submission.id).where(Submission.state == "queued").limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
