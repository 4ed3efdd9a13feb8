"""The database, the same promises on SQLite and on PostgreSQL."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from service import access
from service.access import Scope
from service.errors import StoreUnavailable, Unauthenticated, VaultError
from service.store import Database, Vault, migrations
from service.store.base import Base, now
from service.store.revision import HEAD, revision
from service.store.tables import ApiKey, Campaign


def test_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_last_migration_is_the_one_that_the_code_knows(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with database.engine.connect() as connection:
        assert revision(connection) == HEAD


def test_a_start_on_tables_that_are_up_to_date_needs_no_migrations(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ads.db'}"
    told = (
        "import sys; from service.store import Database; d = Database(sys.argv[1]); d.migrate(); "
        "d.close(); print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", told, url], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    assert [one.strip() for one in said] == [b"True", b"False"]


def test_tables_of_a_later_version_are_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="later version than this"):
        database.migrate()
    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "9999"


def test_migrating_twice_at_once_is_harmless(database_url: str) -> None:
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            made = Database(database_url)
            made.migrate()
            made.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def campaign(session: Session, name: str, seen: datetime) -> None:
    session.add(Campaign(id=name, ads=1, first_seen=seen, last_seen=seen))


def test_times_come_back_with_their_zone(database: Database) -> None:
    east = timezone(timedelta(hours=7))
    seen = datetime(2026, 11, 26, 5, 30, 0, 123456, tzinfo=east)
    database.write_now(campaign, "cam_1", seen)
    found = database.read_now(lambda session: session.get_one(Campaign, "cam_1").first_seen)
    assert found == seen
    assert found.tzinfo == UTC
    with pytest.raises(StatementError, match="without a zone"):
        database.write_now(campaign, "cam_2", datetime(2026, 1, 1))


def test_times_at_the_ends_of_the_calendar_are_compared(database: Database) -> None:
    def seen_since(session: Session, given: datetime) -> list[Campaign]:
        return list(session.scalars(select(Campaign).where(Campaign.last_seen >= given)))

    database.write_now(campaign, "cam_1", now())
    for moment, later in ((datetime.min, 1), (datetime.max, 0)):
        for hours in (-12, 0, 12):
            given = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
            assert len(database.read_now(seen_since, given)) == later, given


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def half(session: Session) -> None:
        campaign(session, "cam_1", now())
        session.flush()
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        database.write_now(half)
    assert database.read_now(lambda session: session.scalars(select(Campaign)).all()) == []


def test_a_database_whose_connections_are_all_taken_is_away(database_url: str) -> None:
    """And no defect: callers get 503 as while it is down, and may ask again."""
    made = Database(database_url, threads=1)
    made.migrate()
    made.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    with made.engine.connect():
        for ask in (made.read_now, made.write_now):
            with pytest.raises(StoreUnavailable, match="does not answer"):
                ask(campaign, "cam_1", now())
        with pytest.raises(StoreUnavailable, match="does not answer"):
            made.migrate()
    made.write_now(campaign, "cam_1", now())
    made.close()


def test_writers_at_once_lose_nothing(database: Database) -> None:
    def count(session: Session) -> None:
        session.get_one(Campaign, "cam_1", with_for_update=True).ads += 1

    async def all_at_once() -> None:
        await asyncio.gather(*(database.write(count) for _ in range(60)))

    database.write_now(campaign, "cam_1", now())
    asyncio.run(all_at_once())
    assert database.read_now(lambda session: session.get_one(Campaign, "cam_1").ads) == 61


@pytest.mark.parametrize(
    "url",
    [
        "nonsense", "mysql://a/b", "postgresql://127.0.0.1:9/none",
        "postgresql://ana:pass@word:hidden@127.0.0.1/none",  # its own signs are not escaped
        "postgresql://ana:hidden@127.0.0.1:port/none", "sqlite:////dev/null/lurewatch.db",
    ],
)  # fmt: skip
def test_a_database_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        Database(url).migrate()
    assert "127.0.0.1" not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_what_is_deleted_from_sqlite_is_overwritten(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'a.db'}")
    made.migrate()
    made.write_now(campaign, "unmistakable", now())
    made.write_now(lambda session: session.delete(session.get_one(Campaign, "unmistakable")))
    made.close()
    plain = sqlite3.connect(tmp_path / "a.db")
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    assert not any(b"unmistakable" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_vault_gives_back_what_it_sealed(vault: Vault) -> None:
    sealed = vault.seal({"text": "ลองดู"})
    assert vault.unseal(sealed) == {"text": "ลองดู"}
    assert sealed != vault.seal({"text": "ลองดู"})
    with pytest.raises(VaultError, match="another key"):
        Vault(bytes(32)).unseal(sealed)
    with pytest.raises(VaultError, match="damaged"):
        vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_hashes_need_the_key_and_the_purpose(vault: Vault) -> None:
    assert vault.author("ana") == vault.author("ana")
    assert vault.author("ana") != Vault(bytes(32)).author("ana")
    assert vault.author("ana") != vault.hashed("reviewer", "ana")
    assert vault.author(None) is None


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    first = Vault.open(None, path, may_make=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.open(None, path, may_make=True).unseal(first.seal({"a": 1})) == {"a": 1}
    assert [one.name for one in path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("content", ["", "short", "A" * 43 + "!"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(VaultError, match="new-key"):
        Vault.open(None, path, may_make=True)
    with pytest.raises(VaultError, match="LUREWATCH_SECRET_KEY"):
        Vault.open(None, tmp_path / "none", may_make=False)
    with pytest.raises(VaultError, match=r"cannot be made; .*LUREWATCH_SECRET_KEY"):
        Vault.open(None, path / "in a file" / "key", may_make=True)


def test_keys_have_scopes_and_an_end(database: Database) -> None:
    key_id, key = database.write_now(access.add, "shift", {Scope.REVIEW})
    assert database.read_now(access.look_up, key).scopes == {Scope.REVIEW}
    assert key not in str(database.read_now(lambda s: [vars(k) for k in s.scalars(select(ApiKey))]))
    for wrong in ("", key[:-1], key + "x", "lw_é"):
        with pytest.raises(Unauthenticated):
            database.read_now(access.look_up, wrong)
    database.write_now(access.revoke, key_id)
    with pytest.raises(Unauthenticated):
        database.read_now(access.look_up, key)
    _, ended = database.write_now(access.add, "old", {Scope.REVIEW}, now() - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        database.read_now(access.look_up, ended)
