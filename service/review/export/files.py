"""The files of an export, written row by row."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from service.errors import ExportError

ROWS = 1000
"""Rows that are in memory at a time."""

TRAIN = {
    "id": "string", "text": "string", "language": "string", "kind": "string", "harms": "strings",
    "group": "string", "source": "string", "platform": "string", "surface": "string",
    "spans": "spans", "reviewers": "int", "agreement": "float", "model": "string",
    "score": "float", "decision": "string", "labelled_at": "time",
}  # fmt: skip
WORDS = {
    "id": "string", "ad": "string", "group": "string", "reviewer": "string", "origin": "string",
    "created_at": "time", "latest": "bool", "kind": "string", "harms": "strings",
    "overturned": "bool", "looked_at_spans": "bool", "language": "string", "platform": "string",
    "surface": "string", "model": "string", "score": "float", "decision": "string",
}  # fmt: skip


class Writer(Protocol):
    """A file that is being written."""

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row."""

    def close(self) -> None:
        """The last rows are on disk."""


class JsonLines:
    """One JSON object a line."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        self._stream = path.open("wb")

    def add(self, row: Mapping[str, Any]) -> None:
        """One more line; times in ISO 8601."""
        self._stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z))

    def close(self) -> None:
        """The file is complete."""
        self._stream.close()


class Parquet:
    """A Parquet file. Raises :class:`~service.errors.ExportError` where pyarrow is missing."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        """``columns``: name and kind of each, as in :data:`TRAIN`."""
        try:
            import pyarrow as pa
            from pyarrow.parquet import ParquetWriter
        except ModuleNotFoundError:
            raise ExportError(
                "Parquet needs pyarrow: pip install 'lurewatch[export]', or use --format jsonl"
            ) from None
        span = pa.struct(
            [("indicator", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
        )  # fmt: skip
        types = {
            "string": pa.string(), "strings": pa.list_(pa.string()), "spans": pa.list_(span),
            "int": pa.int32(), "float": pa.float64(), "bool": pa.bool_(),
            "time": pa.timestamp("us", tz="UTC"),
        }  # fmt: skip
        self._schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        self._table = pa.Table
        path.parent.mkdir(exist_ok=True)
        self._writer = ParquetWriter(path, self._schema)
        self._rows: list[Mapping[str, Any]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row, written with others."""
        self._rows.append(row)
        if len(self._rows) == ROWS:
            self._write()

    def close(self) -> None:
        """The last rows, and the file's end."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows = []
