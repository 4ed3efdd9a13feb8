"""Spans that reviewers give: whether they lie in the words that were judged, and where they stand
in the redacted ones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from service.api.reviewing import Piece, Word
from service.review.content import Redacted

Spans = dict[str, list[dict[str, Any]]]
"""By indicator: field, start and end of each."""


def fits(span: Mapping[str, Any], lengths: Mapping[str, int]) -> bool:
    """Whether a span lies in its field."""
    return bool(0 <= span["start"] < span["end"] <= lengths.get(span["field"], 0))


def faults(word: Word, lengths: Mapping[str, int], kept: bool) -> dict[str, str]:
    """What is wrong with spans that lie outside of their fields, by JSON pointer into the word.

    ``lengths``: code points of each field; ``kept``: whether there are words at all.
    """
    found = {}
    for name, pieces in (("wrong_spans", word.wrong_spans), ("missed_spans", word.missed_spans)):
        for indicator, spans in (pieces or {}).items():
            for i, span in enumerate(spans):
                if not fits(span.model_dump(), lengths):
                    found[f"/{name}/{indicator}/{i}"] = outside(span, lengths, kept)
    return found


def outside(span: Piece, lengths: Mapping[str, int], kept: bool) -> str:
    """What is wrong with a span, and what would mend it."""
    if not kept:
        return "no text is kept of this ad; give it as `ad`"
    return (
        f"ends at {span.end}, and '{span.field}' has {lengths.get(span.field, 0)} code points; "
        "count in the redacted text as the queue gives it, or in `ad` as given"
    )


def in_redacted(
    pieces: Mapping[Any, Sequence[Piece]] | None, redacted: Redacted | None
) -> Spans | None:
    """The spans as they are kept; moved, if they count in an ad that was redacted since."""
    if pieces is None:
        return None
    spans: Spans = {name: [one.model_dump() for one in few] for name, few in pieces.items()}
    if redacted is not None:
        spans = redacted.moved(spans)
    return spans


def against(marked: Spans, shown: Spans) -> tuple[Spans, Spans]:
    """What is wrong of the spans that were ``shown``, and what is missed, where all that should be
    shown is ``marked``.

    >>> against(
    ...     {"same_day_cash": [{"field": "text", "start": 2, "end": 9}]},
    ...     {"same_day_cash": [{"field": "text", "start": 0, "end": 9}]},
    ... )
    ({'same_day_cash': [{'field': 'text', 'start': 0, 'end': 2}]}, {})
    """
    right, said = by_place(marked), by_place(shown)
    wrong = {key: at - right.get(key, set()) for key, at in said.items()}
    missed = {key: at - said.get(key, set()) for key, at in right.items()}
    return as_spans(wrong), as_spans(missed)


def by_place(spans: Spans) -> dict[tuple[str, str], set[int]]:
    """Code points by indicator and field."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name, field, positions in places(spans):
        found[name, field] |= positions
    return found


def as_spans(found: Mapping[tuple[str, str], set[int]]) -> Spans:
    """The same, back; without what has no code point."""
    spans: Spans = defaultdict(list)
    for (name, field), positions in found.items():
        for start, end in runs(positions):
            spans[name].append({"field": field, "start": start, "end": end})
    return dict(spans)


def places(spans: Spans) -> Iterator[tuple[str, str, set[int]]]:
    """Indicator, field and code points of each span."""
    for name, few in spans.items():
        for span in few:
            yield name, span["field"], set(range(span["start"], span["end"]))


def runs(positions: Iterable[int]) -> list[tuple[int, int]]:
    """Positions as spans ``[start, end)``.

    >>> runs([4, 5, 9])
    [(4, 6), (9, 10)]
    """
    ordered = sorted(positions)
    if not ordered:
        return []
    breaks = [(a + 1, b) for a, b in pairwise(ordered) if b > a + 1]
    ends = [*(end for end, _ in breaks), ordered[-1] + 1]
    starts = [ordered[0], *(start for _, start in breaks)]
    return list(zip(starts, ends, strict=True))
