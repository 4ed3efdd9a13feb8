"""A result as a row of a table: what a data team joins and counts."""

from typing import Any

import pyarrow as pa

from service.api.schemas import Result, Span

SPANS = pa.list_(
    pa.struct([("field", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
)  # fmt: skip

SCHEMA = pa.schema(
    [
        ("input", pa.string()),
        ("row", pa.int64()),
        ("id", pa.string()),
        ("score", pa.float64()),
        ("decision", pa.string()),
        ("policy", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("priority", pa.int16()),
        ("observed", pa.string()),
        ("dry_run", pa.string()),
        ("kind", pa.string()),
        ("harms", pa.list_(pa.struct([("harm", pa.string()), ("probability", pa.float64())]))),
        (
            "indicators",
            pa.list_(
                pa.struct(
                    [("indicator", pa.string()), ("strength", pa.float64()), ("spans", SPANS)]
                )
            ),
        ),
        ("entities", pa.list_(pa.struct([("type", pa.string()), ("spans", SPANS)]))),
        ("language", pa.string()),
        ("platform", pa.string()),
        ("surface", pa.string()),
        ("model", pa.string()),
    ]
)  # fmt: skip
"""Types of the columns. Spans are ``[start, end)`` in code points of the field as received."""

WHOLE = pa.field("result", pa.string())
"""The column of whole results, as JSON, where it is asked for."""


def flat(path: str, number: int, result: Result, full: bool) -> dict[str, Any]:
    """One row of :data:`SCHEMA`, and :data:`WHOLE` if ``full``."""
    row = {
        "input": path,
        "row": number,
        "id": result.id,
        "score": result.score,
        "decision": result.decision,
        "policy": result.policy,
        "reasons": [one.reason for one in result.reasons],
        "priority": result.priority,
        "observed": result.observed,
        "dry_run": None if result.dry_run is None else result.dry_run.decision,
        "kind": result.kind,
        "harms": [{"harm": one.harm, "probability": one.probability} for one in result.harms],
        "indicators": [
            {"indicator": one.indicator, "strength": one.strength, "spans": spans(one.spans)}
            for one in result.indicators
        ],
        "entities": [{"type": one.type, "spans": spans(one.spans)} for one in result.entities],
        "language": result.language.tag,
        "platform": result.platform,
        "surface": result.surface,
        "model": result.model,
    }
    if full:
        row["result"] = result.model_dump_json()
    return row


def spans(given: list[Span]) -> list[dict[str, Any]]:
    """As they are written."""
    return [{"field": one.field, "start": one.start, "end": one.end} for one in given]
