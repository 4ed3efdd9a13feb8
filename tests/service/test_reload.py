"""``python -m service reload``: every process behind a name is told, each by its own address."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from models.cli import DONE, REFUSED, USAGE
from service import access
from service.__main__ import main
from service.access import Scope
from service.app import create_app
from service.commands.platform import KEY
from service.commands.reload import targets
from service.settings import Settings
from service.store import Database
from service.store.vault import new_key
from tests.conftest import TinyRun
from tests.e2e.processes import free_port
from tests.live import live
from tests.service.registry import Registry, with_one


@pytest.fixture
def registry(tmp_path: Path, tiny_run: TinyRun) -> Registry:
    return with_one(tmp_path / "registry", tiny_run.bundle)


@pytest.fixture
def settings(registry: Registry, tmp_path: Path) -> Settings:
    """Of processes on one database, which ask for keys."""
    given: dict[str, Any] = {
        "registry": registry.folder, "authentication": "on", "workers": 1,
        "database": f"sqlite:///{tmp_path / 'lurewatch.db'}", "secret_key": new_key(),
    }  # fmt: skip
    return Settings(**given)


@pytest.fixture
def processes(settings: Settings) -> Iterator[tuple[str, str]]:
    """Addresses of two."""
    with live(create_app(settings)) as one, live(create_app(settings)) as other:
        yield one, other


@pytest.fixture
def key(settings: Settings, processes: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an administrator, where the command finds it."""
    database = Database(settings.database_url)
    _, made = database.write_now(access.add, "jobs", [Scope.ADMIN])
    database.close()
    monkeypatch.setenv(KEY, made)


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, lines, and words beside them."""
    code = main(["reload", *argv])
    printed = capsys.readouterr()
    return code, [json.loads(line) for line in printed.out.splitlines()], printed.err


@pytest.mark.usefixtures("key")
def test_every_process_is_told(
    registry: Registry, processes: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    registry.add("two")
    registry.promote("two")
    code, lines, words = told(capsys, *processes)
    assert code == DONE, words
    assert [f"http://{line['address']}" for line in lines] == list(processes)
    assert [(line["before"], line["after"]) for line in lines] == [("one", "two")] * 2


@pytest.mark.usefixtures("key")
def test_one_that_does_not_change_is_told_and_the_others_are_still_asked(
    registry: Registry, processes: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    code, lines, words = told(capsys, f"http://{nobody}", processes[0])
    assert code == REFUSED
    assert lines[0]["address"] == nobody
    assert lines[0]["error"].startswith(f"nobody answers at http://{nobody}: is the service")
    assert lines[1]["after"] == "one"
    assert "not all" in words
    broken = registry.add("broken")
    (broken / "model.onnx").write_bytes(b"")
    registry.promote("broken")
    code, lines, _ = told(capsys, *processes)
    assert code == REFUSED
    assert len(lines) == 2
    assert all("broken" in line["error"] for line in lines)


class Stranger(BaseHTTPRequestHandler):
    """Says what is next on its list to whoever asks."""

    says: ClassVar[list[tuple[int, str]]] = []

    def do_POST(self) -> None:
        status, said = self.says.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.mark.usefixtures("key")
def test_another_server_is_told_and_the_others_are_still_asked(
    processes: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = {
        (200, '{"ok": true}'): "the answer is not one of Lurewatch's",
        (200, '{"before": 1, "after": [], "policy": 1, "seconds": 1}'):
            "the answer is not one of Lurewatch's",
        (200, "[]"): "the answer is not one of Lurewatch's",
        (200, "<html>"): "the answer is not one of Lurewatch's",
        (404, "[]"): "status 404",
        (302, "{}"): "status 302",
    }  # fmt: skip
    Stranger.says[:] = said
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            stranger = f"http://127.0.0.1:{server.server_port}"
            code, lines, words = told(capsys, *[stranger] * len(said), processes[0])
        finally:
            server.shutdown()
            thread.join()
    assert code == REFUSED
    assert [line["error"] for line in lines[:-1]] == list(said.values())
    assert lines[-1]["after"] == "one"
    assert "not all" in words


def test_without_a_key_nothing_changes(
    processes: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    code, lines, _ = told(capsys, processes[0])
    assert code == REFUSED
    assert "key" in lines[0]["error"]


def test_a_name_means_each_of_its_addresses() -> None:
    found = list(targets("http://pods:8000", lambda host, port: ["10.0.0.7", "fd00::7"]))
    assert [(str(url), host) for url, host in found] == [
        ("http://10.0.0.7:8000/v1/model/reload", "pods"),
        ("http://[fd00::7]:8000/v1/model/reload", "pods"),
    ]
    ((url, _),) = targets("https://127.0.0.1")
    assert str(url) == "https://127.0.0.1/v1/model/reload"


@pytest.mark.parametrize(
    "address", ["lurewatch-pods:8000", "ftp://host", "http://", "http://no.invalid"]
)
def test_what_is_no_address_is_told(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, words = told(capsys, address)
    assert (code, lines) == (USAGE, [])
    assert "address" in words
