"""Who did what: a row for each act on an ad, a campaign, a key or the service. None is changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class AuditEntry(Base):
    """One thing that somebody did. It holds ids, labels and counts: no text, no name, no key."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_actor", "actor", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """``aud_…``."""

    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str]
    """One of :data:`service.review.audit.ACTIONS`."""

    actor: Mapped[str | None]
    """Keyed hash of the reviewer, where one is named; as :attr:`Feedback.reviewer`."""

    key: Mapped[str | None]
    """Id of the key that was used, where one was."""

    act: Mapped[str] = mapped_column(index=True)
    """Rows of one act share it: a decision on a campaign has a row for each ad. Of signing in and
    out: the session."""

    ad: Mapped[str | None] = mapped_column(index=True)
    """Ours. The ad may be gone; then this names nothing any more."""

    campaign: Mapped[str | None]
    word: Mapped[str | None] = mapped_column(index=True)
    """Id of the feedback that was given or taken back."""

    detail: Mapped[dict[str, Any]]
    """Labels and counts."""

    request_id: Mapped[str | None]
    """As in the log and in the answer's ``X-Request-ID``."""

    expires_at: Mapped[datetime] = mapped_column(index=True)
