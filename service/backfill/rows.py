"""Rows of a file of each form, and the places where it can be cut into shards.

A file is read through once to be cut, by the same code that later reads its shards, so that both
agree where a row ends: in CSV a line feed may stand inside a cell. Parquet says it in its footer.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile
from pydantic_core import from_json

from service.backfill.errors import BackfillError
from service.backfill.lines import Lines, TooLong
from service.backfill.records import NoRecord, Records
from service.backfill.source import File, is_utf8, located, opened, told

BATCH_ROWS = 1024
"""Rows of a Parquet file that are in memory at a time."""

Row = dict[str, Any]

Fit = Callable[[Sequence[str] | None], None]
"""Is asked, before the rows are counted, whether a file has the columns that are needed."""


@dataclass(frozen=True, slots=True)
class Bad:
    """In place of a row that cannot be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of one file that follow each other."""

    first: int
    """Number of the first, from 1. A JSON line counts where it is blank; a CSV's header does not.
    """

    rows: int
    offset: int = 0
    """Where the first begins, in bytes of the unpacked file; 0 for Parquet."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was looked through."""

    columns: tuple[str, ...] | None
    """``None`` where each row has its own."""

    cuts: tuple[Cut, ...]


def cut(file: File, shard_rows: int, fit: Fit | None = None, stopped: Event | None = None) -> Table:
    """Look a file through. Raises :class:`BackfillError` for one that cannot be read, what ``fit``
    raises, and ``CancelledError`` once ``stopped`` is set."""
    try:
        if file.form == "parquet":
            return cut_parquet(file, shard_rows, fit)
        with opened(file.path, file.packing) as stream:
            lines = Lines(stream, 0)
            columns = None if file.form == "jsonl" else header(file, lines)
            if fit is not None:
                fit(columns)
            return Table(columns, tuple(cuts(lines, file, shard_rows, stopped or Event())))
    except (OSError, EOFError, pa.ArrowException) as error:
        raise BackfillError(f"{file.path}: {told(error)}") from None


def cuts(lines: Lines, file: File, shard_rows: int, stopped: Event) -> Iterator[Cut]:
    """Every ``shard_rows`` rows, one."""
    records = lines if file.form == "jsonl" else Records(lines, file.form)
    first, offset = 1, records.offset
    while rows := counted(records, shard_rows, stopped):
        yield Cut(first, rows, offset)
        first, offset = first + rows, records.offset


def counted(records: Iterator[object], most: int, stopped: Event) -> int:
    """How many rows there are, at most ``most``; these are taken. Raises ``CancelledError``."""
    for number in range(most):
        if stopped.is_set():
            raise CancelledError
        try:
            next(records)
        except StopIteration:
            return number
        except (TooLong, NoRecord):
            pass  # a row all the same; told when its shard is read
    return most


def cut_parquet(file: File, shard_rows: int, fit: Fit | None) -> Table:
    """Whole row groups together while they fit; a larger one in pieces."""
    fs, path = located(file.path)
    with fs.open(path, "rb") as stream:
        parquet = ParquetFile(stream)
        groups = [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]
        columns = distinct(file, parquet.schema_arrow.names)
    if fit is not None:
        fit(columns)
    sizes: list[int] = []
    for rows in groups:
        if sizes and sizes[-1] + rows <= shard_rows:
            sizes[-1] += rows
        else:
            pieces, rest = divmod(rows, shard_rows)
            sizes += [shard_rows] * pieces + [rest] * (rest > 0)
    found, first = [], 1
    for size in sizes:
        found.append(Cut(first, size))
        first += size
    return Table(columns, tuple(found))


def rows_of(
    file: File, table_columns: Sequence[str] | None, part: Cut, wanted: Collection[str]
) -> Iterator[tuple[int, Row | Bad]]:
    """Rows of one cut with their numbers; of Parquet only the columns ``wanted``. Blank lines give
    nothing. Raises ``OSError`` or ``pyarrow.ArrowException``."""
    if file.form == "parquet":
        yield from parquet_rows(file, part, wanted)
        return
    with opened(file.path, file.packing, part.offset) as stream:
        lines = Lines(stream, part.offset)
        if file.form == "jsonl":
            given: Iterator[Row | Bad | None] = json_rows(lines)
        else:
            given = csv_rows(Records(lines, file.form), table_columns or ())
        for number, row in enumerate(islice(given, part.rows), part.first):
            if row is not None:
                yield number, row


def json_rows(lines: Lines) -> Iterator[Row | Bad | None]:
    """A JSON object a line."""
    while True:
        try:
            line = next(lines)
            if not line.strip():
                yield None
                continue
            given = from_json(line)
            yield given if isinstance(given, dict) else Bad("the line is JSON, but no object")
        except StopIteration:
            return
        except TooLong as error:
            yield Bad(str(error))
        except ValueError:
            yield Bad("the line is not JSON in UTF-8")


def header(file: File, lines: Lines) -> tuple[str, ...]:
    """Names of the columns. Raises :class:`BackfillError` where they cannot be told apart."""
    try:
        names = next(Records(lines, file.form))
    except StopIteration:
        raise BackfillError(f"{file.path}: empty; a first line names the columns") from None
    except NoRecord as error:
        raise BackfillError(f"{file.path}: the first line: {error.reason}") from None
    if not all(map(is_utf8, names)):
        raise BackfillError(f"{file.path}: the first line is not UTF-8; convert the file")
    return distinct(file, names)


def distinct(file: File, names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns. Raises :class:`BackfillError` where two are the same."""
    if len(set(names)) < len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise BackfillError(f"{file.path}: two columns are called {twice!r}; rename one")
    return tuple(names)


def csv_rows(records: Records, columns: Sequence[str]) -> Iterator[Row | Bad | None]:
    """Records by the header's names; an empty cell says nothing."""
    while True:
        try:
            cells = next(records)
        except StopIteration:
            return
        except NoRecord as error:
            yield Bad(f"not CSV: {error}")
            continue
        if not cells:
            yield None
        elif len(cells) != len(columns):
            place = f" in {records.lines} lines" if records.lines > 1 else ""
            yield Bad(f"{len(cells)} cells{place}; the header has {len(columns)}")
        else:
            yield {name: cell for name, cell in zip(columns, cells, strict=True) if cell}


def parquet_rows(file: File, part: Cut, wanted: Collection[str]) -> Iterator[tuple[int, Row | Bad]]:
    """Of the row groups that the cut touches."""
    fs, path = located(file.path)
    low, high = part.first - 1, part.first - 1 + part.rows
    with fs.open(path, "rb") as stream:
        parquet = ParquetFile(stream)
        groups, start, place = list[int](), 0, 0
        for i in range(parquet.num_row_groups):
            rows = parquet.metadata.row_group(i).num_rows
            if place < high and place + rows > low:
                start = start if groups else place
                groups.append(i)
            place += rows
        columns = [name for name in parquet.schema_arrow.names if name in wanted]
        for batch in parquet.iter_batches(BATCH_ROWS, row_groups=groups, columns=columns):
            end = start + batch.num_rows
            kept = batch.slice(max(0, low - start), max(0, min(end, high) - max(start, low)))
            yield from enumerate(listed(kept), max(start, low) + 1)
            start = end


def listed(batch: pa.RecordBatch) -> list[Row | Bad]:
    """Its rows. A column may hold what Python has no value for: Parquet's writers need not look
    whether a text is UTF-8, and a time can lie beyond the year 9999."""
    try:
        rows: list[Row | Bad] = batch.to_pylist()
        return rows
    except pa.ArrowException:  # of the column, not of a cell
        raise
    except (ValueError, OverflowError):
        return [one_row(batch, i) for i in range(batch.num_rows)]


def one_row(batch: pa.RecordBatch, i: int) -> Row | Bad:
    """Cell by cell."""
    row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[i].as_py()
        except UnicodeDecodeError:
            return Bad(f"column {name}: not UTF-8")
        except (ValueError, OverflowError) as error:
            return Bad(f"column {name}: cannot be read ({type(error).__name__})")
    return row
