"""What was promised, and whether the figures keep it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.cells import LOADED, MAIN_LOAD, OPEN, REPEATED, SINGLE
from tests.bench.contestants import BARE, OURS, PLAIN
from tests.bench.figures import Estimate, Measured, median, ratio

SHARE_OF_BARE = 0.85
TIMES_PLAIN = 3.5
REPEATED_TIMES_BEST = 2.0
REPEATED_TIMES_PLAIN = 6.0
TAIL = 4.0
RESIDENT_MB = 300.0
READY_S = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """One promise."""

    words: str
    limit: float
    at_least: bool
    """Whether the limit is the least; else it is the most."""

    found: Estimate | None
    """``None``: the run has nothing to say."""

    digits: int = 2

    @property
    def verdict(self) -> str:
        """Kept where the median is on the right side; the interval may reach over."""
        if self.found is None:
            return "not measured"
        inside = (
            self.found.middle >= self.limit if self.at_least else self.found.middle <= self.limit
        )
        end = self.found.low if self.at_least else self.found.high
        sure = end >= self.limit if self.at_least else end <= self.limit
        if inside:
            return "kept" if sure else "kept, interval reaches over"
        return "missed"


def peers(measured: Measured, cell: str, ours: Sequence[str]) -> list[str]:
    """Who else answers over HTTP."""
    return [name for name in measured.who(cell) if name not in (*ours, BARE)]


def best(measured: Measured, cell: str, ours: Sequence[str]) -> str | None:
    """The fastest of them."""
    return next(iter(peers(measured, cell, ours)), None)


def targets(measured: Measured, unaided: str, ours: Sequence[str]) -> list[Target]:
    """All of them. ``unaided``: the variant of ours that reads every ad in full; ``ours``: names of
    all variants."""
    found = []
    for cell in (LOADED, SINGLE):
        to_bare = ratio(measured.rate(cell, unaided), measured.rate(cell, BARE))
        found.append(
            Target(
                f"{cell}: share of the bare session's ads a second", SHARE_OF_BARE, True, to_bare
            )
        )
    for cell in (SINGLE, LOADED):
        plain = ratio(measured.rate(cell, unaided), measured.rate(cell, PLAIN))
        found.append(Target(f"{cell}: times plain", TIMES_PLAIN, True, plain))
        rival = best(measured, cell, ours)
        name = rival or "none"
        to_best = rival and ratio(measured.rate(cell, unaided), measured.rate(cell, rival))
        found.append(Target(f"{cell}: times the best peer ({name})", 1.0, True, to_best or None))
        found.append(_tail_of_best(measured, cell, unaided, ours))
    rival = best(measured, REPEATED, ours)
    to_best = rival and ratio(measured.rate(REPEATED, OURS), measured.rate(REPEATED, rival))
    words = f"{REPEATED}, as shipped: times the best peer ({rival or 'none'})"
    found.append(Target(words, REPEATED_TIMES_BEST, True, to_best or None))
    plain = ratio(measured.rate(REPEATED, OURS), measured.rate(REPEATED, PLAIN))
    found.append(Target(f"{REPEATED}, as shipped: times plain", REPEATED_TIMES_PLAIN, True, plain))
    found.append(_tail(measured))
    held = measured.other("held", OURS, "rss_mb")
    words = "resident after all loads, one process, MB"
    found.append(Target(words, RESIDENT_MB, False, _median(held), digits=0))
    ready = measured.other("start", OURS, "seconds")
    words = "from the start of the process to its first answer, seconds"
    found.append(Target(words, READY_S, False, _median(ready)))
    return found


def _tail_of_best(measured: Measured, cell: str, unaided: str, ours: Sequence[str]) -> Target:
    """Our 95th percentile beside the lowest of the peers'."""
    own = measured.quantile(cell, unaided, 0.95)
    others = {name: measured.quantile(cell, name, 0.95) for name in peers(measured, cell, ours)}
    rivals = {name: median([*rows.values()]).middle for name, rows in others.items() if rows}
    if not own or not rivals:
        return Target(f"{cell}: 95th percentile, ours to the lowest peer's", 1.0, False, None)
    lowest = min(rivals, key=lambda name: rivals[name])
    words = f"{cell}: 95th percentile, ours to the lowest peer's ({lowest})"
    return Target(words, 1.0, False, ratio(own, others[lowest]))


def _tail(measured: Measured) -> Target:
    """99th percentile to median, in the open loop."""
    cell = OPEN.format(MAIN_LOAD)
    high, middle = measured.quantile(cell, OURS, 0.99), measured.quantile(cell, OURS, 0.5)
    words = f"{cell}, as shipped: 99th percentile to median"
    return Target(words, TAIL, False, ratio(high, middle))


def _median(by_round: dict[int, float]) -> Estimate | None:
    return median([*by_round.values()]) if by_round else None
