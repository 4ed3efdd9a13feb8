"""Whom results are told, and what is still to be told: the outbox."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class WebhookEndpoint(Base):
    """An address that the operator registered."""

    __tablename__ = "webhook_endpoints"

    name: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[bytes]
    """Sealed by the vault: a path or a query may hold what lets one in."""

    secrets: Mapped[bytes]
    """Signing secrets as JSON, newest first, each with the moment it ends; sealed by the vault."""

    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    """Such as ``410 Gone``."""

    paused_until: Mapped[datetime | None]
    """Nothing is sent before: the receiver asked for less."""

    created_at: Mapped[datetime]


class Delivery(Base):
    """One message to one endpoint. Its bytes are fixed when it is written, in the transaction that
    writes the result: nobody is told twice with different answers."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "endpoint", "state", "due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """``msg_…``; the ``webhook-id`` of every attempt, by which a receiver knows a repetition."""

    endpoint: Mapped[str]
    """Its name. No foreign key: a message outlives an endpoint that is removed, as a dead one."""

    submission: Mapped[str | None] = mapped_column(index=True)
    """Whose result it tells; ``None``: it only tries the endpoint."""

    payload: Mapped[bytes]
    """The body, sealed by the vault; empty once it is delivered."""

    state: Mapped[str]
    """``pending``, ``delivered`` or ``dead``."""

    attempts: Mapped[int] = mapped_column(default=0)
    """That ended, since it was written or replayed."""

    due_at: Mapped[datetime]
    """When it is to be sent. Of a dead one, when it was given up: retention counts from there."""

    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    """Kind of the failure in our words; never the receiver's answer."""

    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
