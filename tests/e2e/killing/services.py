"""Real service processes, to be killed and started again."""

import multiprocessing
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.e2e.killing.child import serve
from tests.e2e.processes import free_port

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.e2e.killing.child"])

READY_S = 180


class Service:
    """One process at a time, on a port that stays its own."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._environment = dict(environment)

    def start(self) -> None:
        """Does not wait; see :meth:`ready`."""
        self._commits, telling = PROCESSES.Pipe(duplex=False)
        os.set_blocking(self._commits.fileno(), False)
        self.process = PROCESSES.Process(
            target=serve, args=(self._environment, self.port, self.log, telling), daemon=True
        )
        self.process.start()
        telling.close()

    def ready(self) -> None:
        """Until it serves."""
        end = time.monotonic() + READY_S
        while True:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.is_alive(), self.log.read_text("utf-8")[-2000:]
            assert time.monotonic() < end, "the service does not start"
            time.sleep(0.02)

    def next_commit(self, wait_s: float) -> bool:
        """Until it is about to commit something; false where it does not."""
        self._said()
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            if self._said():
                return True
            time.sleep(0.0005)
        return False

    def freeze(self, seconds: float) -> None:
        """As a machine that is put to sleep, and wakes up believing that no time has passed."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self._commits.close()

    def _said(self) -> bool:
        try:
            return bool(os.read(self._commits.fileno(), 1 << 16))
        except BlockingIOError:
            return False
