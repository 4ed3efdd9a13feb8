"""What there is to say of a database without changing it."""

from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.settings import Settings
from service.store.base import Base, now
from service.store.database import Database, unavailable
from service.store.retention import expired
from service.store.revision import HEAD, revision


def condition(database: Database, settings: Settings) -> dict[str, Any]:
    """Kind, version of its tables and of this code, rows and expired rows by table.

    Raises :class:`~service.errors.StoreUnavailable` where it cannot be reached.
    """
    try:
        with database.engine.connect() as connection:
            found = revision(connection)
            tables = set(inspect(connection).get_table_names())
    except SQLAlchemyError as error:
        raise unavailable(error) from None
    counts = database.read_now(rows, settings, tables)
    return {
        "database": database.engine.dialect.name,
        "migrated": found == HEAD,
        "revision": found,
        "wanted_revision": HEAD,
        **counts,
    }


def rows(session: Session, settings: Settings, tables: set[str]) -> dict[str, dict[str, int]]:
    """How many, and how many of them have expired, by table."""
    known = [table for table in Base.metadata.sorted_tables if table.name in tables]
    return {
        "rows": {
            str(table.name): session.scalar(select(func.count()).select_from(table)) or 0
            for table in known
        },
        "expired": {
            table.__tablename__: session.scalar(
                select(func.count()).select_from(table).where(expired_then)
            )
            or 0
            for table, expired_then in expired(settings, now()).items()
            if table.__tablename__ in tables
        },
    }
