"""The command in a process of its own, and how it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.processes import PATIENCE_S, ROOT


def environment(bundle: Path, **more: str) -> dict[str, str]:
    """Of the command: nothing of ours but the bundle."""
    return {**os.environ, "LUREWATCH_BUNDLE_DIR": str(bundle), "OMP_NUM_THREADS": "1", **more}


@contextmanager
def started(bundle: Path, *options: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Running; killed at the end of a ``with``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "backfill", *options], cwd=ROOT, text=True,
        env=environment(bundle, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for it while the process runs."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None, "it ended before"
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.005)


def ended(process: subprocess.Popen[str], number: signal.Signals | None = None) -> int:
    """Its exit code, after a signal if one is given."""
    if number is not None:
        process.send_signal(number)
    return process.wait(PATIENCE_S)


def done(output: Path) -> set[str]:
    """Records of finished shards."""
    return {path.name for path in (output / "done").glob("*.json")}
