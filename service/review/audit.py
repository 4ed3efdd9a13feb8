"""The audit trail: who did what, to which ad, when, and in which request. Rows are only added; they
go with time alone, and hold nothing that an erasure would have to find.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.settings import Settings
from service.store.base import new_id, now
from service.store.tables import AuditEntry

Action = Literal[
    "sign_in", "sign_out", "decide", "bulk", "undo", "skip", "feedback", "erase", "key_made",
    "key_revoked", "key_limited", "key_rotated", "reload", "webhook_made", "webhook_changed",
    "webhook_removed", "webhook_rotated", "webhook_enabled", "webhook_replayed", "incident_put",
    "incident_removed", "reports_read",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
"""``decide``, ``bulk``, ``undo``, ``skip``: in the console, ``undo`` also of a word whose
annotation was deleted; ``feedback``, ``erase``, ``reload``, what begins with ``webhook_`` or
``incident_``: by the interface, ``feedback`` and ``webhook_replayed`` in the shell too; what begins
with ``key_``: in the shell; ``reports_read``: straight from the database, without a key (with one
it is logged)."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who does something, in which request."""

    actor: str | None = None
    """Keyed hash of the reviewer."""

    key: str | None = None
    """Id of the key."""

    request_id: str | None = None


NOBODY = Who()
"""In the shell: nobody that a key or a request could tell."""


@dataclass(frozen=True, slots=True)
class About:
    """What it is done to."""

    ad: str | None = None
    campaign: str | None = None
    word: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


NOTHING = About()


def note(
    session: Session, settings: Settings, action: Action, who: Who, about: About = NOTHING,
    act: str | None = None,
) -> str:  # fmt: skip
    """Add a row, in the transaction of what it tells; gives the act, for further rows of it."""
    moment = now()
    made = act or new_id("act")
    session.add(
        AuditEntry(
            id=new_id("aud"), at=moment, action=action, actor=who.actor, key=who.key, act=made,
            ad=about.ad, campaign=about.campaign, word=about.word, detail=dict(about.detail),
            request_id=who.request_id,
            expires_at=moment + timedelta(days=settings.keep_audit_days),
        )
    )  # fmt: skip
    return made


def page(
    session: Session, action: str | None, before: tuple[datetime, str] | None, limit: int
) -> list[AuditEntry]:
    """Rows, the newest first; of one action, or of all. ``before``: moment and id of the last row
    of the page before."""
    wanted = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    if action is not None:
        wanted = wanted.where(AuditEntry.action == action)
    if before is not None:
        at, name = before
        earlier = or_(AuditEntry.at < at, and_(AuditEntry.at == at, AuditEntry.id < name))
        wanted = wanted.where(earlier)
    return list(session.scalars(wanted))
