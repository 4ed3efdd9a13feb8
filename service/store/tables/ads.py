"""Ads that were answered and are kept: those of submissions, and those that wait for a reviewer."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class StoredAd(Base):
    """One ad, what was said of it, and its text only where a reviewer is to see it."""

    __tablename__ = "ads"
    __table_args__ = (Index("ix_ads_queue", "queue", "rank"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """Ours: ``ad_…``."""

    external_id: Mapped[str | None] = mapped_column(index=True)
    """The caller's."""

    author: Mapped[str | None] = mapped_column(index=True)
    """Keyed hash of the caller's ``author_id``; see :meth:`service.store.vault.Vault.author`."""

    submission: Mapped[str | None] = mapped_column(index=True)
    """The submission that brought it. It may be gone; this stays until it expires itself."""

    campaign: Mapped[str | None] = mapped_column(index=True)
    """Ads that share a template or a contact."""

    platform: Mapped[str | None]
    surface: Mapped[str | None]
    language: Mapped[str]
    """As read, ISO 639 or ``und``."""

    kind: Mapped[str]
    harm: Mapped[str | None]
    """The likeliest, where one is named."""

    incident: Mapped[str | None]
    """The likest live incident that it matched, where it matched one."""

    score: Mapped[float]
    decision: Mapped[str]
    priority: Mapped[int]
    policy: Mapped[str]
    model: Mapped[str]

    result: Mapped[bytes]
    """The answer as JSON, sealed by the vault."""

    content: Mapped[bytes | None]
    """Text, title and thread as JSON, contacts redacted, sealed by the vault. Only for ads in the
    review queue, until they expire."""

    uncertainty: Mapped[float] = mapped_column(default=0.0)
    """How near the score is to a threshold, 0 to 1; see :mod:`service.review.order`."""

    rank: Mapped[int] = mapped_column(default=0)
    """Place in the queue, the highest first; see :mod:`service.review.order`."""

    queue: Mapped[str | None]
    """``open`` while a reviewer is wanted, ``done`` after; ``None``: never was in the queue."""

    claimed_by: Mapped[str | None]
    """Keyed hash of the reviewer who has it on the desk, until ``claimed_until``, and on which of
    the two; see :mod:`service.review.desks`."""

    claimed_until: Mapped[datetime | None]

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """After this nobody is shown it. The row stays, without its text, while its answer is kept in a
    submission or in a message that did not arrive: erasing finds them by it."""
