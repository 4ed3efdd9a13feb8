"""What a fault is given and what it finds."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """What a fault works with."""

    folder: Path
    """Its own, empty."""

    bundle: Path
    """Served."""

    seconds: float
    """How long what goes on for a while is to last: the whole length that the table promises, or a
    few seconds where only the way is tested."""

    seed: int = 1
    """Of everything that is drawn."""

    told: Callable[[str], object] = print
    """Takes a line on how far it is."""


@dataclass(slots=True)
class Outcome:
    """What came of one."""

    fault: str
    """In a few words, as the table has it."""

    promised: str
    """What users are told to expect; one sentence."""

    seen: dict[str, Any] = field(default_factory=dict)
    """Figures by name, in the order in which they are shown."""

    broken: list[str] = field(default_factory=list)
    """What was promised and not kept, with the figure that says so."""

    undone: str = ""
    """Why it could not be done on this machine; then nothing is said of the promise."""

    def expect(self, kept: bool, otherwise: str) -> None:
        """Note ``otherwise`` where a promise was not kept."""
        if not kept:
            self.broken.append(otherwise)

    def row(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


Fault = Callable[[Given], Outcome]
