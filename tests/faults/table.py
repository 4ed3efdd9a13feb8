"""Outcomes as a Markdown table: fault, what was promised, what was seen."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- faults -->", "<!-- end of faults -->"


def read(path: Path) -> list[dict[str, Any]]:
    """The last outcome of each fault that was done at full length. Raises ``ValueError`` where
    there is none."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    last = {row["name"]: row for row in rows if not row["quick"]}
    if not last:
        raise ValueError(f"{path} has no outcome at full length")
    return list(last.values())


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """One line a fault."""
    lines = ["| fault | promised | seen |", "| --- | --- | --- |"]
    for row in rows:
        seen = "; ".join(f"{what}: {shown(figure)}" for what, figure in row["seen"].items())
        if row.get("undone"):
            seen = f"**Not done:** {row['undone']}"
        seen += "".join(f". **Not kept:** {one}" for one in row["broken"])
        lines.append(f"| {row['fault']} | {row['promised']} | {seen} |")
    return "\n".join(lines) + "\n"


def shown(figure: Any) -> str:
    """A number or some by name, as people write them.

    >>> shown({"200": 1512, "429": 3}), shown(0.5), shown(12345.0), shown(float("nan"))
    ('200 × 1,512, 429 × 3', '0.5', '12,345', 'none')
    """
    if isinstance(figure, dict):
        return ", ".join(f"{name} × {count:,}" for name, count in figure.items()) or "none"
    if isinstance(figure, float):
        if math.isnan(figure):
            return "none"
        return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:g}"
    return f"{figure:,}" if isinstance(figure, int) else str(figure)
