"""Dead letters: messages that were given up, and how they are sent after all."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from service.store.base import now
from service.store.tables import Delivery, WebhookEndpoint


def counts(session: Session, endpoint: str | None = None) -> dict[tuple[str, str], int]:
    """How many messages wait or are dead, by endpoint and state."""
    query = (
        select(Delivery.endpoint, Delivery.state, func.count())
        .where(Delivery.state.in_(("pending", "dead")))
        .group_by(Delivery.endpoint, Delivery.state)
    )
    if endpoint is not None:
        query = query.where(Delivery.endpoint == endpoint)
    return {(name, state): number for name, state, number in session.execute(query)}


def dead(
    session: Session, endpoint: str | None = None, since: datetime | None = None, limit: int = 100
) -> list[Delivery]:
    """The newest first."""
    query = (
        select(Delivery)
        .where(*chosen(endpoint, (), since))
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def replay(
    session: Session,
    endpoint: str | None = None,
    ids: Collection[str] = (),
    since: datetime | None = None,
) -> Mapping[str, int]:
    """Send them again from the first attempt on, the same bytes under the same id; gives how many
    by endpoint. What is for an endpoint that is disabled or removed stays dead."""
    names = select(WebhookEndpoint.name).where(WebhookEndpoint.disabled_at.is_(None))
    # Locked, so that who disables one meanwhile sees these messages, or this sees it disabled.
    usable = session.scalars(names.with_for_update(read=True)).all()
    replayed = session.scalars(
        update(Delivery)
        .where(*chosen(endpoint, ids, since), Delivery.endpoint.in_(usable))
        .values(state="pending", attempts=0, due_at=now(), lease_owner=None, lease_until=None)
        .returning(Delivery.endpoint)
        .execution_options(synchronize_session=False)
    )
    return Counter(replayed)


def chosen(
    endpoint: str | None, ids: Collection[str], since: datetime | None
) -> list[ColumnElement[bool]]:
    """Dead, and as asked for; ``since`` is when they were written."""
    found: list[ColumnElement[bool]] = [Delivery.state == "dead"]
    if endpoint is not None:
        found.append(Delivery.endpoint == endpoint)
    if ids:
        found.append(Delivery.id.in_(ids))
    if since is not None:
        found.append(Delivery.created_at >= since)
    return found
