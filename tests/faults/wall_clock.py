"""The wall clock of one process, set from outside, with nothing to be installed.

A hook in Python (``tests/faults/hook``), which our code and the libraries in Python see. C code
does not: SQLite, TLS and PostgreSQL keep the machine's clock. None of them is asked by us what time
it is, but TLS, whose certificates would have ended. libfaketime would move those too; with it a
service stood still for most of a minute over SQLite's locks, and why was not found.
"""

import os
from pathlib import Path

HOOK = Path(__file__).parent / "hook"


class WallClock:
    """Ahead of the machine's by as many seconds as are set."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)

    def set(self, ahead_s: float) -> None:
        """From now on; whole at once."""
        partial = self._file.with_suffix(".partial")
        partial.write_text(f"{ahead_s:+.0f}", "ascii")
        os.replace(partial, self._file)

    def environment(self, path: str) -> dict[str, str]:
        """For the process. ``path``: its ``PYTHONPATH``."""
        return {
            "CLOCK_FILE": str(self._file),
            "PYTHONPATH": os.pathsep.join((str(HOOK), path)),
        }
