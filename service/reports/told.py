"""Opened reports as they are printed. What people wrote is anybody's words: nothing in them may
steer the terminal that shows them."""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any

from nacl.public import PrivateKey

from service.reports.opening import opened
from service.reports.shapes import ReportOut

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and those that reorder or break a line."""

CLOSED = "it was sealed for another key, or changed"


def read_report(report: ReportOut, keys: Sequence[PrivateKey]) -> dict[str, Any]:
    """The report with what was said in each part, or why that is not known."""
    parts = []
    for part in report.parts:
        said = opened(keys, base64.b64decode(part.sealed))
        told = {"error": CLOSED} if said is None else {"said": said}
        parts.append({"day": part.day.isoformat(), **told})
    return {**report.model_dump(mode="json", exclude={"parts"}), "parts": parts}


def as_line(report: dict[str, Any]) -> str:
    """One line of JSON."""
    return harmless(json.dumps(report, ensure_ascii=False))


def as_text(report: dict[str, Any]) -> str:
    """To be read: whatever a reporter wrote stands further to the right than what we say."""
    links = "".join(f"  {name} {report[name]}" for name in ("ad", "campaign") if report[name])
    lines = [f"{report['id']}  {report['day']}{links}"]
    for part in report["parts"]:
        lines.append(f"  {part['day']}")
        if "error" in part:
            lines.append(f"    not opened: {part['error']}")
        for name, value in part.get("said", {}).items():
            lines.append(f"    {name}")
            lines += [f"      {line}" for line in harmless(str(value)).split("\n")]
    return "\n".join(lines)


def harmless(text: str) -> str:
    r"""With characters that steer a terminal written out, as JSON writes them.

    >>> harmless("a\x1b[2J")
    'a\\u001b[2J'
    """
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
