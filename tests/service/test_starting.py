"""A command imports what it needs and no more: imports are most of the time that a start takes, and
a third of the memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from service.__main__ import COMMANDS, app, main
from service.runtime import opened_store
from service.settings import Settings
from tests.conftest import TinyRun

ROOT = Path(__file__).parents[2]

PLACES = {name: place.partition(":")[0] for name, place in COMMANDS.items()}

HEAVY = {"fastapi", "numpy", "onnxruntime", "sqlalchemy", "tqdm", "uvicorn"}
"""Nothing that finds a command needs them: a wrong option is told at once."""

WHEN_USED = {
    "Crypto": "checksums of wallets, signatures of Coop",
    "alembic": "tables of an earlier version",
    "babel.messages": "reading a translation",
    "httpcore": "sending a webhook",
    "httpx": "clients, and where a webhook may go; with it come rich and pygments",
    "jsonpath": "events of an in-house platform",
    "pyarrow": "files of ads and exports",
    "requests": "comes with tldextract",
    "rich": "",
    "service.client": "platforms' events",
    "service.commands.backfill": "",
    "service.platforms.catalogue": "bots",
    "sqlalchemy.dialects.postgresql": "another database than this one",
    "tldextract": "the first ad that names a host",
}
"""What a service that starts leaves for later, and when that is."""


def imported(code: str, **environment: str) -> set[str]:
    """Modules that a fresh interpreter has after ``code``."""
    tell = "import atexit, json, sys\natexit.register(lambda: print(json.dumps(list(sys.modules))))"
    done = subprocess.run(
        [sys.executable, "-c", f"{tell}\n{code}"], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_command_is_found_without_the_others() -> None:
    for name in ("serve", "new-key"):
        found = imported(
            f"import typer, service.__main__ as m\ntyper.main.get_command(m.app).commands[{name!r}]"
        )
        assert found & set(PLACES.values()) == {PLACES[name]}
    found = imported("import service.__main__ as m; m.main(['nonsense'])")
    assert not found & (set(PLACES.values()) | HEAVY)


def test_help_asks_for_all() -> None:
    found = imported("import service.__main__ as m; m.main(['--help'])")
    assert set(PLACES.values()) < found


def test_help_has_every_command_in_order_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.partition("\nCommands:\n")[2].splitlines()
    named = [line.split(maxsplit=1) for line in lines if line]
    assert [name for name, *_ in named] == list(COMMANDS)
    assert all(len(words) == 2 for words in named)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_the_name_it_is_asked_for_by(name: str) -> None:
    group: Mapping[str, typer.core.TyperCommand] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert group[name].name == name
    assert group[name].help


def test_a_service_starts_without_what_it_may_never_use(tiny_run: TinyRun, tmp_path: Path) -> None:
    with opened_store(Settings(data_dir=tmp_path)):
        pass  # its tables are made
    found = imported(
        "from service.stopping import Server\n"
        "Server.run = lambda self: print('would serve')\n"
        "from service.__main__ import main\n"
        "assert main(['serve']) == 0",
        LUREWATCH_BUNDLE_DIR=str(tiny_run.bundle),
        LUREWATCH_DATA_DIR=str(tmp_path),
    )
    assert {"onnxruntime", "service.api.score", "service.webhooks.sender"} < found
    assert sorted(found & set(WHEN_USED)) == []


@pytest.mark.parametrize("name", WHEN_USED)
def test_what_is_left_for_later_is_there(name: str) -> None:
    assert find_spec(name) is not None
