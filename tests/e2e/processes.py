"""Processes that tests start, and what they say."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
"""How long a test waits for what must come: machines are busy."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def listening(port: int) -> bool:
    """Whether somebody does."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def start(port: int, **environment: str) -> subprocess.Popen[bytes]:
    """The service in a process of its own, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "serve", "--port", str(port)],
        cwd=ROOT, stderr=subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5)
            return process
        except OSError:
            assert process.poll() is None, "the service went before it was ready"
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"not ready after {PATIENCE_S} s")


@contextmanager
def serving(port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The same, ended at the end of a ``with``."""
    process = start(port, **environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class Consumer:
    """``python -m service consume`` with a log of its own; killed at the end of a ``with``."""

    def __init__(self, log: Path, bundle: Path, *options: str, **environment: str) -> None:
        self.log = log
        with open(log, "ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service", "consume", *options],
                cwd=ROOT, stderr=stream, stdout=stream, start_new_session=True,
                env={**os.environ, "LUREWATCH_BUNDLE_DIR": str(bundle), **environment},
            )  # fmt: skip

    def __enter__(self) -> "Consumer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def lines(self) -> list[dict[str, Any]]:
        """Of the log."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def until(self, message: str) -> dict[str, Any]:
        """The first line of the log that says so."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for line in self.log.read_text("utf-8").splitlines(keepends=True):
                if line.endswith("\n") and json.loads(line)["message"].startswith(message):
                    found: dict[str, Any] = json.loads(line)
                    return found
            assert self.process.poll() is None, self.log.read_text("utf-8")
            time.sleep(0.05)
        raise AssertionError(f"'{message}' was not said:\n{self.log.read_text('utf-8')}")

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)
