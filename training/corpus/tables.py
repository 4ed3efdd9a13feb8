"""Rows of CSV, TSV, Parquet and JSON-lines files, and of data sets on the hub, with their numbers.

A row that cannot be read is given as the exception that says why, so that the rest of a file is
still looked at and all faults are told at once; what leaves no rows to tell apart stops the file.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training.errors import CorpusError

MAX_CELL = 2**24
"""Characters of one CSV cell."""

Numbered = tuple[int, dict[str, Any] | Exception]
"""A row and its number: the line it ends on in text files, else counted from 1."""


def rows_of(path: Path, columns: Sequence[str] = ()) -> Iterator[Numbered]:
    """Rows of a file, by what its name ends in.

    Raises :class:`CorpusError` for a kind of file it does not know, or one without ``columns``.
    """
    if not path.is_file():
        raise CorpusError(f"{path} does not exist")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise CorpusError(f"{path}: known are files that end in {', '.join(READERS)}")
    return reader(path, columns)


def require(where: object, columns: Sequence[str], found: Sequence[str]) -> None:
    """Raise :class:`CorpusError` unless every column is there."""
    missing = [column for column in columns if column not in found]
    if missing:
        raise CorpusError(
            f"{where} has no column {', '.join(map(repr, missing))}; it has {', '.join(found)}"
        )


def json_lines(path: Path, columns: Sequence[str]) -> Iterator[Numbered]:
    """One object a line. A field that a line lacks is that row's fault, not the file's."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                given = json.loads(line)
                if not isinstance(given, dict):
                    raise TypeError(f"an object is expected, not {type(given).__name__}")
                missing = [column for column in columns if column not in given]
                if missing:
                    raise ValueError(f"no field {missing[0]!r}")
                yield number, given
            except (ValueError, TypeError) as error:
                yield number, error


def delimited(path: Path, columns: Sequence[str]) -> Iterator[Numbered]:
    """CSV in UTF-8 with a header (RFC 4180), or cells between tabs, where quotes are only letters
    unless the header's cells stand in quotes.

    A quote in the wrong place of a CSV file stops it: nobody could say where the next row begins.
    """
    csv.field_size_limit(MAX_CELL)
    tab = path.suffix.lower() == ".tsv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            plain = tab and '"' not in stream.readline()
            stream.seek(0)
            if plain:
                reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
            else:
                reader = csv.DictReader(stream, delimiter="\t" if tab else ",", strict=True)
            header = list(reader.fieldnames or ())
            require(path, columns, header)
            if twice := sorted({name for name in header if header.count(name) > 1}):
                raise CorpusError(f"{path} has two columns of the name {twice[0]!r}")
            for given in reader:
                if None in given:
                    yield reader.line_num, ValueError("more cells than the header has columns")
                elif None in given.values():
                    yield reader.line_num, ValueError("fewer cells than the header has columns")
                else:
                    yield reader.line_num, given
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path} is not UTF-8 ({error}); save it as UTF-8") from None
        except csv.Error as error:
            raise CorpusError(f"{path}:{reader.line_num}: {error}") from None


def parquet(path: Path, columns: Sequence[str]) -> Iterator[Numbered]:
    """Parquet, read in portions."""
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        file = ParquetFile(path)
        require(path, columns, file.schema_arrow.names)
        for batch in file.iter_batches():
            for given in batch.to_pylist():
                number += 1
                yield number, given
    except (ArrowInvalid, OSError) as error:
        raise CorpusError(f"{path}, after row {number}: {error}") from None


READERS = {".jsonl": json_lines, ".csv": delimited, ".tsv": delimited, ".parquet": parquet}


def hub(id: str, config: str | None, split: str, columns: Sequence[str]) -> Iterator[Numbered]:
    """A data set by its id on the hub, or by a folder, through ``datasets``."""
    from datasets import load_dataset

    try:
        dataset = load_dataset(id, config, split=split)
    except Exception as error:  # the library and what it calls raise of every kind
        raise CorpusError(
            f"data set {id!r}, split {split!r}: {type(error).__name__}: {error}"
        ) from None
    require(f"data set {id!r}", columns, dataset.column_names)
    yield from enumerate(dataset, 1)
