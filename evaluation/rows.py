"""Labelled texts to measure on, from JSON lines of the shape the training corpora have."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.labels import Kind

SUB_CLASSES = Path(__file__).with_name("sub_classes.json")
"""Sub-class by id of honest written texts, as a reader gave them."""

WRITTEN = "written"
"""Source of the corpus that comes with this code, whose files are named by language."""


class WrongRow(Exception):
    """A row that cannot be measured, with its file, line and reason."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that show an indicator, in code points of the text."""

    indicator: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its labels. What a corpus does not say is empty, and stands in no slice."""

    text: str
    kind: Kind
    group: str
    """Near-template group: texts of one group are copies, and count as one in an interval."""

    source: str
    language: str
    """BCP 47."""

    id: str = ""
    harms: tuple[str, ...] = ()
    platform: str = ""
    surface: str = ""
    register: str = ""
    year: int | None = None
    sub_class: str = ""
    """Of an honest text that is easily taken for a lure: one of ``slices.SUB_CLASSES``."""

    synthetic: bool = False
    """Written or generated: in no headline figure."""

    twin: str = ""
    marks: tuple[Mark, ...] | None = field(default=None, repr=False)
    """``None``: nobody marked it."""

    @property
    def is_lure(self) -> bool:
        """Whether the text is a lure."""
        return self.kind == Kind.LURE


def read(paths: Iterable[Path]) -> list[Labelled]:
    """Rows with a kind, of files or of every ``.jsonl`` in a folder."""
    named: dict[str, str] = json.loads(SUB_CLASSES.read_text("utf-8"))
    files = [
        file
        for path in paths
        for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])
    ]
    rows = []
    for file in files:
        with file.open("rb") as stream:  # a line that is no UTF-8 is told by its number
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    given: dict[str, Any] = json.loads(line)
                    if given["kind"] is not None:
                        rows.append(row_of(given, file.stem, named))
                except (ValueError, KeyError, TypeError) as error:
                    reason = f"{type(error).__name__}: {error}"
                    raise WrongRow(f"{file}:{number}: {reason}") from None
    if not rows:
        raise WrongRow("no labelled text in what was named")
    return rows


def row_of(given: Mapping[str, Any], stem: str, sub_classes: Mapping[str, str]) -> Labelled:
    """One row, its sub-class its own or that of its id. A row of the written corpus carries an
    ``author_note``; any other file is a source of its own, and its groups are its own."""
    for name in ("text", "language"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is no text")
        if not given[name].isascii() and any("\ud800" <= sign <= "\udfff" for sign in given[name]):
            raise ValueError(f"{name} holds half of a surrogate pair: an emoji was cut in two")
    if given["group"] in (None, ""):
        raise ValueError("no group: texts without one would all count as copies of each other")
    if isinstance(given.get("harms"), str):
        raise TypeError("harms are a list, not a text")
    written = "author_note" in given
    spans = given.get("spans")
    year = given.get("year")
    return Labelled(
        text=given["text"],
        kind=Kind(given["kind"]),
        group=given["group"] if written else f"{stem}:{given['group']}",
        source=WRITTEN if written else stem,
        language=given["language"],
        id=given.get("id", "") if written else f"{stem}:{given.get('id', '')}",
        harms=tuple(given.get("harms") or ()),
        platform=given.get("platform") or "",
        surface=given.get("surface") or "",
        register=given.get("register") or "",
        year=None if year in (None, "") else int(year),
        sub_class=given.get("sub_class") or sub_classes.get(str(given.get("id")), ""),
        synthetic=written or bool(given.get("synthetic", False)),
        twin=given.get("pair") or "",
        marks=None if spans is None else tuple(Mark(**span) for span in spans),
    )
