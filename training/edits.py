"""Edits to a text that carry its spans along."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.corpus.row import Span

Edit = tuple[int, int, str]
"""Replace ``text[start:end]``."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the spans marked in it, ``None`` where nobody marked any."""

    text: str
    spans: tuple[Span, ...] | None


def cut(example: Example, start: int, end: int) -> Example:
    """``text[start:end]`` with what of the spans lies in it."""
    length = len(example.text)
    return apply(example, [(0, start, ""), (min(end, length), length, "")])


def joined(parts: Sequence[Example]) -> Example:
    """One after the other; unmarked as a whole where nobody marked one of them."""
    spans: list[Span] = []
    read = 0
    for part in parts:
        spans += [Span(s.indicator, s.start + read, s.end + read) for s in part.spans or ()]
        read += len(part.text)
    whole = all(part.spans is not None for part in parts)
    return Example("".join(part.text for part in parts), tuple(spans) if whole else None)


def apply(example: Example, edits: Sequence[Edit]) -> Example:
    """All edits at once: in order, not overlapping. A span that an edit empties goes."""
    pieces, read, shifts = [], 0, []
    for start, end, new in edits:
        pieces += [example.text[read:start], new]
        read = end
        shifts.append((start, end, len(new)))
    pieces.append(example.text[read:])

    def moved(position: int, is_end: bool) -> int:
        shift = 0
        for start, end, length in shifts:
            if end <= position and not (start == end == position and is_end):
                shift += length - (end - start)
            elif start < position:
                return start + shift + (length if is_end else 0)
        return position + shift

    spans = example.spans
    if spans is not None:
        located = (Span(s.indicator, moved(s.start, False), moved(s.end, True)) for s in spans)
        spans = tuple(span for span in located if span.start < span.end)
    return Example("".join(pieces), spans)
