"""One key after another, the same on SQLite and on PostgreSQL; and keys that nobody uses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from service import access
from service.__main__ import main
from service.access import Scope
from service.commands.key_lines import lines
from service.errors import RotationError, Unauthenticated
from service.key_use import KeyUse, day_of, mark
from service.known_keys import FRESH_S
from service.rotation import rotate
from service.runtime import Runtime
from service.store import Database
from service.store.base import now
from service.store.database import place
from service.store.tables import ApiKey, AuditEntry
from tests.live import Service
from tests.service.observing.scene import lose_database

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def row_of(database: Database, key_id: str) -> ApiKey:
    return database.read_now(lambda session: session.get_one(ApiKey, key_id))


def close(moment: datetime | None, to: datetime) -> bool:
    """Within what a busy machine may take."""
    return moment is not None and abs(moment - to) < timedelta(minutes=5)


def test_the_new_key_has_all_of_the_old_one_and_both_open_for_a_while(database: Database) -> None:
    scopes = {Scope.SCORE, Scope.METRICS}
    old_id, old = database.write_now(access.add, "postings", scopes, None, 600)
    new = database.write_now(rotate, old_id, HOUR)
    found = database.read_now(access.look_up, new.key)
    assert (found.id, found.ads_per_minute) == (new.id, 600)
    assert found.scopes == scopes
    assert found.ends_at is None
    assert row_of(database, new.id).name == "postings"
    before = database.read_now(access.look_up, old)
    assert close(before.ends_at, now() + HOUR)
    assert row_of(database, old_id).replaced_by == new.id


def test_without_an_overlap_the_old_one_ends_at_once(database: Database) -> None:
    old_id, old = database.write_now(access.add, "postings", {Scope.SCORE})
    database.write_now(rotate, old_id, timedelta(0))
    with pytest.raises(Unauthenticated):
        database.read_now(access.look_up, old)


def test_a_key_with_an_end_has_one_that_lives_as_long(database: Database) -> None:
    old_id, _ = database.write_now(access.add, "postings", {Scope.SCORE}, now() + 30 * DAY)
    new = database.write_now(rotate, old_id, DAY)
    assert close(new.ends_at, now() + 30 * DAY)
    other_id, _ = database.write_now(access.add, "others", {Scope.SCORE}, now() + HOUR)
    other = database.write_now(rotate, other_id, DAY, 90 * DAY)
    assert close(other.ends_at, now() + 90 * DAY)
    assert close(other.old_ends_at, now() + HOUR), "an overlap makes no key live longer"


def test_only_a_key_in_force_is_replaced_and_once(database: Database) -> None:
    old_id, _ = database.write_now(access.add, "postings", {Scope.SCORE})
    new = database.write_now(rotate, old_id, DAY)
    with pytest.raises(RotationError, match=f"{new.id} took its place already"):
        database.write_now(rotate, old_id, DAY)
    assert database.write_now(rotate, new.id, DAY)
    gone, _ = database.write_now(access.add, "gone", {Scope.SCORE})
    database.write_now(access.revoke, gone)
    ended, _ = database.write_now(access.add, "ended", {Scope.SCORE}, now() - HOUR)
    for key_id in (gone, ended, "key_none"):
        with pytest.raises(RotationError, match="no such key in force"):
            database.write_now(rotate, key_id, DAY)


def made(session: Session, name: str, age: timedelta, used: timedelta | None) -> str:
    """A key of that age, last used so long ago."""
    key_id, _ = access.add(session, name, {Scope.SCORE})
    session.flush()
    row = session.get_one(ApiKey, key_id)
    row.created_at = now() - age
    row.last_used = None if used is None else day_of(now() - used)
    return key_id


def test_keys_that_nobody_uses_are_found(database: Database) -> None:
    for name, age, used in (
        ("new", DAY, None),
        ("never used", 91 * DAY, None),
        ("used today", 400 * DAY, timedelta(0)),
        ("used 89 days ago", 400 * DAY, 89 * DAY),
        ("used 92 days ago", 400 * DAY, 92 * DAY),
    ):
        database.write_now(made, name, age, used)
    gone = database.write_now(made, "revoked", 400 * DAY, None)
    database.write_now(access.revoke, gone)
    named = [line.split("  ")[1] for line in database.read_now(lines, now(), 90)]
    assert sorted(named) == ["never used", "used 92 days ago"]


def test_a_line_says_what_there_is_to_a_key(database: Database) -> None:
    made_on, used_on = datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 2, 3, 4, tzinfo=UTC)
    key_id, _ = database.write_now(access.add, "postings", {Scope.SCORE}, None, 600)

    def dated(session: Session) -> None:
        session.get_one(ApiKey, key_id).created_at = made_on
        mark(session, {key_id: day_of(used_on)})

    database.write_now(dated)
    assert database.read_now(lines, now()) == [
        f"{key_id}  postings  score  made 2026-01-02  used 2026-02-03  in force  600 ads a minute"
    ]
    database.write_now(access.set_limit, key_id, 0)
    assert database.read_now(lines, now())[0].endswith("in force  no limit")
    database.write_now(access.set_limit, key_id, None)
    new = database.write_now(rotate, key_id, -HOUR)
    old_line = database.read_now(lines, now())[0]
    assert old_line.endswith(f"ended {now() - HOUR:%Y-%m-%d}  replaced by {new.id}")


def test_a_later_day_of_another_process_stands(database: Database) -> None:
    key_id, _ = database.write_now(access.add, "postings", {Scope.SCORE})
    today = day_of(now())
    for day in (today - DAY, today, today - 2 * DAY):
        database.write_now(mark, {key_id: day, "key_gone": day})
    assert row_of(database, key_id).last_used == today


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Asks for keys."""
    with TestClient(Service(data_dir=tmp_path, authentication="on").app) as client:
        yield client


def runtime(client: Any) -> Runtime:
    found: Runtime = client.app.state.runtime()
    return found


def score(client: TestClient, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    ad = {"ads": [{"text": "Free visa"}]}
    return client.post("/v1/score", json=ad, headers=headers).status_code


def test_an_old_key_scores_no_longer_than_it_is_remembered(client: TestClient) -> None:
    at = 0.0
    runtime(client).known_keys.clock = lambda: at
    database = runtime(client).database
    old_id, old = database.write_now(access.add, "postings", {Scope.SCORE})
    assert score(client, old) == 200
    new = database.write_now(rotate, old_id, timedelta(0))
    assert (score(client, old), score(client, new.key)) == (200, 200)
    at = FRESH_S
    assert (score(client, old), score(client, new.key)) == (401, 200)


def test_what_was_used_is_known_after_the_service_has_stopped(tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path, authentication="on")
    with TestClient(service.app) as client:
        database = runtime(client).database
        used, key = database.write_now(access.add, "used", {Scope.SCORE})
        admin, door = database.write_now(access.add, "admin", {Scope.ADMIN})
        idle, _ = database.write_now(access.add, "idle", {Scope.SCORE})
        assert score(client, key) == 200
        headers = {"Authorization": f"Bearer {door}"}
        assert client.get("/v1/webhooks", headers=headers).status_code == 200
        assert score(client, "lw_wrong") == 401
    reopened = Database(service.settings.database_url)
    days = [row_of(reopened, key_id).last_used for key_id in (used, admin, idle)]
    reopened.close()
    assert days == [day_of(now()), day_of(now()), None]


def test_no_request_waits_for_the_note_or_fails_without_the_database(client: TestClient) -> None:
    database = runtime(client).database
    _, key = database.write_now(access.add, "postings", {Scope.SCORE})
    written: list[str] = []

    def writing(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("UPDATE api_keys"):
            written.append(statement)

    event.listen(database.engine, "before_cursor_execute", writing)
    assert score(client, key) == 200
    lose_database(client)
    assert [score(client, key) for _ in range(3)] == [200] * 3
    assert written == []


def test_what_could_not_be_written_is_kept_and_nothing_is_written_twice(
    tmp_path: Path, client: TestClient
) -> None:
    database = runtime(client).database
    key_id, _ = database.write_now(access.add, "postings", {Scope.SCORE})
    use = KeyUse()
    use.seen(None)
    use.seen(key_id)
    away = Database("postgresql://127.0.0.1:9/none")
    portal = client.portal
    assert portal is not None
    portal.call(use.write, away)
    assert row_of(database, key_id).last_used is None
    portal.call(use.write, database)
    assert row_of(database, key_id).last_used == day_of(now())
    use.seen(key_id)
    portal.call(use.write, away)  # nothing to do, so nobody is asked
    away.close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that commands work on."""
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    database = Database(url)
    database.migrate()
    yield database
    database.close()


def test_the_shell_makes_limits_rotates_and_tells_the_trail(
    shell: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    made_by = ["keys", "add", "--name", "postings", "--scope", "score", "--ads-per-minute", "600"]
    assert main(made_by) == 0
    old_id = capsys.readouterr().err.split(":")[0]
    for words, said in (("100", "100 ads a minute"), ("none", "no limit"), ("50", "50 ads")):
        assert main(["keys", "limit", old_id, words]) == 0
        assert said in capsys.readouterr().err
    assert main(["keys", "rotate", old_id, "--overlap-hours", "2"]) == 0
    out, err = capsys.readouterr()
    key, new_id = out.strip(), err.split(":")[0]
    assert f"{old_id} ends" in err
    assert shell.read_now(access.look_up, key).id == new_id
    assert close(row_of(shell, old_id).expires_at, now() + 2 * HOUR)
    assert main(["keys", "list"]) == 0
    old, new = capsys.readouterr().out.splitlines()
    assert old.endswith(f"50 ads a minute  replaced by {new_id}")
    assert new.endswith("not used  in force  50 ads a minute")
    assert main(["keys", "list", "--unused-days", "90"]) == 0
    assert capsys.readouterr().out == ""
    rows = shell.read_now(lambda s: list(s.scalars(select(AuditEntry).order_by(AuditEntry.at))))
    assert [(row.action, row.key) for row in rows] == [
        ("key_made", old_id), *[("key_limited", old_id)] * 3, ("key_rotated", old_id),
        ("key_made", new_id),
    ]  # fmt: skip
    assert [row.detail.get("ads_per_minute") for row in rows[1:4]] == [100, 0, 50]
    assert rows[4].detail["by"] == new_id
    assert rows[4].act == rows[5].act
    assert key not in str([vars(row) for row in rows])


def test_the_database_of_a_new_key_is_told_and_whether_it_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key that was made in another folder opens nothing, and looks as if it did."""
    monkeypatch.setenv("LUREWATCH_DATA_DIR", "kept")
    monkeypatch.chdir(tmp_path)
    add = ["keys", "add", "--name", "postings", "--scope", "score"]
    assert main(add) == 0
    first = capsys.readouterr().err
    assert f": score, for a service on {tmp_path / 'kept' / 'lurewatch.db'}\n" in first
    assert "this database was made just now" in first
    assert main(add) == 0
    assert "made just now" not in capsys.readouterr().err


def test_where_a_database_is_tells_nothing_of_who_opens_it() -> None:
    url = "postgresql://me:secret@db.example:5433/lurewatch?password=secret"
    assert place(url) == "postgresql://db.example:5433/lurewatch"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["add", "--name", " ", "--scope", "score"], "--name: say who will use it"),
        (["limit", "key_none", "5"], "key_none: no such key"),
        (["limit", "key_none", "0"], "0: give a number of ads from 1 up"),
        (["limit", "key_none", "-1"], "No such option"),
        (["limit", "key_none", "9999999999"], "give a number of ads"),
        (["limit", "key_none", "many"], "many: give a number of ads"),
        (["rotate", "key_none"], "key_none: no such key in force"),
        (["rotate", "key_none", "--overlap-hours", "-1"], "--overlap-hours"),
        (["add", "--name", "a", "--scope", "score", "--ads-per-minute", "-5"], "--ads-per-minute"),
        (["add", "--name", "a", "--scope", "score", "--days", "99999999"], "--days"),
        (["rotate", "key_none", "--days", "99999999"], "--days"),
        (["list", "--unused-days", "99999999"], "--unused-days"),
    ],
)
def test_what_cannot_be_done_is_said(
    shell: Database, argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", *argv]) == 2
    assert said in capsys.readouterr().err
