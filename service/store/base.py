"""What every table shares: its registry, times, and ids."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, the same on every database, so that migrations can speak of them."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones; this gives them back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without a zone: nobody knows which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone; use datetime.now(UTC)")
        try:
            return value.astimezone(UTC)
        except OverflowError:  # in UTC it is before the calendar's first moment, or after its last
            end = datetime.min if value.year == datetime.min.year else datetime.max
            return end.replace(tzinfo=UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone, whatever the database gave."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own shape)
        datetime: Instant,
        bytes: LargeBinary,
        str: String,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


def new_id(prefix: str) -> str:
    """An id that cannot be guessed, such as ``sub_5b0c…``: 122 random bits (RFC 9562, version 4).

    >>> len(new_id("sub"))
    36
    """
    return f"{prefix}_{uuid.uuid4().hex}"


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
