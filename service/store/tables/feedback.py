"""What people said of our answers. Every reader's word is a row of its own, and none is changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Feedback(Base):
    """One reader's word on one ad, with a copy of all that is needed to learn from it."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_about", "about", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """``fb_…``."""

    about: Mapped[str]
    """What joins the words on one ad: our id of it, or ``txt_…``, a keyed hash of its redacted
    words, where we never kept it."""

    ad: Mapped[str | None] = mapped_column(index=True)
    """The stored ad, where it is one. It may be gone; this stays until it expires itself."""

    external_id: Mapped[str | None] = mapped_column(index=True)
    author: Mapped[str | None] = mapped_column(index=True)
    """The ad's author as a keyed hash, so that erasing an author finds this too."""

    campaign: Mapped[str | None]
    """The ad's, so that near-copies stay on one side of a split."""

    reviewer: Mapped[str] = mapped_column(index=True)
    """Keyed hash of the opaque id that the caller gave."""

    origin: Mapped[str]
    """``review``, ``appeal``, ``second_review``, ``sample`` or ``campaign``."""

    kind: Mapped[str]
    harms: Mapped[list[str]]
    wrong_spans: Mapped[dict[str, Any] | None]
    """By indicator: spans of the redacted text that do not show it, though we said so. ``None``:
    the reader did not look at spans; empty: looked, and found nothing wrong."""

    missed_spans: Mapped[dict[str, Any] | None]
    """By indicator: spans of the redacted text that show it, though we did not say so."""

    overturned: Mapped[bool | None]
    """On appeal: whether the platform's decision was taken back."""

    content: Mapped[bytes | None]
    """Text, title, thread, redacted, and the spans that we had shown; sealed by the vault. Without
    it nothing can be learnt from the row."""

    language: Mapped[str]
    platform: Mapped[str | None]
    surface: Mapped[str | None]
    model: Mapped[str | None]
    """The bundle that had answered, with its score and decision."""

    score: Mapped[float | None]
    decision: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
