"""A small file system of its own, where this machine allows one, to be filled up."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE_MB = 8


class NotAllowed(Exception):
    """No file system may be mounted here."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mounted on ``folder`` and unmounted at the end, whatever happens. Raises
    :class:`NotAllowed`."""
    mount = shutil.which("mount")
    if mount is None:
        raise NotAllowed("there is no mount(8)")
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "lurewatch", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAllowed(done.stderr.strip() or f"mount ended with {done.returncode}")
    try:
        yield folder
    finally:
        # Lazily: also where something that was killed has not let go yet.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> int:
    """Write until there is no room for another byte; gives how many were written."""
    written = 0
    with path.open("wb", buffering=0) as stream:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    written += stream.write(bytes(size))
            except OSError:
                continue
    return written
