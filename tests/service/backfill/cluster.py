"""A Ray cluster of this machine, in processes that end with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.e2e.processes import PATIENCE_S, free_port

ACTOR = b"ray::MapWorker"
"""How the processes of a pool's actors are called, whatever they are at."""


STARTED = "Ray runtime started."
"""What a head says once all its parts are up; its port listens before."""

TRIES = 3
"""Parts of a head take fixed ports and give up by clocks of their own; then all of it ends."""


@contextmanager
def cluster(folder: Path, cores: int) -> Iterator[str]:
    """Address of one with so many cores; its token, logs and sessions lie in ``folder``."""
    for left in reversed(range(TRIES)):
        with head(folder, cores) as (process, address):
            if came_up(process, folder / "ray.log", last=not left):
                yield address
                return


def came_up(process: subprocess.Popen[bytes], log: Path, last: bool) -> bool:
    """Whether a head started, once that is known; the last that does not fails the test."""
    deadline = time.monotonic() + PATIENCE_S
    while STARTED not in (told := log.read_text("utf-8")):
        if process.poll() is not None or time.monotonic() > deadline:
            assert not last, told
            return False
        time.sleep(0.05)
    return True


@contextmanager
def head(folder: Path, cores: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """One that is being started, and the address it will have."""
    port = free_port()
    program = str(Path(sys.executable).with_name("ray"))
    with (folder / "ray.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "start", "--head", "--block", "--disable-usage-stats",
             "--include-dashboard=false", f"--port={port}", f"--num-cpus={cores}",
             "--object-store-memory=100000000", f"--temp-dir={folder / 'ray'}"],
            stdout=log, stderr=log, start_new_session=True, env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
    try:
        yield process, f"127.0.0.1:{port}"
    finally:
        known = descendants(process.pid)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for one in known:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()


def descendants(pid: int) -> list[int]:
    """Of a process, as far down as they go."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            rest = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            children.setdefault(int(rest[1]), []).append(int(path.parent.name))
    found, new = list[int](), [pid]
    while new:
        new = [child for one in new for child in children.get(one, ())]
        found += new
    return found


def actors(folder: Path) -> list[int]:
    """Processes of actors in the cluster of this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            mine = str(folder).encode() in (path.parent / "environ").read_bytes()
            if path.read_bytes().startswith(ACTOR) and mine:
                found.append(int(path.parent.name))
    return found
