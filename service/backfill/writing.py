"""The files of a shard, row by row, in bounded memory."""

from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from service.backfill.flat import SCHEMA, WHOLE

GROUP_ROWS = 4096
"""Rows of one row group: what is in memory, and what a reader can pass over."""


class Writer(Protocol):
    """A file that is being written."""

    def add(self, row: dict[str, Any]) -> None:
        """One more row."""

    def close(self) -> None:
        """The last rows are written."""


class Parquet:
    """Columns of :data:`~service.backfill.flat.SCHEMA`, packed with Zstandard."""

    def __init__(self, path: Path, full: bool) -> None:
        self._schema = SCHEMA.append(WHOLE) if full else SCHEMA
        self._writer = ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """One more row, written with others."""
        self._rows.append(row)
        if len(self._rows) == GROUP_ROWS:
            self._write()

    def close(self) -> None:
        """The last rows, and the file's end."""
        if self._rows:
            self._write()
        self._writer.close()

    def _write(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


class JsonLines:
    """An object a line; the file is there from the first one on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("wb")

    def add(self, row: dict[str, Any]) -> None:
        """One more line."""
        self._stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        """The file is complete."""
        self._stream.close()


def results(folder: Path, write: str, full: bool) -> tuple[Path, Writer]:
    """The file of results, and what writes it."""
    path = folder / f"results.{write}"
    return path, Parquet(path, full) if write == "parquet" else JsonLines(path)
