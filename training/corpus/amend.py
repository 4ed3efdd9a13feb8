"""A second reader's corrections to the written corpus, and the record of them.

A correction is a JSON line with the ``id`` of a text and what changes:

* ``kind``, ``harms``: the right ones;
* ``mark``, ``unmark``: ``[["upfront_fee", "the words"], …]``, words as they stand in the text. An
  empty ``mark`` on a text that nobody marked says that it shows nothing;
* ``text``: the text rewritten, marks in it (WRITING.md), which replaces words and marks alike;
* ``why``: for people.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.corpus.loaders import WRITTEN, jsonl_files, written_row
from training.corpus.marks import unmark
from training.corpus.row import faults
from training.corpus.store import broken_rules, file_of, put
from training.corpus.tables import rows_of
from training.errors import CorpusError

REVIEWS = Path(__file__).parent / "reviews.json"
"""What second readers read and changed: by review, texts read and texts changed in each respect."""

CHANGES = ("kind", "harms", "marks", "wording")
FIELDS = {"id", "kind", "harms", "mark", "unmark", "text", "why"}


def amend(
    path: Path,
    read: Sequence[str],
    file: str | None = None,
    reading: int = 2,
    folder: Path = WRITTEN,
    reviews: Path = REVIEWS,
) -> dict[str, Any]:
    """Apply the corrections in ``path``; gives and records what changed.

    ``read`` names the batches that the reader read, by what their ids start with, or single ids
    where a sample was read, and ``file`` the language's file where the reader read only that part
    of them, such as ``hi`` or ``zh-Hant``. A third ``reading`` says what the second left.
    Raises :class:`CorpusError` with every fault, and then changes nothing.
    """
    rows = {
        row["id"]: row
        for stored in jsonl_files(folder)
        for _, row in rows_of(stored)
        if isinstance(row, dict)
    }
    record = json.loads(reviews.read_text("utf-8")) if reviews.is_file() else {}
    if path.stem in record:
        raise CorpusError(f"{reviews.name} has a review {path.stem!r} already: rename {path.name}")
    seen = {id: row for id, row in rows.items() if was_read(id, row["language"], read, file)}
    unread = [name for name in read if not any(was_read(id, "", [name], None) for id in seen)]
    if unread or not seen:
        where = f" in {file}" if file else ""
        raise CorpusError(f"no text is of {', '.join(unread) or 'nothing'}{where}: --read, --file")
    changed: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    for number, correction in rows_of(path):
        try:
            if isinstance(correction, Exception):
                raise correction
            id = str(correction.get("id"))
            if id not in rows:
                raise ValueError(f"no text has the id {id!r}")
            if id not in seen:
                raise ValueError(f"{id!r} is of no batch that was read")
            before = changed.get(id, rows[id])
            after = corrected(before, correction)
            row = written_row(after, path)
            reasons = faults(row) + broken_rules(row)
            if reasons:
                raise ValueError("; ".join(reasons))
        except (ValueError, TypeError, KeyError) as error:
            wrong.append(f"{path.name}:{number}: {error}")
            continue
        changed[id] = after
    if wrong:
        raise CorpusError("\n".join(wrong))
    for id, after in changed.items():
        counted.update(differences(rows[id], after))
    put(changed.values(), folder)
    languages = Counter(row["language"].partition("-")[0] for row in seen.values())
    review: dict[str, Any] = {"texts": len(seen), **{what: counted[what] for what in CHANGES}}
    review["languages"] = dict(languages.most_common())
    review["batches"] = sorted(read)
    review["file"] = file
    review["reading"] = reading
    record[path.stem] = review
    reviews.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n", "utf-8")
    return review


def was_read(id: str, language: str, batches: Sequence[str], file: str | None) -> bool:
    """Whether a text belongs to what a review covers."""
    covered = batch_of(id) in batches or id in batches
    return covered and file in (None, file_of(language).removesuffix(".jsonl"))


def batch_of(id: str) -> str:
    """The batch that an id names: ``ar-1`` of ``ar-1-007``."""
    return id.rpartition("-")[0]


def corrected(row: dict[str, Any], correction: dict[str, Any]) -> dict[str, Any]:
    """The row with the correction in it. Raises ``ValueError`` for one that does not fit."""
    unknown = set(correction) - FIELDS
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}; known are {sorted(FIELDS)}")
    after = dict(row)
    if "text" in correction:
        after["text"], after["spans"] = unmark(correction["text"])
    for name in ("kind", "harms"):
        if name in correction:
            after[name] = correction[name]
    spans = list(after["spans"] or [])
    for indicator, words in correction.get("unmark", ()):
        kept = [s for s in spans if not (s["indicator"] == indicator and shows(after, s, words))]
        if len(kept) == len(spans):
            raise ValueError(f"{words!r} is not marked {indicator}")
        spans = kept
    for indicator, words in correction.get("mark", ()):
        start = after["text"].find(words)
        if start < 0 or not words:
            raise ValueError(f"{words!r} does not stand in the text")
        if after["text"].find(words, start + 1) >= 0:
            raise ValueError(f"{words!r} stands twice: give more words, or rewrite the text")
        span = {"indicator": indicator, "start": start, "end": start + len(words)}
        if span not in spans:
            spans.append(span)
    if "mark" in correction or "unmark" in correction:
        after["spans"] = sorted(spans, key=lambda s: (s["start"], s["end"]))
    if after["kind"] not in ("lure", "recruitment"):
        after["spans"] = []
    if after["kind"] != "lure":
        after["harms"] = []
    return after


def shows(row: dict[str, Any], span: dict[str, Any], words: str) -> bool:
    """Whether a span covers exactly these words."""
    return bool(row["text"][span["start"] : span["end"]] == words)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """In which respects a text was changed. Marks on a text that had none yet are no change."""
    found = []
    if before["kind"] != after["kind"]:
        found.append("kind")
    if sorted(before["harms"]) != sorted(after["harms"]):
        found.append("harms")
    if before["text"] != after["text"]:
        found.append("wording")
    if before["spans"] is not None and marked(before) != marked(after):
        found.append("marks")
    return found


def marked(row: dict[str, Any]) -> set[tuple[str, str]]:
    """Indicators with the words that show them, wherever those stand."""
    return {(s["indicator"], row["text"][s["start"] : s["end"]]) for s in row["spans"] or ()}
