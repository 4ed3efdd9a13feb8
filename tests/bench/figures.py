"""Medians over rounds with intervals, and ratios within rounds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DRAWS = 10_000
LEVELS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median over rounds with its 95 % interval."""

    middle: float
    low: float
    high: float
    rounds: int

    def written(self, digits: int = 1) -> str:
        """For a table.

        >>> Estimate(3.14159, 2.9, 3.4, 7).written(2)
        '3.14 [2.90, 3.40]'
        """
        return f"{self.middle:.{digits}f} [{self.low:.{digits}f}, {self.high:.{digits}f}]"


def median(values: Sequence[float]) -> Estimate:
    """Interval by bootstrap over rounds (Efron 1979). Of few rounds it is rough: of five it mostly
    is the span of the middle three or of all."""
    given = np.asarray(values, dtype=float)
    if not len(given):
        raise ValueError("no round to take a median of")
    drawn = np.random.default_rng(0).integers(0, len(given), (DRAWS, len(given)))
    low, high = np.quantile(np.median(given[drawn], axis=1), LEVELS)
    return Estimate(float(np.median(given)), float(low), float(high), len(given))


def ratio(these: Mapping[int, float], those: Mapping[int, float]) -> Estimate | None:
    """Of two by round, divided within each round that both have; ``None`` where there is none."""
    both = sorted(these.keys() & those.keys())
    divided = [these[one] / those[one] for one in both if those[one]]
    return median(divided) if divided else None


ByRound = dict[int, float]
Rows = defaultdict[tuple[str, str], dict[int, Mapping[str, Any]]]


class Measured:
    """A result's rows, looked up by load and contestant."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.head: Mapping[str, Any] = {}
        self.missing: dict[str, str] = {}
        self.mixes: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._loads: Rows = defaultdict(dict)
        self._other: Rows = defaultdict(dict)
        for row in rows:
            match row["row"]:
                case "head":
                    self.head = row
                    self.missing.update(row.get("missing", {}))
                case "load":
                    self._loads[row["cell"], row["who"]][row["round"]] = row
                case "mix":
                    self.mixes[row["cell"]].append(row)
                case "missing":
                    self.missing[row["who"]] = row["why"]
                case kind:
                    self._other[kind, row["who"]][row["round"]] = row

    @property
    def cells(self) -> list[str]:
        """Loads in the order they were made."""
        return list(dict.fromkeys(cell for cell, _ in self._loads))

    def who(self, cell: str) -> list[str]:
        """Has figures of a load, the fastest first."""
        named = [name for of, name in self._loads if of == cell]
        return sorted(named, key=lambda name: -median([*self.rate(cell, name).values()]).middle)

    def _rows(self, cell: str, who: str) -> dict[int, Mapping[str, Any]]:
        return self._loads.get((cell, who), {})

    def rounds(self) -> int:
        """That any load has."""
        return max((len(rows) for rows in self._loads.values()), default=0)

    def rate(self, cell: str, who: str) -> ByRound:
        """Ads a second."""
        return self.field(cell, who, "rate")

    def field(self, cell: str, who: str, name: str) -> ByRound:
        """One figure by round."""
        return {n: float(row[name]) for n, row in self._rows(cell, who).items() if name in row}

    def quantile(self, cell: str, who: str, share: float) -> ByRound:
        """Of latencies, in milliseconds."""
        return {
            number: float(np.quantile(row["ms"], share))
            for number, row in self._rows(cell, who).items()
            if row["ms"]
        }

    def pooled(self, cell: str, who: str) -> list[float]:
        """Latencies of all rounds, in milliseconds."""
        return [one for row in self._rows(cell, who).values() for one in row["ms"]]

    def failed(self, cell: str, who: str) -> dict[str, int]:
        """Requests that came to nothing, by reason, over all rounds."""
        counted: dict[str, int] = defaultdict(int)
        for row in self._rows(cell, who).values():
            for reason, times in row["failed"].items():
                counted[reason] += times
        return dict(counted)

    def of_others(self) -> float:
        """Share of one processor that others took while loads were measured: programs that have
        nothing to do with it, and guests of the same host."""
        rows = [row for by_round in self._loads.values() for row in by_round.values()]
        taken = sum(float(row.get("others_s", 0)) + float(row.get("stolen_s", 0)) for row in rows)
        return taken / max(1e-9, sum(float(row.get("all_s", 0)) for row in rows))

    def other(self, kind: str, who: str, name: str) -> ByRound:
        """Of rows ``start`` and ``held``."""
        found = self._other.get((kind, who), {})
        return {number: float(row[name]) for number, row in found.items()}

    def started(self) -> list[str]:
        """Who did."""
        return [name for kind, name in self._other if kind == "start"]
