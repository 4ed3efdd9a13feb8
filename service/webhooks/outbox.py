"""The outbox: what is to be told is written in the transaction that writes the result, so that
neither is ever there without the other."""

from sqlalchemy.orm import Session

from service.store import Vault
from service.store.base import new_id, now
from service.store.tables import Delivery, WebhookEndpoint


def enqueue(
    session: Session, vault: Vault, *, endpoint: str, submission: str | None, payload: bytes
) -> str:
    """Add a message in the caller's transaction; gives its id, the ``webhook-id`` of every attempt.

    ``payload`` is the body, JSON in UTF-8; its bytes stay as they are, so that nobody is told twice
    with different answers. One for an endpoint that was disabled or removed meanwhile is kept as a
    dead one. After the commit, set :attr:`service.runtime.Runtime.bell`.
    """
    moment = now()
    # Locked, so that who disables or removes the endpoint sees this message, or this sees them.
    found = session.get(WebhookEndpoint, endpoint, with_for_update={"read": True})
    reason = None
    if found is None:
        reason = "the endpoint is removed"
    elif found.disabled_at is not None:
        reason = f"the endpoint is disabled: {found.disabled_reason}"
    row = Delivery(
        id=new_id("msg"),
        endpoint=endpoint,
        submission=submission,
        payload=vault.seal_bytes(payload),
        state="pending" if reason is None else "dead",
        due_at=moment,
        last_error=reason,
        created_at=moment,
    )
    session.add(row)
    return row.id
