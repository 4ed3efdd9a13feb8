"""Drafts with marks in the text (WRITING.md) to rows of the corpus with spans."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MARK = re.compile("⟦([^|⟦⟧]*)\\|([^⟦⟧]*)⟧")


def unmark(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its marks, and a span for every indicator that a mark names.

    >>> unmark("Come ⟦no_work_permit|as a tourist⟧ first")
    ('Come as a tourist first', [{'indicator': 'no_work_permit', 'start': 5, 'end': 17}])
    """
    pieces: list[str] = []
    spans: list[dict[str, Any]] = []
    length = read = 0
    for mark in MARK.finditer(marked):
        before, (names, words) = marked[read : mark.start()], mark.groups()
        start = length + len(before)
        length = start + len(words)
        pieces += [before, words]
        spans += [{"indicator": name, "start": start, "end": length} for name in names.split("+")]
        read = mark.end()
    pieces.append(marked[read:])
    text = "".join(pieces)
    if "⟦" in text or "⟧" in text:
        raise ValueError("a mark is not closed, not opened, or nested")
    return text, spans


def mark(text: str, spans: Sequence[Mapping[str, Any]]) -> str:
    """The inverse of :func:`unmark`, for a second reader. Raises ``ValueError`` where spans cross.

    >>> mark("Come as a tourist", [{"indicator": "no_work_permit", "start": 5, "end": 17}])
    'Come ⟦no_work_permit|as a tourist⟧'
    """
    names: dict[tuple[int, int], list[str]] = {}
    for span in spans:
        names.setdefault((span["start"], span["end"]), []).append(span["indicator"])
    pieces, read = [], 0
    for (start, end), found in sorted(names.items()):
        if start < read:
            raise ValueError(f"the span [{start}, {end}) crosses another")
        pieces += [text[read:start], f"⟦{'+'.join(found)}|{text[start:end]}⟧"]
        read = end
    return "".join([*pieces, text[read:]])


def draft_row(given: dict[str, Any], batch: str, twins: dict[int, int]) -> dict[str, Any]:
    """A draft line as a row of the corpus. ``twins`` maps ``n`` to the smallest ``n`` of its pair,
    which names the group: a lure and its twin are never split."""
    text, spans = unmark(given["text"])
    number, twin = given["n"], given.get("twin")
    return {
        "id": f"{batch}-{number:03}",
        "text": text,
        "language": given["language"],
        "kind": given["kind"],
        "harms": given["harms"],
        "platform": given["platform"],
        "surface": given["surface"],
        "register": given["register"],
        "pair": None if twin is None else f"{batch}-{twin:03}",
        "spans": spans,
        "group": f"{batch}-g{twins.get(number, number):03}",
        "author_note": given.get("note", ""),
    }
