"""Which form of the tables this code knows, without the library that brings them to it: it takes
ten megabytes and a seventh of a second, and a service that starts again seldom needs it."""

from sqlalchemy import Connection, column, inspect, select, table

HEAD = "0004"
"""The last of the files in :mod:`service.store.migrations`."""

VERSION = table("alembic_version", column("version_num"))


def is_current(connection: Connection) -> bool:
    """Whether the tables are in that form."""
    if not inspect(connection).has_table(VERSION.name):
        return False
    return list(connection.scalars(select(VERSION.c.version_num))) == [HEAD]
