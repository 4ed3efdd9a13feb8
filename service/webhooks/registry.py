"""Addresses that the operator registered, and the secrets by which their messages are signed."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import UnknownId, UnknownWebhook
from service.store import Vault
from service.store.base import now
from service.store.tables import Delivery, WebhookEndpoint
from service.webhooks.signing import Signing, new_secret, packed, rotated, unpacked

OVERLAP = timedelta(hours=24)
"""How long a replaced secret signs beside the new one, where nobody says otherwise."""


def usable(session: Session, name: str) -> None:
    """Raises :class:`~service.errors.UnknownWebhook` where nothing can be sent to ``name``."""
    row = session.get(WebhookEndpoint, name)
    if row is None:
        raise UnknownWebhook("`webhook` names no endpoint; register it: PUT /v1/webhooks/{name}")
    if row.disabled_at is not None:
        raise UnknownWebhook(
            "`webhook` names an endpoint that is disabled; POST /v1/webhooks/{name}/enable"
        )


def register(session: Session, vault: Vault, name: str, url: str) -> str | None:
    """Add an endpoint, or change its address; gives the secret of a new one, which is told this
    once. ``url`` was checked: see :class:`service.webhooks.targets.Targets`."""
    row = session.get(WebhookEndpoint, name, with_for_update=True)
    if row is None:
        secret = new_secret()
        row = WebhookEndpoint(
            name=name,
            url=vault.seal_bytes(url.encode()),
            secrets=vault.seal(packed([Signing(secret)])),
            created_at=now(),
        )
        try:
            with session.begin_nested():
                session.add(row)
            return secret
        except IntegrityError:  # another process was first
            row = session.get_one(WebhookEndpoint, name, with_for_update=True)
    if address(row, vault) != url:
        row.url = vault.seal_bytes(url.encode())
        row.paused_until = None
    return None


def found(session: Session, name: str, to_change: bool = False) -> WebhookEndpoint:
    """The endpoint. Raises :class:`~service.errors.UnknownId`."""
    row = session.get(WebhookEndpoint, name, with_for_update=to_change or None)
    if row is None:
        raise UnknownId("webhook endpoint")
    return row


def rotate(session: Session, vault: Vault, name: str, overlap: timedelta = OVERLAP) -> str:
    """A new secret, told this once; the one before signs beside it for ``overlap``."""
    row = found(session, name, to_change=True)
    held = rotated(secrets(row, vault), now(), overlap)
    row.secrets = vault.seal(packed(held))
    return held[0].secret


def enable(session: Session, name: str) -> None:
    """Send again. What is dead stays so until it is replayed."""
    row = found(session, name, to_change=True)
    row.disabled_at = row.disabled_reason = row.paused_until = None


def disable(session: Session, row: WebhookEndpoint, reason: str) -> None:
    """Send nothing more; what waits is dead, for that reason. ``row`` is locked."""
    row.disabled_at, row.disabled_reason = now(), reason
    bury(session, row.name, reason)


def remove(session: Session, name: str) -> None:
    """Forget the address and its secrets. What waits is dead, until retention removes it or an
    endpoint of that name is there again and it is replayed."""
    session.delete(found(session, name, to_change=True))
    bury(session, name, "the endpoint is removed")


def bury(session: Session, name: str, reason: str) -> None:
    """What waits for the endpoint is dead from now on, however long ago it was due: it can be
    replayed for as long as any dead letter."""
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint == name, Delivery.state == "pending")
        .values(state="dead", due_at=now(), last_error=reason, lease_owner=None, lease_until=None)
    )


def address(row: WebhookEndpoint, vault: Vault) -> str:
    """Where messages go."""
    return vault.unseal_bytes(row.url).decode()


def secrets(row: WebhookEndpoint, vault: Vault) -> list[Signing]:
    """What signs them, newest first."""
    return unpacked(vault.unseal(row.secrets))
