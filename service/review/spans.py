"""Spans that reviewers give: whether they lie in the words that were judged, and where they stand
in the redacted ones."""

from collections.abc import Mapping, Sequence
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
