"""What people report of an offer, or of what became of it. Only the operator's private key opens
it, and that key is not here."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Report(Base):
    """A report and its link to an ad. Nothing says who made it."""

    __tablename__ = "reports"

    id: Mapped[str] = mapped_column(primary_key=True)
    """``rep_…``."""

    code: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the code that lets the reporter add to the report, or withdraw it."""

    ad: Mapped[str | None]
    campaign: Mapped[str | None] = mapped_column(index=True)
    day: Mapped[datetime]
    """The day it came, without the hour: the hour may tell who it was."""

    expires_at: Mapped[datetime] = mapped_column(index=True)


class ReportPart(Base):
    """What was said at once: the report itself first, then additions."""

    __tablename__ = "report_parts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    report: Mapped[str] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes]
    """JSON, sealed with the operator's public key (libsodium's sealed box)."""

    day: Mapped[datetime]


class ReportMark(Base):
    """That something was done, for a day or two: the same asked again is answered alike. Names
    neither a report nor a person."""

    __tablename__ = "report_marks"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash: of the code of a report that was withdrawn; or of an addition's code, words and
    ``Idempotency-Key``."""

    expires_at: Mapped[datetime] = mapped_column(index=True)
    """A midnight, so that the hour is not told."""
