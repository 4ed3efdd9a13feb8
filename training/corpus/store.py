"""The written corpus on disk: one file a language, one line a text, in order of ids."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import NoneType
from typing import Any

from models.labels import Harm, Indicator
from training.corpus.loaders import WRITTEN, written, written_row
from training.corpus.marks import draft_row, mark
from training.corpus.row import REGISTERS, Row, faults
from training.corpus.tables import json_lines
from training.errors import CorpusError

ROMANCE_MARK, ROMANCE_HARM = Indicator.ROMANCE_OR_GAME_APPROACH, Harm.ROMANCE_ASSISTED
FIELDS = (
    "id", "text", "language", "kind", "harms", "platform", "surface", "register", "pair", "spans",
    "group", "author_note",
)  # fmt: skip


def file_of(language: str) -> str:
    """The file for a language tag: Chinese by script, every other by primary language."""
    primary, *rest = language.split("-")
    if primary == "zh":
        script = next((part for part in rest if part in ("Hans", "Hant")), "Hans")
        return f"zh-{script}.jsonl"
    return f"{primary}.jsonl"


def put(rows: Iterable[dict[str, Any]], folder: Path = WRITTEN) -> Counter[str]:
    """Add rows to their languages' files, replacing those of the same id; gives rows by file."""
    by_file: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_file.setdefault(file_of(row["language"]), {})[row["id"]] = row
    for name, added in by_file.items():
        path = folder / name
        kept = {}
        if path.is_file():
            with path.open(encoding="utf-8") as stream:
                kept = {row["id"]: row for row in map(json.loads, stream)}
        kept.update(added)
        partial = path.with_name(path.name + ".partial")
        with partial.open("w", encoding="utf-8") as stream:
            for id in sorted(kept):
                ordered = {field: kept[id].get(field) for field in FIELDS}
                stream.write(json.dumps(ordered, ensure_ascii=False) + "\n")
        os.replace(partial, path)
    return Counter({name: len(added) for name, added in by_file.items()})


def put_drafts(path: Path, batch: str, folder: Path = WRITTEN) -> Counter[str]:
    """Turn a draft file (WRITING.md) into rows of the corpus. Nothing is written if one is bad:
    :class:`~training.errors.CorpusError` names it."""
    drafts = drafts_in(path)
    numbers = Counter(draft["n"] for draft in drafts)
    if twice := [number for number, times in numbers.items() if times > 1]:
        raise CorpusError(f"{path}: n {twice[0]} stands twice; one text would take another's place")
    for draft in drafts:
        if draft.get("twin") not in numbers:
            draft["twin"] = None
    twins = {
        number: min(draft["n"], draft["twin"])
        for draft in drafts
        if draft["twin"] is not None
        for number in (draft["n"], draft["twin"])
    }
    rows = []
    for draft in drafts:
        try:
            row = draft_row(draft, batch, twins)
            written_as = written_row(row, path)
            reasons = faults(written_as) + broken_rules(written_as)
        except KeyError as error:
            reasons = [f"no field {error}"]
        except (TypeError, ValueError) as error:
            reasons = [str(error)]
        if reasons:
            raise CorpusError(f"{path}: n {draft.get('n')}: {'; '.join(reasons)}")
        rows.append(row)
    return put(rows, folder)


def drafts_in(path: Path) -> list[dict[str, Any]]:
    """A line each, each with a number ``n`` and, if it has a twin, that one's as ``twin``."""
    drafts = []
    for number, draft in json_lines(path, ()):
        if isinstance(draft, Exception):
            raise CorpusError(f"{path}:{number}: {draft}")
        if type(draft.get("n")) is not int:
            raise CorpusError(f"{path}:{number}: n must be a whole number, the text's own")
        if type(draft.get("twin")) not in (int, NoneType):
            raise CorpusError(f"{path}:{number}: twin must be the n of another text, or null")
        drafts.append(draft)
    return drafts


def check(folder: Path = WRITTEN) -> tuple[list[Row], list[str]]:
    """All rows, and what is wrong across rows: repeated ids, twins that do not exist or differ in
    group, marks where nothing is offered."""
    rows = written(folder)
    by_id = {row.id: row for row in rows}
    wrong = [f"{id}: stands twice" for id, n in Counter(row.id for row in rows).items() if n > 1]
    for row in rows:
        if row.pair is not None:
            twin = by_id.get(row.pair)
            if twin is None:
                wrong.append(f"{row.id}: its twin {row.pair} does not exist")
            elif twin.group != row.group:
                wrong.append(f"{row.id}: its twin {row.pair} is of another group")
        wrong += [f"{row.id}: {reason}" for reason in broken_rules(row)]
    return rows, wrong


def broken_rules(row: Row) -> list[str]:
    """Which rules of WRITING.md a written row breaks, beyond the schema's."""
    wrong = []
    if row.spans and row.kind not in ("lure", "recruitment"):
        wrong.append(f"marks in a text of kind {row.kind}; nothing is offered there")
    if row.kind == "lure" and not row.harms:
        wrong.append("a lure without a harm")
    approached = any(span.indicator == ROMANCE_MARK for span in row.spans or ())
    if row.kind == "lure" and approached and ROMANCE_HARM not in (row.harms or ()):
        wrong.append(f"marked {ROMANCE_MARK}, so its harms include {ROMANCE_HARM}")
    if row.register and row.register not in REGISTERS:
        wrong.append(f"register {row.register!r} is none of {', '.join(REGISTERS)}")
    try:
        mark(row.text, [asdict(span) for span in row.spans or ()])
    except ValueError as error:
        wrong.append(str(error))
    return wrong


def counts(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Texts by file, kind, harm, platform and indicator, for the card and the command line."""
    return {
        "file": dict(sorted(Counter(file_of(row.language)[:-6] for row in rows).items())),
        "kind": dict(Counter(row.kind or "undecided" for row in rows).most_common()),
        "harm": dict(Counter(harm for row in rows for harm in row.harms or ()).most_common()),
        "platform": dict(Counter(row.platform for row in rows).most_common()),
        "surface": dict(Counter(row.surface for row in rows).most_common()),
        "indicator": dict(
            Counter(span.indicator for row in rows for span in row.spans or ()).most_common()
        ),
    }
