"""What is done outside of the console stands in the audit trail too."""

from pathlib import Path

import pytest
from sqlalchemy import select

from service.__main__ import main
from service.store import Database
from service.store.tables import AuditEntry


def test_keys_made_and_revoked_are_told_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    assert main(["keys", "add", "--name", "night shift", "--scope", "review"]) == 0
    said = capsys.readouterr()
    key_id = said.err.split(":")[0]
    assert main(["keys", "revoke", key_id]) == 0
    database = Database(url)
    rows = database.read_now(
        lambda session: list(session.scalars(select(AuditEntry).order_by(AuditEntry.at)))
    )
    database.close()
    assert [(row.action, row.key) for row in rows] == [
        ("key_made", key_id), ("key_revoked", key_id),
    ]  # fmt: skip
    assert rows[0].detail == {"scopes": ["review"]}
    assert said.out.strip() not in (tmp_path / "lurewatch.db").read_bytes().decode("latin-1")
