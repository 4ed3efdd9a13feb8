"""Which form of the tables this code knows, without the library that brings them to it: it takes
ten megabytes and a seventh of a second, and a service that starts again seldom needs it."""

from sqlalchemy import Connection, column, inspect, select, table

HEAD = "0005"
"""The last of the files in :mod:`service.store.migrations`."""

VERSION = table("alembic_version", column("version_num"))


def revision(connection: Connection) -> str | None:
    """The form that the tables are in; ``None`` where there are none."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.scalar(select(VERSION.c.version_num))
    return found
