"""Rows of part 8, "automated means", of the Commission's quantitative template (Implementing
Regulation (EU) 2024/2835, annex I). Names are the template's."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

FILE = "8_automated_means.csv"
COLUMNS = (
    "Applicability", "Service", "Reporting period", "Section", "Indicator", "Scope", "Value",
    "Contextual Information",
)  # fmt: skip
SECTION = "Use of automated means for content moderation"
SOLELY = "Number of measures solely taken by automated means"
NOT_SOLELY = "Number of measures not taken by automated means"
ACCURACY = "Accuracy of the automated means - Accuracy"
PRECISION = "Accuracy of the automated means - Precision"
RECALL = "Accuracy of the automated means - Recall"
TOTAL = "Total number"
EVERYONE, LARGEST = "All", "Only for VLOPs"
"""Whom a row applies to: figures by language are asked of very large platforms (article 42)."""

OFFICIAL = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv",
    "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
"""Official languages of the Union, ISO 639-1."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the template."""

    indicator: str
    scope: str
    """:data:`TOTAL`, or an official language."""

    value: float | None
    """A count, or a share from 0 to 1; ``None``: left blank."""

    context: str = ""


def as_csv(rows: Iterable[Row], service: str, period: str) -> str:
    """The file, with a line of column names. ``period``: ``2026-01-01/2026-12-31``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        applies = EVERYONE if row.scope == TOTAL else LARGEST
        value = "" if row.value is None else f"{row.value:.4g}" if row.value % 1 else int(row.value)
        writer.writerow(
            (applies, service, period, SECTION, row.indicator, row.scope, value, row.context)
        )
    return out.getvalue()
