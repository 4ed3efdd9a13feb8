"""Nested figures as tables. Whatever keys an answer has, each of its values stands in some cell."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

AREA = "area under ROC"
"""The figure that gets a bar beside its number."""

AS_SHARES = re.compile(r"\b(recall|false positives|flagged)\b")
"""In the names of figures that are printed in per cent."""

INTERVAL = {"value", "low", "high"}
"""What makes a mapping one figure with its 95 % interval."""

COUNTS = ("texts", "groups", "lures", "others")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says."""

    text: str
    interval: str = ""
    """95 % interval, as ``low to high``."""

    counted_on: str = ""
    """How much the figure was counted on."""

    bar: tuple[float, float, float] | None = None
    """Ends and place of the value, 0 to 100 on a scale of 0.5 to 1; none: no bar."""

    muted: bool = False
    """There is no figure, and the text says why."""

    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A path of keys, and a cell for each column."""

    keys: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one shape."""

    caption: str
    keys: tuple[str, ...]
    """Names of the key columns; empty where there is none."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def aligned(self) -> tuple[bool, ...]:
        """Which columns are set to the right: of several, those of numbers and gaps alone."""
        if len(self.columns) == 1:
            return (False,)
        cells = zip(*(row.cells for row in self.rows), strict=True)
        return tuple(all(one.is_number or one.muted for one in column) for column in cells)

    @property
    def is_wide(self) -> bool:
        """Whether intervals stand under their figures, to save width."""
        return len(self.columns) > 4


def tables(caption: str, value: Any, keys: Sequence[str] = ()) -> list[Table]:
    """Mappings of one depth become one table, whose first columns are the keys down to the last;
    what is of mixed depth becomes a table of its leaves and tables of each of its parts.

    ``keys`` name the key columns, as far as they reach. Nothing gives no table.
    """
    found = as_mapping(value)
    if not found:
        return []
    deep = depth(found)
    if deep is not None:
        return [table(caption, found, deep, keys)]
    leaves = {name: part for name, part in found.items() if depth(part) == 0}
    parts = [table(caption, leaves, 1, keys)] if leaves else []
    for name, part in found.items():
        if name not in leaves:
            parts += tables(f"{caption}: {name}", part)
    return parts


def table(caption: str, value: Mapping[str, Any], deep: int, keys: Sequence[str]) -> Table:
    """Of mappings that are all ``deep`` deep. What a figure was counted on is not repeated where
    the row has a column of it."""
    key_columns = max(1, deep - 1)
    records = list(walk(value, key_columns))
    if deep == 1:
        records = [(path, {"value": leaf}) for path, leaf in records]
    columns = tuple(dict.fromkeys(name for _, record in records for name in record))
    rows = [
        Row(path, tuple(cell(heading(path, name), record.get(name)) for name in columns))
        for path, record in records
    ]
    if not set(COUNTS).isdisjoint(columns):
        rows = [
            Row(row.keys, tuple(replace(one, counted_on="") for one in row.cells)) for row in rows
        ]
    named = (*keys, *[""] * key_columns)[:key_columns]
    return Table(caption, named, columns, tuple(rows))


def heading(path: tuple[str, ...], column: str) -> str:
    """What a figure is called: its column, or its row where the column is only ``value``."""
    return path[-1] if column == "value" else column


def walk(value: Mapping[str, Any], levels: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Paths of ``levels`` keys, with what stands there."""
    for name, part in value.items():
        if levels == 1:
            yield (str(name),), part
        else:
            for path, leaf in walk(as_mapping(part), levels - 1):
                yield (str(name), *path), leaf


def as_mapping(value: Any) -> Mapping[str, Any]:
    """A list by its places from 1; a lone leaf under an empty name."""
    if isinstance(value, Mapping) and not is_figure(value):
        return value
    if depth(value) == 0:
        return {"": value}
    return {str(place): one for place, one in enumerate(value, 1)}


def depth(value: Any) -> int | None:
    """Levels of keys above the leaves, which are scalars, figures, lists of scalars and what is
    empty; ``None`` where the parts differ."""
    if not isinstance(value, Mapping | list | tuple) or not value or is_figure(value):
        return 0
    parts = list(value.values() if isinstance(value, Mapping) else value)
    depths = {depth(part) for part in parts}
    if not isinstance(value, Mapping) and depths == {0} and not any(map(is_figure, parts)):
        return 0
    only = depths.pop()
    return None if depths or only is None else only + 1


def is_figure(value: Any) -> bool:
    """Whether it is one figure with its interval."""
    return isinstance(value, Mapping) and value.keys() >= INTERVAL


def cell(name: str, value: Any) -> Cell:
    """A figure with its interval and what it was counted on, or a plain value."""
    if is_figure(value):
        return figure(name, value)
    if value is None:
        return Cell("none", muted=True)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return Cell(number(value), is_number=True)
    if isinstance(value, Mapping | list | tuple):
        return Cell(listed(value), muted=not value)
    return Cell(str(value))


def figure(name: str, value: Mapping[str, Any]) -> Cell:
    """In per cent where it is a share of lures or of others."""
    rest = {k: v for k, v in value.items() if k not in INTERVAL}
    counted_on = ", ".join(f"{cell('', v).text} {k}" for k, v in rest.items())
    middle, low, high = (value[k] for k in ("value", "low", "high"))
    if middle is None or low is None or high is None:
        one_class = rest.get("lures") == 0 or rest.get("others") == 0
        return Cell("one class only" if one_class else "too few", "", counted_on, None, True)
    bar = (place(low), place(middle), place(high)) if name == AREA else None
    if AS_SHARES.search(name):
        interval = f"{100 * low:.1f} to {100 * high:.1f}"
        return Cell(f"{100 * middle:.1f} %", interval, counted_on, bar, is_number=True)
    interval = f"{number(low)} to {number(high)}"
    return Cell(number(middle), interval, counted_on, bar, is_number=True)


def place(value: float) -> float:
    """On the scale of a bar, which starts at 0.5: chance."""
    return round(200 * (min(1.0, max(0.5, value)) - 0.5), 1)


def number(value: float) -> str:
    """Whole numbers whole; others to three decimals, or to one digit where those are all 0."""
    if isinstance(value, int):
        return f"{value:,}"
    rounded = f"{value:,.3f}"
    return f"{value:.1g}" if value and not float(rounded.replace(",", "")) else rounded


def listed(values: Iterable[Any]) -> str:
    """Scalars, one after the other."""
    return ", ".join(cell("", one).text for one in values) or "none"
