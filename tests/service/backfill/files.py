"""Files of ads that tests make, and what a backfill made of them."""

import bz2
import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from training.corpus import loaders

Rows = Sequence[dict[str, Any]]


def ads(count: int) -> list[dict[str, Any]]:
    """Texts of the written corpus, in many languages, each with an id."""
    rows = loaders.written()
    step = len(rows) // count if count < len(rows) else 1
    texts = [row.text for row in rows[::step]][:count]
    return [
        {"id": f"ad-{i}", "text": text, "platform": "social" if i % 2 else None}
        for i, text in enumerate(texts)
    ]


def json_lines(rows: Rows) -> bytes:
    """A row a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def delimited(rows: Rows, delimiter: str = ",") -> bytes:
    """With a header; cells in quotes where they need them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def tabbed(rows: Rows) -> bytes:
    """The same with tabs."""
    return delimited(rows, "\t")


def packed_by_arrow(content: bytes) -> bytes:
    """Zstandard."""
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".zst": packed_by_arrow,
}  # fmt: skip


def write(path: Path, rows: Rows, row_group: int = 7) -> Path:
    """A file of the form that its name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=row_group)
        return path
    end = path.suffix if path.suffix in PACK else ""
    name = path.name.removesuffix(end)
    form: dict[str, Callable[[Rows], bytes]] = {
        ".jsonl": json_lines, ".csv": delimited, ".tsv": tabbed,
    }  # fmt: skip
    path.write_bytes(PACK[end](form[Path(name).suffix](rows)))
    return path


def results(output: Path) -> list[dict[str, Any]]:
    """Of all shards, in order."""
    found: list[dict[str, Any]] = []
    for path in sorted((output / "results").iterdir()):
        if path.suffix == ".parquet":
            found += parquet.read_table(path).to_pylist()
        else:
            found += map(json.loads, path.read_text("utf-8").splitlines())
    return found


def rejected(output: Path) -> list[dict[str, Any]]:
    """Of all shards, in order."""
    paths = sorted((output / "rejected").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def contents(output: Path) -> dict[str, bytes]:
    """The bytes of results and rejected rows, by name."""
    return {
        f"{part}/{path.name}": path.read_bytes()
        for part in ("results", "rejected")
        for path in (output / part).iterdir()
    }
