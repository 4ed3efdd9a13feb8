"""Nothing leaves the machine, and nothing is written beside it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from tests.conftest import TinyRun

SCORE_ONE = """
import socket, sys
def refuse(*a, **k): raise SystemExit("something tried to reach the network")
socket.getaddrinfo = refuse
from service.__main__ import main
raise SystemExit(main(["score", "-"]))
"""


def test_scoring_writes_nothing_into_the_home_of_the_user(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    """ONNX Runtime's own telemetry wrote a device id there when it was not told to stay silent."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path),
        "LUREWATCH_BUNDLE_DIR": str(tiny_run.bundle),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SCORE_ONE], input=b'{"text": "a job"}\n', env=environment,
        cwd=Path(__file__).parents[2], capture_output=True, check=True,
    )  # fmt: skip
    assert b'"score"' in done.stdout
    assert b"elemetry" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == []


def test_the_documentation_page_takes_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "swagger-ui-bundle.js" in page
    assert re.findall(r"(?:src|href)=.https?://[^ >]*", page) == []
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert client.get(address).status_code == 200
