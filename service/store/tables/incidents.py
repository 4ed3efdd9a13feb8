"""Incidents, and the texts that tell them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Incident(Base):
    """A new wording that scores are matched with."""

    __tablename__ = "incidents"

    name: Mapped[str] = mapped_column(primary_key=True)
    definition: Mapped[bytes]
    """Words of people, sealed by the vault: they may quote a text."""

    harms: Mapped[list[str]]
    false_positive_rate: Mapped[float]
    revision: Mapped[str]
    """Another with every change: by it every process sees that there was one."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IncidentExample(Base):
    """A text that shows an incident, or one that does not."""

    __tablename__ = "incident_examples"

    id: Mapped[str] = mapped_column(primary_key=True)
    incident: Mapped[str] = mapped_column(
        ForeignKey("incidents.name", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    """Among those that were put together, from 0."""

    counter: Mapped[bool]
    """Whether it is a counter-example."""

    kind: Mapped[str]
    language: Mapped[str]
    content: Mapped[bytes]
    """Title and text as JSON, contacts redacted, sealed by the vault."""

    external_id: Mapped[str | None] = mapped_column(index=True)
    """The caller's."""

    ad: Mapped[str | None] = mapped_column(index=True)
    """Ours, of an ad that is kept elsewhere too."""

    author: Mapped[str | None] = mapped_column(index=True)
    """Keyed hash of the caller's ``author_id``."""

    bundle: Mapped[str]
    """The bundle that gave ``learnt``; another one reads the text again."""

    learnt: Mapped[bytes]
    """Embedding (float32) and signature (64 bits each; none for a short text), sealed by the vault:
    a text can be guessed from them."""
