"""The service as operators run it, in a process of its own, watched from outside."""

import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx

from service.store.vault import new_key
from tests.bench.process import Server, clean_environment
from tests.e2e.processes import ROOT, free_port
from tests.faults.fault import Given

EVERY_S = 0.25
"""Between two looks at memory."""


class Service:
    """One process, ready; ended at the end of a ``with``."""

    def __init__(
        self, given: Given, settings: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        """``settings``: variables beside the bundle, a port and a folder, or others than those.
        ``log``: where its stderr goes; default: into the fault's folder."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log or given.folder / f"service-{self.port}.log"
        own = {
            "PYTHONPATH": str(ROOT),
            "LUREWATCH_BUNDLE_DIR": str(given.bundle),
            "LUREWATCH_DATA_DIR": str(given.folder / "data"),
            "LUREWATCH_SECRET_KEY": new_key(),
        }
        asked = {name: value for name, value in {**own, **(settings or {})}.items() if value}
        self.environment = clean_environment(**asked)

    def __enter__(self) -> "Service":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.end()

    def start(self) -> float:
        """Begin, or begin again after it was ended; gives the seconds until it is ready."""
        command = [sys.executable, "-m", "service", "serve", "--port", str(self.port)]
        self.server = Server(command, self.environment, self.log, ROOT)
        return self.server.until(self.ready)

    def ready(self) -> bool:
        """Whether it says so."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def resident_mb(self) -> float:
        """Memory that it holds now."""
        return self.server.resident_mb()


class Watch:
    """The most memory that a service held while a ``with`` lasted."""

    def __init__(self, service: Service) -> None:
        self.most_mb = 0.0
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(EVERY_S):
            self.most_mb = max(self.most_mb, self._service.resident_mb())
