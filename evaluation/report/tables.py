"""Nested figures as tables. Whatever keys an answer has, each of its values stands in some cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.report.cells import COUNTS, INTERVAL, Cell, cell, is_figure


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
        return len(self.columns) > 2


def tables(caption: str, value: Any, keys: Sequence[str] = ()) -> list[Table]:
    """Mappings of one depth become one table, whose first columns are the keys down to the last.
    What is of mixed depth becomes a table of its leaves, one of the parts that have the same keys,
    and tables of each of the others.

    ``keys`` name the key columns, as far as they reach. Nothing gives no table.
    """
    found = as_mapping(value)
    if not found:
        return []
    deep = depth(found)
    if deep is not None:
        return [table(caption, found, deep, keys)]
    leaves = {name: part for name, part in found.items() if depth(part) == 0}
    listed = [table(caption, leaves, 1, keys)] if leaves else []
    for alike in groups_of_alike({k: v for k, v in found.items() if k not in leaves}):
        if len(alike) > 1:
            listed.append(table(caption, alike, 2, keys))
        else:
            ((name, part),) = alike.items()
            listed += tables(f"{caption}: {name}", part)
    return listed


def groups_of_alike(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Parts that are one deep and have the same keys go together, every other by itself."""
    found: dict[object, dict[str, Any]] = {}
    for name, part in parts.items():
        flat_one = isinstance(part, Mapping) and depth(part) == 1
        found.setdefault(frozenset(part) if flat_one else name, {})[name] = part
    return list(found.values())


def records(caption: str, value: Mapping[str, Any], keys: Sequence[str]) -> list[Table]:
    """A row for each mapping that stands ``len(keys)`` keys down, its leaves under the words of
    their path, however deep they are. What is of another shape: as :func:`tables`."""
    levels = len(keys)
    if not value or not has_levels(value, levels):
        return tables(caption, value)
    return [table(caption, flattened(value, levels), levels + 1, keys)]


def has_levels(value: Any, levels: int) -> bool:
    """Whether mappings stand ``levels`` keys down, and at every key on the way."""
    if not isinstance(value, Mapping) or is_figure(value):
        return False
    return not levels or all(has_levels(part, levels - 1) for part in value.values())


def flattened(value: Mapping[str, Any], levels: int) -> dict[str, Any]:
    """The same with flat mappings ``levels`` keys down."""
    if not levels:
        return dict(leaves_of(value))
    return {name: flattened(part, levels - 1) for name, part in value.items()}


def leaves_of(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves under the words of their path."""
    for name, part in value.items():
        path = f"{before} {name}".strip()
        if isinstance(part, Mapping) and part and not is_figure(part):
            yield from leaves_of(part, path)
        else:
            yield path, part


def table(caption: str, value: Mapping[str, Any], deep: int, keys: Sequence[str]) -> Table:
    """Of mappings that are all ``deep`` deep."""
    key_columns = max(1, deep - 1)
    found = list(walk(value, key_columns))
    if deep == 1:
        found = [(path, {"value": leaf}) for path, leaf in found]
    columns = tuple(dict.fromkeys(name for _, record in found for name in record))
    rows = tuple(
        Row(path, tuple(cell_in(record, heading(path, name), name) for name in columns))
        for path, record in found
    )
    named = (*keys, *[""] * key_columns)[:key_columns]
    return Table(caption, named, columns, rows)


def cell_in(record: Mapping[str, Any], name: str, column: str) -> Cell:
    """A cell of a row. What it was counted on is not repeated where the row tells it."""
    value = record.get(column)
    made = cell(name, value)
    if not is_figure(value) or value.keys() - INTERVAL - set(COUNTS):
        return made
    told = counts(value) and counts(value) <= counts(record)
    return replace(made, counted_on="") if told else made


def counts(found: Mapping[str, Any]) -> set[int]:
    """Numbers of texts, whatever they are called."""
    told = [found.get(name) for name in ("texts", "lures", "others")]
    return {n for n in told if isinstance(n, int)}


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
