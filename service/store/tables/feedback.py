"""What people said of our answers. Every reader's word is a row of its own, and none is changed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Feedback(Base):
    """One reader's word on one ad."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(primary_key=True)
    """``fb_…``."""

    ad: Mapped[str | None] = mapped_column(index=True)
    """The stored ad, where it is one. It may be gone; this stays until it expires itself."""

    external_id: Mapped[str | None] = mapped_column(index=True)
    author: Mapped[str | None] = mapped_column(index=True)
    """The ad's author as a keyed hash, so that erasing an author finds this too."""

    reviewer: Mapped[str] = mapped_column(index=True)
    """Keyed hash of the opaque id that the caller gave."""

    origin: Mapped[str]
    """``review``, ``appeal``, ``second_review`` or ``sample``."""

    kind: Mapped[str]
    harms: Mapped[list[str]]
    wrong_spans: Mapped[dict[str, Any]]
    """By indicator: spans that do not show it."""

    overturned: Mapped[bool | None]
    """On appeal: whether the platform's decision was taken back."""

    content: Mapped[bytes | None]
    """Text, title and thread, redacted, sealed: without it nothing can be learnt from the row."""

    language: Mapped[str]
    platform: Mapped[str | None]
    surface: Mapped[str | None]
    model: Mapped[str | None]
    """The bundle that had answered, with its score and decision."""

    score: Mapped[float | None]
    decision: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
