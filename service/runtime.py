"""What a running service is made of, and how a request gets at it."""

from dataclasses import dataclass

from fastapi import Request

from service.engine import Engine
from service.settings import Settings
from service.store import Database, Vault


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that lives as long as the service."""

    settings: Settings
    engine: Engine
    database: Database
    vault: Vault


def open_store(settings: Settings) -> tuple[Database, Vault]:
    """The database, its tables brought up to date, and the key to what is in it.

    Raises :class:`~service.errors.StoreUnavailable` or :class:`~service.errors.VaultError`.
    """
    key_file = settings.data_dir / "key"
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    vault = Vault.open(secret, key_file, may_make=settings.database is None)
    database = Database(settings.database_url)
    database.migrate()
    return database, vault


def runtime_of(request: Request) -> Runtime:
    """The runtime behind a request. Raises :class:`~service.errors.ModelUnavailable` while the
    service starts or stops."""
    found: Runtime = request.app.state.runtime()
    return found
