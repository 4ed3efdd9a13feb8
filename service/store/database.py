"""The database: one way in for reading, one for writing, the same on SQLite and PostgreSQL.

Work is a plain function of a session, run in a thread and in a transaction of its own. SQLite has
one writer at a time: a writing transaction takes its place at once instead of failing half-way.

What a request asks for is waited for no longer than :data:`PATIENCE_S`, and not at all while the
database answers nobody (:mod:`service.store.silence`); what was waited for in vain is not written
later (:mod:`service.store.wish`). What goes on beside requests waits.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from service import request_ids
from service.chance import uniform
from service.errors import MaybeDone, StoreUnavailable
from service.observing.stages import stage
from service.store.connected import Connected
from service.store.revision import HEAD, revision
from service.store.silence import Silence
from service.store.wish import Wish

Args = ParamSpec("Args")
Found = TypeVar("Found")

READING = "lurewatch_reading"
BUSY_S = 30
"""How long a writer waits for another on SQLite."""

PATIENCE_S = 10.0
"""How long a request waits for the database. A transaction is some milliseconds; a database that
takes longer is as good as away."""

CLOSING_S = 5.0
"""How long what was begun may go on once the database is closed."""

LOOK_S = 0.5
"""Between two looks whether it is worth waiting any longer."""

NO_ANSWER = "the database does not answer; try again"

CONNECTION = {
    "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5",
    "keepalives_count": "3", "tcp_user_timeout": "20000",
}  # fmt: skip
"""How long PostgreSQL's client waits for a machine that says nothing at all, in seconds, the last
in milliseconds; else the system decides, often a quarter of an hour. The URL may say otherwise."""

ATTEMPTS = 4
"""Of a transaction that another one stood in the way of."""

RETRIED = ("40001", "40P01")
"""SQLSTATE of a failed serialisation and of a deadlock: the same again may succeed."""

READ_ONLY = "25006"
"""SQLSTATE of writing where nothing may be written: after a failover the old server, or one that
has not taken over yet, still answers those who are connected to it."""

MIGRATION_LOCK = 7_318_552_001
"""Advisory lock of PostgreSQL, so that two processes that start together migrate in turn."""


class Unwanted(Exception):
    """The database answered when nobody waited for it any more, and nobody is told so."""


class Database:
    """A pool of connections to one database."""

    def __init__(self, url: str, threads: int = 8) -> None:
        """Connects to nothing yet. Raises :class:`~service.errors.StoreUnavailable` for a URL that
        says no database of ours."""
        self.engine = engine_for(url, threads)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="store")
        self._silence = Silence()
        self._begun: set[Future[Any]] = set()
        self._connected = Connected()
        if not self.is_sqlite:
            event.listen(self.engine, "connect", self._connected.add)

    def migrate(self) -> None:
        """Bring the tables to the form that this code knows; two processes do it in turn.

        Raises :class:`~service.errors.StoreUnavailable`, also where a later version made them.
        """
        try:
            with self.engine.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                if revision(connection) != HEAD:
                    from service.store.upgrading import upgrade  # large, and seldom needed

                    upgrade(connection)
        except SQLAlchemyError as error:
            raise unavailable(error) from None

    def write_now(
        self, work: Callable[Concatenate[Session, Args], Found], *args: Args.args,
        **named: Args.kwargs,
    ) -> Found:  # fmt: skip
        """``work(session, …)`` in a transaction, which is committed to disk when this returns.
        Tried again where another transaction stood in the way, so it must not do anything else."""
        return self._transact(False, lambda session: work(session, *args, **named), Wish())

    def read_now(
        self, work: Callable[Concatenate[Session, Args], Found], *args: Args.args,
        **named: Args.kwargs,
    ) -> Found:  # fmt: skip
        """The same for work that changes nothing."""
        return self._transact(True, lambda session: work(session, *args, **named), Wish())

    async def write(
        self, work: Callable[Concatenate[Session, Args], Found], *args: Args.args,
        **named: Args.kwargs,
    ) -> Found:  # fmt: skip
        """:meth:`write_now` in a thread. Once begun it is finished, though its caller went.

        A request gets :class:`~service.errors.StoreUnavailable` where it takes too long, and then
        nothing is written, now or later: it may be sent again. Where the commit is under way and
        the database does not say what came of it, :class:`~service.errors.MaybeDone`."""
        with stage("store"):
            return await self._answer(False, lambda session: work(session, *args, **named))

    async def read(
        self, work: Callable[Concatenate[Session, Args], Found], *args: Args.args,
        **named: Args.kwargs,
    ) -> Found:  # fmt: skip
        """:meth:`read_now` in a thread."""
        with stage("store"):
            return await self._answer(True, lambda session: work(session, *args, **named))

    def is_silent(self) -> bool:
        """Whether it answers nobody, so that it need not be asked."""
        return self._silence.lasts()

    def close(self) -> None:
        """Finish what was begun, then let go of the connections. Those on which PostgreSQL says
        nothing for :data:`CLOSING_S` are cut: what had not been committed is then not written."""
        self._pool.shutdown(wait=False)
        late = wait(tuple(self._begun), timeout=None if self.is_sqlite else CLOSING_S).not_done
        for one in late:
            one.cancel()
        if late:
            self._connected.cut()
        self._pool.shutdown(wait=True)
        self.engine.dispose()

    async def _answer(self, reading: bool, work: Callable[[Session], Found]) -> Found:
        """In a thread that logs under the request's id. What nobody waits for any more is left
        where it has not begun."""
        hurried = request_ids.current() is not None
        if hurried and self.is_silent():
            raise StoreUnavailable(NO_ANSWER)
        context, number, wish = contextvars.copy_context(), self._silence.ask(), Wish()

        def heard() -> Found:
            tell = self._silence.hear  # also where the work fails: the database answered
            try:
                return context.run(self._transact, reading, work, wish)
            except StoreUnavailable:
                tell = self._silence.fail
                raise
            finally:
                tell(number)

        begun = self._pool.submit(heard)
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)
        answer = asyncio.wrap_future(begun)
        try:
            return await (self._soon(answer, wish) if hurried else answer)
        finally:
            answer.cancel()
            if begun.cancel():  # it has not begun, and will not
                self._silence.forget(number)

    async def _soon(self, answer: asyncio.Future[Found], wish: Wish) -> Found:
        """As soon as it is there; no longer than a request waits."""
        end = time.monotonic() + PATIENCE_S
        while not (await asyncio.wait([answer], timeout=LOOK_S))[0]:
            if time.monotonic() >= end or self.is_silent():
                raise StoreUnavailable(NO_ANSWER) if wish.take_back() else MaybeDone
        return answer.result()

    def _transact(self, reading: bool, work: Callable[[Session], Found], wish: Wish) -> Found:
        for attempt in range(1, ATTEMPTS + 1):
            committing = False
            try:
                with self.engine.connect() as connection:
                    connection.execution_options(**{READING: reading})
                    with Session(connection, expire_on_commit=False) as session:
                        found = work(session)
                        if not reading:
                            session.flush()  # so that only the commit itself is left
                            if not wish.grant():  # left by the way out, which rolls back
                                raise Unwanted
                        committing = not reading
                        session.commit()
                        return found
            except DBAPIError as error:
                if committing and error.connection_invalidated:  # it broke before it said
                    raise MaybeDone from None
                state = getattr(error.orig, "sqlstate", None)
                if state not in RETRIED or attempt == ATTEMPTS:
                    raise unavailable(error) from None
                time.sleep(uniform(0, 0.05 * 2**attempt))
            except PoolTimeout as error:
                raise unavailable(error) from None
        raise AssertionError("This is a bug.")


def read_url(url: str) -> URL:
    """The parts of a database's URL. Raises :class:`~service.errors.StoreUnavailable`, which tells
    none of its words."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # whose words may be those of a password
        raise StoreUnavailable(
            "LUREWATCH_DATABASE is no URL of a database; in a password, write %3A for ':', %40 for "
            "'@' and so on"
        ) from None


def place(url: str) -> str:
    """Where a database is, for people: a file, or host and name. Never who opens it or how."""
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite":
        return str(Path(parsed.database or "").absolute())
    host = f"{parsed.host or 'localhost'}{f':{parsed.port}' if parsed.port else ''}"
    return f"{parsed.get_backend_name()}://{host}/{parsed.database or ''}"


def is_there(url: str) -> bool:
    """Whether SQLite has a file of that name. PostgreSQL says by itself that it knows no such
    database."""
    parsed = read_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def must_exist(url: str) -> None:
    """Raises :class:`~service.errors.StoreUnavailable` where :func:`is_there` says no."""
    if not is_there(url):
        raise StoreUnavailable(
            "no database is there yet; it is made when the service starts. See LUREWATCH_DATABASE "
            "and LUREWATCH_DATA_DIR, and the folder in which this was started"
        )


def engine_for(url: str, threads: int) -> Engine:
    """An engine with our rules for each kind of database."""
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            try:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                raise StoreUnavailable("the folder of the database cannot be made") from None
        engine = create_engine(parsed, pool_size=threads, max_overflow=0)
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise StoreUnavailable(
            "LUREWATCH_DATABASE is neither sqlite:///… nor postgresql://…; no other is supported"
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        return create_engine(
            parsed, pool_size=threads, max_overflow=0, pool_pre_ping=True,
            connect_args={name: CONNECTION[name] for name in CONNECTION.keys() - parsed.query},
        )  # fmt: skip
    except ModuleNotFoundError:
        raise StoreUnavailable(
            "PostgreSQL needs its driver: pip install 'lurewatch[postgresql]'"
        ) from None


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Write-ahead log, every commit on disk, and bytes that are deleted are overwritten."""
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_S * 1000}",
        "auto_vacuum = INCREMENTAL",  # of a new file; must come before anything is written to it
        "journal_mode = WAL", "synchronous = FULL",
        "foreign_keys = ON", "secure_delete = ON",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the one writer's place now, rather than when it first writes."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def unavailable(error: SQLAlchemyError) -> StoreUnavailable | SQLAlchemyError:
    """What callers are told of a database that is away or full: never its own words, which may
    hold values. A defect of ours stays what it is."""
    if isinstance(error, PoolTimeout):  # others have every connection, and have had it for long
        return StoreUnavailable(NO_ANSWER)
    if isinstance(error, OperationalError):
        return StoreUnavailable("the database cannot be reached, or has no room; try again")
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return StoreUnavailable("the database takes nothing at present; try again")
    return error
