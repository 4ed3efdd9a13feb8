"""Runs migrations over the connection that ``Database.migrate`` gives."""

from alembic import context

from service.store import tables  # noqa: F401 (fills the registry)
from service.store.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
