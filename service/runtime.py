"""What a running service is made of, and how a request gets at it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from fastapi import Request

from service.ending import Ending
from service.engine import Engine
from service.incidents.state import Live
from service.key_use import KeyUse
from service.known_keys import KnownKeys
from service.limiting import Limiter
from service.observing.observer import Observer
from service.quota import Quota
from service.settings import Settings
from service.shadow.shadow import Shadow
from service.store import Database, Vault
from service.store.database import must_exist


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that lives as long as the service."""

    settings: Settings
    engine: Engine
    database: Database
    vault: Vault
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it, on the event loop, after a commit that put something into the outbox: the sender of
    this process looks at once. What nobody rings for is found within a second."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """The same for a submission: the worker of this process claims it at once."""

    ending: Ending = field(default_factory=Ending)
    """Given once the service was told to stop: what would go on for long ends soon."""

    limiter: Limiter = field(default_factory=Limiter)
    """How often one network address may ask; known to this process alone."""

    known_keys: KnownKeys = field(default_factory=KnownKeys)
    """Keys that scored a moment ago; known to this process alone."""

    quota: Quota = field(default_factory=Quota)
    """How many ads each key may still have scored; known to this process alone."""

    key_use: KeyUse = field(default_factory=KeyUse)
    """Keys that were used today, as far as this process knows."""

    incidents: Live = field(default_factory=Live)
    """The incidents that this process saw last; :mod:`service.incidents.live` looks after them."""

    shadow: Shadow | None = None
    """Another bundle that is asked beside the one that serves, where the operator wants that."""

    observer: Observer = field(default_factory=Observer)
    """Who counts what is done."""


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


@contextmanager
def opened_store(settings: Settings) -> Iterator[tuple[Database, Vault]]:
    """The same for as long as a command runs."""
    database, vault = open_store(settings)
    with closing(database):
        yield database, vault


@contextmanager
def existing_store(settings: Settings) -> Iterator[tuple[Database, Vault]]:
    """The same for a command that asks for what is there: where nothing is, nothing is made, or a
    slip in the address would look like an empty store. Raises as :func:`open_store`."""
    must_exist(settings.database_url)
    with opened_store(settings) as store:
        yield store


def runtime_of(request: Request) -> Runtime:
    """The runtime behind a request. Raises :class:`~service.errors.ModelUnavailable` while the
    service starts or stops."""
    found: Runtime = request.app.state.runtime()
    return found
