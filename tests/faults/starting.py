"""``python -m service serve`` begun again and again, without reading its modules each time.

It is forked from a process that has read them, where nothing of the service has run.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from service.__main__ import main
from tests.e2e.processes import listening

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.starting", "uvicorn", "service.app"])

PATIENCE_S = 120.0
LOOK_S = 0.2


def serve(environment: Mapping[str, str], port: int, log: Path) -> None:
    """In the child."""
    os.environ.update(environment)
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    sys.exit(main(["serve", "--port", str(port)]))


def started(environment: Mapping[str, str], port: int, log: Path) -> int | None:
    """Its exit code; ``None`` where it serves, which is then ended."""
    process = PROCESSES.Process(target=serve, args=(environment, port, log), daemon=True)
    process.start()
    try:
        for _ in range(int(PATIENCE_S / LOOK_S)):
            process.join(LOOK_S)
            if process.exitcode is not None:
                return process.exitcode
            if listening(port):
                return None
        raise AssertionError(f"neither served nor ended: {log.read_text('utf-8')[-2000:]}")
    finally:
        process.kill()
        process.join()
