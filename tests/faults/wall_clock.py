"""The wall clock of one process, set from outside.

By libfaketime where this machine has it: then all that the process reads from the C library, SQLite
and TLS included, sees the other clock. Else by a hook in Python (``tests/faults/hook``), which our
code and the Python libraries see, and C code does not.
"""

import os
from pathlib import Path

HOOK = Path(__file__).parent / "hook"
LIBRARIES = ("/usr/lib", "/usr/local/lib")


class WallClock:
    """Ahead of the machine's by as many seconds as are set."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._library = library()
        self.set(0)

    @property
    def by(self) -> str:
        """What does it."""
        return "libfaketime" if self._library else "a hook in Python"

    def set(self, ahead_s: float) -> None:
        """From now on; whole at once."""
        partial = self._file.with_suffix(".partial")
        partial.write_text(f"{ahead_s:+.0f}", "ascii")
        os.replace(partial, self._file)

    def environment(self, path: str) -> dict[str, str]:
        """For the process. ``path``: its ``PYTHONPATH``."""
        if self._library is None:
            hooked = os.pathsep.join((str(HOOK), path))
            return {"CLOCK_FILE": str(self._file), "PYTHONPATH": hooked}
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def library() -> Path | None:
    """Where libfaketime is, if it is there."""
    for folder in LIBRARIES:
        for found in sorted(Path(folder).glob("**/faketime/libfaketimeMT.so.1")):
            return found
    return None
