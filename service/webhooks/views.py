"""Endpoints and dead letters as they are shown."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store import Vault
from service.store.base import now
from service.store.tables import Delivery, WebhookEndpoint
from service.webhooks import letters, registry
from service.webhooks.claims import FARTHEST
from service.webhooks.shapes import DeadLetters, DeadOut, WebhookOut
from service.webhooks.signing import in_force
from service.webhooks.targets import redacted


def view(session: Session, vault: Vault, name: str) -> WebhookOut:
    """One endpoint. Raises :class:`~service.errors.UnknownId`."""
    return shown(registry.found(session, name), vault, letters.counts(session, name))


def all_of(session: Session, vault: Vault) -> list[WebhookOut]:
    """All, by name."""
    counts = letters.counts(session)
    rows = session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.name))
    return [shown(row, vault, counts) for row in rows]


def shown(row: WebhookEndpoint, vault: Vault, counts: dict[tuple[str, str], int]) -> WebhookOut:
    """Without its secrets, and without the part of its address that may be one."""
    moment = now()
    paused = row.paused_until
    return WebhookOut(
        name=row.name,
        url=redacted(registry.address(row, vault)),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason,
        paused_until=paused if paused and moment < paused <= moment + FARTHEST else None,
        secrets=len(in_force(registry.secrets(row, vault), moment)),
        pending=counts.get((row.name, "pending"), 0),
        dead=counts.get((row.name, "dead"), 0),
    )


def dead_of(session: Session, name: str, since: datetime | None, limit: int) -> DeadLetters:
    """Of one endpoint. Raises :class:`~service.errors.UnknownId`."""
    registry.found(session, name)
    total = session.scalar(
        select(func.count()).select_from(Delivery).where(*letters.chosen(name, (), since))
    )
    found = letters.dead(session, name, since, limit)
    return DeadLetters(total=total or 0, dead=[shown_dead(row) for row in found])


def shown_dead(row: Delivery) -> DeadOut:
    """Without its content."""
    return DeadOut(
        id=row.id,
        submission=row.submission,
        created_at=row.created_at,
        attempts=row.attempts,
        status=row.last_status,
        reason=row.last_error,
    )
