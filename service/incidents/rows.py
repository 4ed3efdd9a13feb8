"""Examples of incidents as training rows: what the next bundle learns from."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from service.errors import ExportError
from service.incidents.registry import Kept
from service.review.content import as_read
from service.store.vault import Vault

SOURCE = "incidents"
"""Source of the rows, and the name of their file without its ending."""

Row = dict[str, Any]


def rows_of(kept: Kept, vault: Vault) -> Iterator[Row]:
    """One row a text, as ``python -m training prepare --shared`` reads them. All texts of an
    incident are one group: on one side of a split. Nobody marked indicators, so ``spans`` is
    ``None``, which masks their loss."""
    incident, examples = kept
    for number, row in enumerate(examples, 1):
        content = vault.unseal(row.content)
        text, _ = as_read({**content, "thread": []})
        yield {
            "id": f"{incident.name}-{number}",
            "text": text,
            "language": row.language,
            "kind": row.kind,
            "harms": incident.harms if row.kind == "lure" and not row.counter else [],
            "group": incident.name,
            "source": SOURCE,
            "platform": "",
            "surface": "",
            "spans": None,
        }


def write(incidents: Iterable[Kept], vault: Vault, out: Path) -> int:
    """Write ``incidents.jsonl`` into the new or empty folder ``out``, for its owner alone; gives
    how many rows. Raises :class:`~service.errors.ExportError`."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{out} is not empty; name a folder that is, or does not exist yet")
    rows = [row for kept in incidents for row in rows_of(kept, vault)]
    if not rows:
        raise ExportError("no live incident to export; nothing was written")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = out / f"{SOURCE}.jsonl"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for row in rows:
            stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return len(rows)
