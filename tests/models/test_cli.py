"""Help is for people: where the terminal has room, nothing that it says is cut off."""

import pytest

from models.cli import DONE, HELP_COLUMNS, new_app, run

SENTENCE = "Every key: id, name, scopes, days it was made and last used, state, limit"


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(HELP_COLUMNS))


@pytest.mark.usefixtures("wide")
def test_a_wide_terminal_is_told_whole_what_commands_do(capsys: pytest.CaptureFixture[str]) -> None:
    inner = new_app("Keys.")
    inner.command("list", help=f"{SENTENCE}.")(lambda: None)
    inner.command("add")(lambda: None)
    outer = new_app("Everything.")
    outer.add_typer(inner, name="keys")
    for app, argv in ((inner, ["--help"]), (outer, ["keys", "--help"])):
        assert run(app, argv, ()) == DONE
        assert SENTENCE in capsys.readouterr().out
