"""Another service over real HTTP."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from evaluation.peers.endpoint import KEY, Endpoint
from evaluation.rows import WrongRow


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
    with pytest.raises(WrongRow, match="KeyError: 'fraud'"):
        Endpoint(address, "fraud")(rows(2))
    monkeypatch.delenv(KEY)
    with pytest.raises(WrongRow, match="401"):
        Endpoint(address)(rows(2))
    with pytest.raises(WrongRow, match="ConnectError"):
        Endpoint("http://127.0.0.1:9")(rows(2))
