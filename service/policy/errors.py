"""What can be wrong with a policy.

* PolicyError
  - Unreadable    a policy or a log cannot be opened
  - Refused       the file does not say a valid policy; every place is listed
"""

from collections.abc import Sequence
from typing import NamedTuple

MAX_LISTED = 50
"""Places named in one message."""


class PolicyError(Exception):
    """Base of everything that keeps a policy from being used. The message names file and fix."""


class Unreadable(PolicyError):
    """The file does not exist, or may not be read."""


class Wrong(NamedTuple):
    """One thing that is wrong, and where."""

    line: int
    """Counted from 1."""

    column: int
    """Counted from 1, in code points."""

    path: str
    """The field, such as ``rules[2].when.kind``; empty for the file as a whole."""

    message: str


class Refused(PolicyError):
    """The file is not a policy; ``wrongs`` holds every place, the first line first."""

    def __init__(self, file: str, wrongs: Sequence[Wrong]) -> None:
        self.file = file
        self.wrongs = tuple(sorted(wrongs))
        count = len(self.wrongs)
        more = [f"and {count - MAX_LISTED} more"] if count > MAX_LISTED else []
        title = f"{file}: {count} error{'s' if count > 1 else ''}, the policy is not used"
        super().__init__("\n".join([title, *self.lines()[:MAX_LISTED], *more]))

    def lines(self) -> list[str]:
        """``file:line:column: field: what is wrong``, one each."""
        return [
            ": ".join(filter(None, (f"{self.file}:{w.line}:{w.column}", w.path, w.message)))
            for w in self.wrongs
        ]
