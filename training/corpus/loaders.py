"""Files of labelled texts to rows. A bad row is listed with file, line and reason, never dropped
in silence: :func:`read` raises on the first file that has any, naming them all."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.corpus.row import Row, Span, faults
from training.errors import CorpusError

WRITTEN = Path(__file__).parent / "written"
"""The corpus that comes with this code."""

MAX_LISTED = 20  # bad rows printed before "and N more"


def written(folder: Path = WRITTEN) -> list[Row]:
    """The written corpus: one file a language."""
    return [row for path in jsonl_files(folder) for row in read(path, written_row)]


def shared(folder: Path) -> list[Row]:
    """A folder of collected texts in the same shape without spans; the file name is the source."""
    return [row for path in jsonl_files(folder) for row in read(path, shared_row)]


def jsonl_files(folder: Path) -> list[Path]:
    """The folder's ``.jsonl`` files by name. Raises :class:`CorpusError` where there are none."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{folder} holds no .jsonl file; is the path right?")
    return files


def read(path: Path, to_row: Callable[[dict[str, Any], Path], Row]) -> list[Row]:
    """Rows of one JSON-lines file."""
    rows, bad = [], []
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = to_row(json.loads(line), path)
                reasons = faults(row)
            except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                reasons = [f"{type(error).__name__}: {error}"]
            if reasons:
                bad += [f"{path.name}:{number}: {reason}" for reason in reasons]
            else:
                rows.append(row)
    if bad:
        more = f"\n… and {len(bad) - MAX_LISTED} more" if len(bad) > MAX_LISTED else ""
        raise CorpusError(f"{path} has bad rows:\n" + "\n".join(bad[:MAX_LISTED]) + more)
    return rows


def written_row(given: dict[str, Any], path: Path) -> Row:
    """A row of the written corpus. ``spans`` absent means not marked yet."""
    spans = given.get("spans")
    return Row(
        id=given["id"],
        text=given["text"],
        language=given["language"],
        kind=given["kind"],
        harms=tuple(given["harms"]),
        spans=None if spans is None else tuple(Span(**span) for span in spans),
        group=given["group"],
        source="written",
        synthetic=True,
        platform=given["platform"],
        surface=given["surface"],
        register=given.get("register", ""),
        pair=given.get("pair"),
        note=given.get("author_note", ""),
    )


def shared_row(given: dict[str, Any], path: Path) -> Row:
    """A collected text. ``kind`` may be null: a reader could not decide."""
    kind = given["kind"]
    harms = given.get("harms") or ()
    return Row(
        id=f"{path.stem}:{given['id']}",
        text=given["text"],
        language=given["language"],
        kind=kind,
        harms=tuple(harms) if harms or kind not in (None, "lure") else None,
        spans=None,
        group=f"{path.stem}:{given['group']}",
        source=path.stem,
        synthetic=bool(given.get("synthetic", False)),
        platform=given.get("platform", ""),
        surface=given.get("surface", ""),
    )
