"""The tables brought to the form that this code knows, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection

from service.errors import StoreUnavailable


def upgrade(connection: Connection) -> None:
    """In the connection's transaction. Raises :class:`~service.errors.StoreUnavailable` where a
    later version made the tables."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise StoreUnavailable(
            "the database's tables were made by a later version than this; run that version, "
            "or restore the backup from before it"
        ) from None
