"""Another service over real HTTP."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from evaluation.__main__ import main
from evaluation.peers.endpoint import KEY, Endpoint
from evaluation.rows import WrongRow
from models.text_sets import COLLECTED
from tests.conftest import TinyRun


class Moderations(BaseHTTPRequestHandler):
    """Scores a text by its length, for who has the key."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        results = [
            {"category_scores": {"scam": len(text) / 100, "spam": 0.01}} for text in asked["input"]
        ]
        if self.path == "/short":
            results = results[1:]
        allowed = self.headers["Authorization"] == "Bearer abc"
        body = json.dumps({"results": results}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(KEY, "abc")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moderations)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def rows(count: int) -> list[dict[str, str]]:
    return [{"text": "x" * i} for i in range(count)]


def test_scores_come_back_in_order_over_several_requests(address: str) -> None:
    assert Endpoint(address, "scam")(rows(40)).tolist() == [i / 100 for i in range(40)]


def test_without_a_category_the_highest_counts(address: str) -> None:
    assert Endpoint(address)(rows(3)).tolist() == [0.01, 0.01, 0.02]


def test_what_answers_otherwise_is_named(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongRow, match="1 results for 2 texts"):
        Endpoint(address + "/short")(rows(2))
    with pytest.raises(WrongRow, match=r"1.01 is not from 0 to 1"):
        Endpoint(address)([{"text": "x" * 101}])
    with pytest.raises(WrongRow, match="KeyError: 'fraud'"):
        Endpoint(address, "fraud")(rows(2))
    monkeypatch.delenv(KEY)
    with pytest.raises(WrongRow, match="401"):
        Endpoint(address)(rows(2))
    with pytest.raises(WrongRow, match="ConnectError"):
        Endpoint("http://127.0.0.1:9")(rows(2))


def test_a_platform_compares_us_with_what_it_has(
    address: str, tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the command, on labelled files alone: no data set, nothing fitted."""
    lines = [
        {"id": str(i), "text": f"{'pay a fee ' * (1 + 4 * (i % 2))}no. {i}", "language": "en",
         "kind": ("recruitment", "lure")[i % 2], "group": str(i)}
        for i in range(24)
    ]  # fmt: skip
    file = tmp_path / "ours.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    out = tmp_path / "out"
    asked = ["peers", str(file), "--bundle", str(tiny_run.bundle), "--endpoint", address]
    options = ["--category", "scam", "--threshold", "0.3", "--out", str(out)]
    assert main([*asked, *options]) == 0
    told = capsys.readouterr().out
    for name in ("tiny-1", "flag everything", "flag nothing", "endpoint"):
        assert f"| {name} |" in told
    found = json.loads((out / "endpoint.json").read_text("utf-8"))
    whole = found["sets"][COLLECTED]["all"]
    assert found["thresholds"] == {"flagged": 0.3}
    assert whole["area under ROC"]["value"] == 1
    assert whole["recall at flagged"]["value"] == 1
    assert whole["false positives at flagged"]["value"] == 0
    assert "category scam" in found["peer"]
    assert "of 100 real lures “endpoint” sends 100" in page_of(out / "endpoint.html").lower()
    assert main([*asked, "--category", "spam", "--json"]) == 0
    spam = json.loads(capsys.readouterr().out)["endpoint"]["sets"][COLLECTED]["all"]
    assert spam["area under ROC"]["value"] == 0.5
    assert main([*asked, "--category", "fraud"]) == 2
    assert "KeyError: 'fraud'" in capsys.readouterr().err


def page_of(path: Path) -> str:
    return path.read_text("utf-8")
