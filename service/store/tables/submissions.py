"""Ads handed over to be scored in the background."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Submission(Base):
    """From its acceptance to its answer. It is one request: 1 to 256 ads, answered together."""

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_due", "state", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """``sub_…``."""

    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    """Keyed hash of the caller's ``Idempotency-Key``."""

    request_digest: Mapped[str]
    """Keyed hash of the request's body: the same key with another body is refused."""

    webhook: Mapped[str | None]
    """Name of the endpoint that is told the result."""

    state: Mapped[str]
    """``queued``, ``done`` or ``failed``. Leaves ``queued`` once, and never comes back."""

    ads: Mapped[int]
    """How many."""

    chars: Mapped[int]
    """What they cost the model, in characters; see :func:`service.scoring.scorer.cost`."""

    request: Mapped[bytes | None]
    """The request as JSON, sealed by the vault; gone as soon as there is an answer."""

    results: Mapped[bytes | None]
    """The answer's bytes as JSON, sealed; written once, together with the webhook's delivery."""

    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker began."""

    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    """A worker holds the submission until then, and holds on longer while it lives."""

    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    """Counted from the answer; ``None`` until then, so that nothing that waits can expire."""
