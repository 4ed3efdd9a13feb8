"""A server in processes of its own: started, timed, weighed, ended with all that it began."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

START_PATIENCE_S = 180.0
END_PATIENCE_S = 20.0
SHORT_S = 0.02
LINES_TOLD = 12


class DidNotStart(Exception):
    """A server that cannot be measured, with the end of its log."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Of a process and all that it began, at a moment."""

    processor_s: float
    """User and system time since each began."""

    resident_mb: float
    """Sum of resident memory; pages that processes share are counted in each."""

    proportional_mb: float
    """The same with shared pages divided among those who share them (PSS)."""

    processes: int


class Server:
    """Ended at the end of a ``with``."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path
    ) -> None:
        """``folder``: where it runs."""
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self.began = time.perf_counter()
        with log.open("wb") as stream:
            self._process = psutil.Popen(
                command, cwd=folder, env=dict(environment), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            )  # fmt: skip
        self._known: dict[int, psutil.Process] = {}

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def until(self, answers: Callable[[], bool]) -> float:
        """Seconds from its start to the first good answer. Raises :class:`DidNotStart`."""
        while not answers():
            if not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE:
                raise DidNotStart(f"it went before it answered: {self.last_words()}")
            if time.perf_counter() - self.began > START_PATIENCE_S:
                raise DidNotStart(f"no answer within {START_PATIENCE_S:.0f} s: {self.last_words()}")
            time.sleep(SHORT_S)
        return time.perf_counter() - self.began

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-LINES_TOLD:]) or "it said nothing"

    def weight(self) -> Weight:
        """Now."""
        processor = resident = proportional = 0.0
        alive = self._tree()
        for one in alive:
            try:
                times, memory = one.cpu_times(), one.memory_full_info()
            except psutil.Error:
                continue
            processor += times.user + times.system
            resident += memory.rss / 2**20
            proportional += getattr(memory, "pss", memory.rss) / 2**20
        return Weight(processor, resident, proportional, len(alive))

    def processor_s(self) -> float:
        """As in :meth:`weight`, without weighing memory, which takes long."""
        spent = 0.0
        for one in self._tree():
            try:
                times = one.cpu_times()
            except psutil.Error:
                continue
            spent += times.user + times.system
        return spent

    def resident_mb(self) -> float:
        """As in :meth:`weight`, without dividing shared pages, which stops the process for long."""
        held = 0.0
        for one in self._tree():
            with suppress(psutil.Error):
                held += one.memory_info().rss / 2**20
        return held

    def handles(self) -> tuple[int, int]:
        """Open files (sockets among them) and threads of the process itself."""
        return self._process.num_fds(), self._process.num_threads()

    def ask_to_stop(self) -> None:
        """SIGTERM to the process itself, as those who run services do."""
        self._process.terminate()

    def gone(self, within_s: float) -> int:
        """Its exit code, once it has gone by itself. Raises ``psutil.TimeoutExpired``."""
        code: int = self._process.wait(within_s)
        return code

    def end(self) -> None:
        """All its processes, those whose parent has gone included."""
        mine = self._tree()
        for ask in ("terminate", "kill"):
            for one in mine:
                try:
                    getattr(one, ask)()
                except psutil.NoSuchProcess:
                    continue
            mine = psutil.wait_procs(mine, timeout=END_PATIENCE_S)[1]
        self._known.clear()

    def _tree(self) -> list[psutil.Process]:
        """The process and all below it, also those that were below it when last looked at."""
        found = [self._process]
        with suppress(psutil.NoSuchProcess):
            found += self._process.children(recursive=True)
        self._known.update({one.pid: one for one in found})
        return [one for one in self._known.values() if one.is_running()]


def clean_environment(**more: str) -> dict[str, str]:
    """This process's, without settings of the service or of Python, and with ``more``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("LUREWATCH_", "PYTHON", "OMP_", "VIRTUAL_ENV"))
    }
    return {**kept, "TOKENIZERS_PARALLELISM": "false", **more}
