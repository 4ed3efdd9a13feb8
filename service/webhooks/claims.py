"""Which messages are due, who sends them, and what came of it.

A sender holds a message by a lease. One that is killed holds it until the lease ends; then it is
sent again, the same bytes under the same id. What a sender that lost its lease has to say counts
only where the message arrived.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from service.store.base import new_id
from service.store.leap import LONGEST_LEASE, is_over
from service.store.tables import Delivery, WebhookEndpoint
from service.webhooks.registry import disable
from service.webhooks.schedule import MAX_ASKED, SCHEDULE_S, Uniform, longest, next_attempt

FARTHEST = 2 * MAX_ASKED
"""No endpoint is paused so far ahead: a clock was wrong when that was written, and has been set
back since."""

APART = timedelta(minutes=1)
"""Clocks of several machines differ by less."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send, all of it still sealed."""

    id: str
    lease: str
    endpoint: str
    attempt: int
    url: bytes
    secrets: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """What is kept of an attempt that failed."""

    error: str
    status: int | None = None
    pause: timedelta | None = None
    """The receiver wants to be left alone so long."""


def due(moment: datetime, lease: timedelta = timedelta()) -> list[ColumnElement[bool]]:
    """Of a message: wanted, and held by nobody. One that waits for longer than the schedule ever
    has a message wait was given its time by a wrong clock, and is due. ``lease``: how long senders
    hold one."""
    wrong = [
        and_(Delivery.attempts == attempts, Delivery.due_at > moment + longest(attempts) + APART)
        for attempts in range(len(SCHEDULE_S))
    ]
    return [
        Delivery.state == "pending",
        or_(Delivery.due_at <= moment, *wrong),
        is_over(Delivery.lease_until, moment, moment + lease + LONGEST_LEASE),
    ]


def is_open(moment: datetime) -> list[ColumnElement[bool]]:
    """Of an endpoint: messages may go there."""
    over = is_over(WebhookEndpoint.paused_until, moment, moment + FARTHEST)
    return [WebhookEndpoint.disabled_at.is_(None), over]


def waiting(session: Session, moment: datetime, lease: timedelta = timedelta()) -> list[str]:
    """Endpoints that something is due for."""
    something = exists().where(Delivery.endpoint == WebhookEndpoint.name, *due(moment, lease))
    query = select(WebhookEndpoint.name).where(*is_open(moment), something)
    return list(session.scalars(query))


def claim(
    session: Session, room: Mapping[str, int], total: int, moment: datetime, lease: timedelta
) -> list[Claimed]:
    """Hold up to ``room`` messages of each endpoint, ``total`` in all, the longest due first."""
    claimed: list[Claimed] = []
    for name, places in room.items():
        query = select(WebhookEndpoint).where(WebhookEndpoint.name == name, *is_open(moment))
        endpoint = session.scalar(query)
        if endpoint is None:
            continue
        rows = session.scalars(
            select(Delivery)
            .where(Delivery.endpoint == name, *due(moment, lease))
            .order_by(Delivery.due_at, Delivery.id)
            .limit(min(places, total - len(claimed)))
            .with_for_update(skip_locked=True)
        )
        for row in rows:
            row.lease_owner = new_id("lease")
            row.lease_until = moment + lease
            claimed.append(
                Claimed(
                    id=row.id,
                    lease=row.lease_owner,
                    endpoint=name,
                    attempt=row.attempts + 1,
                    url=endpoint.url,
                    secrets=endpoint.secrets,
                    payload=row.payload,
                )
            )
    return claimed


def delivered(session: Session, one: Claimed, status: int, moment: datetime) -> None:
    """It arrived: nothing of it is kept but that. Also where somebody else holds it by now."""
    row = session.get(Delivery, one.id, with_for_update=True)
    if row is None or row.state == "delivered":
        return
    row.state, row.payload = "delivered", b""
    row.attempts += 1
    row.last_status, row.last_error = status, None
    row.delivered_at = moment
    row.lease_owner = row.lease_until = None


def failed(
    session: Session, one: Claimed, failure: Failure, moment: datetime, uniform: Uniform
) -> bool:
    """It did not: when to try again. True where that was the last attempt."""
    # The endpoint is locked before its messages, everywhere, so that no two stand face to face.
    if failure.pause is not None:
        rest(session, one, moment, failure.pause)
    row = session.get(Delivery, one.id, with_for_update=True)
    if row is None or row.state != "pending" or row.lease_owner != one.lease:
        return False
    row.attempts += 1
    row.last_status, row.last_error = failure.status, failure.error
    row.lease_owner = row.lease_until = None
    after = next_attempt(row.attempts, moment, uniform)
    if after is None:  # it may have been due long ago: the service or the receiver was away
        row.state, row.due_at = "dead", moment
        return True
    row.due_at = after  # a pause is the endpoint's, and holds all its messages
    return False


def rest(session: Session, one: Claimed, moment: datetime, pause: timedelta) -> None:
    """Leave the endpoint alone, unless its address is another by now."""
    endpoint = session.get(WebhookEndpoint, one.endpoint, with_for_update=True)
    if endpoint is None or endpoint.url != one.url:
        return
    held = endpoint.paused_until
    if held is None or held > moment + FARTHEST:
        held = moment
    endpoint.paused_until = max(held, moment + pause)


def gone(session: Session, one: Claimed, moment: datetime, uniform: Uniform) -> bool:
    """The receiver wants nothing more (410): the endpoint is disabled, what waits for it is dead.
    If its address is another by now, only this attempt failed. True where it is disabled."""
    endpoint = session.get(WebhookEndpoint, one.endpoint, with_for_update=True)
    failed(session, one, Failure("status 410", 410), moment, uniform)
    if endpoint is None or endpoint.url != one.url or endpoint.disabled_at is not None:
        return False
    disable(session, endpoint, "410 Gone")
    return True
