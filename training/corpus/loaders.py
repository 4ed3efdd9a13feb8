"""Files of labelled texts to rows. A bad row is listed with file, row and reason, never dropped in
silence: without a :class:`BadRows` to list them in, the first file that has any is refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.corpus.mapping import load as load_mapping
from training.corpus.row import WRITTEN_SOURCE, Row, faults, spans_in
from training.corpus.tables import Numbered, hub, rows_of
from training.errors import CorpusError

WRITTEN = Path(__file__).parent / "written"
"""The corpus that comes with this code."""

MAX_LISTED = 20  # bad rows printed before "and N more"


@dataclass(slots=True)
class BadRows:
    """Rows that were left out, each as ``file:row: reason``."""

    listed: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """One line a row."""
        path.write_text("".join(f"{line}\n" for line in self.listed), "utf-8")


def written(folder: Path = WRITTEN) -> list[Row]:
    """The written corpus: one file a language."""
    return [row for path in jsonl_files(folder) for row in read(path, written_row)]


def shared(folder: Path, bad: BadRows | None = None) -> list[Row]:
    """A folder of collected texts in the same shape; the file name is the source."""
    return [row for path in jsonl_files(folder) for row in read(path, shared_row, bad)]


def mapped(named: str, bad: BadRows | None = None) -> list[Row]:
    """A corpus of one's own, as a mapping says (:mod:`training.corpus.mapping`)."""
    mapping, folder = load_mapping(named)
    if mapping.hub is not None:
        near = folder / mapping.hub
        id = str(near) if near.is_dir() else mapping.hub
        numbered = hub(id, mapping.config, mapping.split, mapping.columns)
        return collect(mapping.hub, numbered, lambda row, n: mapping.row(row, f"row-{n}"), bad)
    rows = []
    for path in (folder / name for name in mapping.files):

        def to_row(given: dict[str, Any], number: int, stem: str = path.stem) -> Row:
            return mapping.row(given, f"{stem}-{number}")

        rows += collect(path.name, rows_of(path, mapping.columns), to_row, bad)
    return rows


def jsonl_files(folder: Path) -> list[Path]:
    """The folder's ``.jsonl`` files by name. Raises :class:`CorpusError` where there are none."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{folder} holds no .jsonl file; is the path right?")
    return files


def read(
    path: Path, to_row: Callable[[dict[str, Any], Path], Row], bad: BadRows | None = None
) -> list[Row]:
    """Rows of one JSON-lines file."""
    return collect(path.name, rows_of(path), lambda given, _: to_row(given, path), bad)


def collect(
    name: str,
    numbered: Iterable[Numbered],
    to_row: Callable[[dict[str, Any], int], Row],
    bad: BadRows | None,
) -> list[Row]:
    """The good rows. The others are listed in ``bad``, or raise :class:`CorpusError` together."""
    rows: list[Row] = []
    wrong: list[str] = []
    for number, given in numbered:
        try:
            if isinstance(given, Exception):
                raise given
            row = to_row(given, number)
            reasons = faults(row)
        except KeyError as error:
            reasons = [f"no field {error}"]
        except (TypeError, ValueError, AttributeError) as error:
            reasons = [f"{type(error).__name__}: {error}"]
        if reasons:
            wrong += [f"{name}:{number}: {reason}" for reason in reasons]
        else:
            rows.append(row)
    if bad is not None:
        bad.listed += wrong
    elif wrong:
        more = f"\n… and {len(wrong) - MAX_LISTED} more" if len(wrong) > MAX_LISTED else ""
        raise CorpusError(f"{name} has bad rows:\n" + "\n".join(wrong[:MAX_LISTED]) + more)
    return rows


def written_row(given: dict[str, Any], path: Path) -> Row:
    """A row of the written corpus. ``spans`` absent means not marked yet."""
    if not isinstance(given["language"], str):
        raise TypeError("language is no text")
    return Row(
        id=given["id"],
        text=given["text"],
        language=given["language"],
        kind=given["kind"],
        harms=tuple(given["harms"]),
        spans=spans_in(given),
        group=given["group"],
        source=WRITTEN_SOURCE,
        synthetic=True,
        platform=given["platform"],
        surface=given["surface"],
        register=given.get("register", ""),
        pair=given.get("pair"),
        note=given.get("author_note", ""),
    )


def shared_row(given: dict[str, Any], path: Path) -> Row:
    """A collected text. ``kind`` may be null: a reader could not decide. ``spans`` are there where
    somebody marked them, as in what the service exports of its reviewers' labels."""
    kind = given["kind"]
    harms = given.get("harms") or ()
    if not isinstance(given["language"], str):
        raise TypeError("language is no text")
    empty = [name for name in ("id", "group") if given[name] in (None, "")]
    if empty:  # all texts without a group would be one, in one split
        raise ValueError(f"{empty[0]} is empty")
    return Row(
        id=f"{path.stem}:{given['id']}",
        text=given["text"],
        language=given["language"],
        kind=kind,
        harms=tuple(harms) if harms or kind not in (None, "lure") else None,
        spans=spans_in(given),
        group=f"{path.stem}:{given['group']}",
        source=path.stem,
        synthetic=bool(given.get("synthetic", False)),
        platform=given.get("platform", ""),
        surface=given.get("surface", ""),
        weight=float(given.get("weight", 1.0)),
    )
