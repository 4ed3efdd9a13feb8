"""What is asked of every contestant in a round."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tests.bench.contestants import BARE, OURS, Contestant

Mix = Literal["unique", "recorded"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement."""

    name: str
    mix: Mix
    callers: int
    """Of a closed loop; of an open one, in the burst before it that says what can be done."""

    ads: int
    """That count in the closed loop, the same ones for every contestant."""

    per_request: int = 1
    share: float = 0.0
    """Of what can be done, by which the open loop asks; 0: there is none."""

    seconds: float = 0.0
    """Of the open loop."""

    who: tuple[str, ...] = ()
    """Names; empty: all that can."""

    def takes(self, name: str, many: bool) -> bool:
        """Whether a contestant is asked."""
        if self.who and name not in self.who:
            return False
        if name == BARE:
            return not self.share and self.per_request == 1
        return many or self.per_request == 1


SINGLE, LOADED, BATCH, REPEATED = "unique 1", "unique 16", "unique 64 a request", "recorded 16"
OPEN = "recorded open {:.0%}"

LOADS = (0.5, 0.7, 0.9)
MAIN_LOAD = 0.7

FULL = (
    Cell(SINGLE, "unique", 1, 60),
    Cell(LOADED, "unique", 16, 160),
    Cell(REPEATED, "recorded", 16, 240),
    Cell(BATCH, "unique", 1, 192, per_request=64),
    *(
        Cell(OPEN.format(share), "recorded", 16, 120, share=share, seconds=20,
             who=() if share == MAIN_LOAD else (OURS,))
        for share in LOADS
    ),
)  # fmt: skip
"""In this order; who comes first in each is drawn."""


def quick(cells: Sequence[Cell]) -> list[Cell]:
    """Fewer ads, and an open loop of ours alone: shows that all works, and little else."""
    return [
        replace(
            one, ads=max(one.per_request, one.ads // 4), seconds=one.seconds / 4,
            who=(OURS,) if one.share else one.who,
        )
        for one in cells
        if not one.share or one.share == MAIN_LOAD
    ]  # fmt: skip


def without_open(cells: Sequence[Cell]) -> list[Cell]:
    """Closed loops alone."""
    return [one for one in cells if not one.share]


def count(cells: Sequence[Cell], contestants: Sequence[Contestant], bare: bool) -> int:
    """Measurements of one round."""
    named = [(one.name, one.many) for one in contestants]
    named += [(BARE, False)] if bare else []
    return sum(cell.takes(*one) for cell in cells for one in named)
