"""JSON lines on stderr: one a request, with counts and times. Never a text, contact or secret."""

import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

from fastapi import Request

from service import request_ids
from service.engine import Answer

ALLOWED = (
    "request_id", "method", "path", "status", "milliseconds", "trace", "model", "ads", "tokens",
    "decisions", "error", "bundle", "job", "submission", "endpoint", "attempt", "topic", "key",
    "reports", "wrong_lines", "delivery", "unscored", "degraded",
    "messages", "batches", "dead", "lag", "partitions", "partition", "offset",
    "before", "seconds", "reason",
)  # fmt: skip
"""Fields that a line may carry. Anything else given to a logger is left out, on purpose."""


TALKATIVE = "alembic.runtime.plugins"
"""Says of six parts of a library that they are set up, at every start."""

AS_JSON = json.JSONEncoder(ensure_ascii=False)


class JsonLines(logging.Formatter):
    """A record as one JSON object. Exceptions give their type and place, not their message, which
    may hold what a caller sent."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message and the allowed fields."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message(record),
        }
        request_id = request_ids.current()
        if request_id is not None:
            line["request_id"] = request_id
        given = vars(record)
        line |= {k: given[k] for k in ALLOWED if k in given}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["at"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return AS_JSON.encode(line)


def message(record: logging.LogRecord) -> str:
    """Of what the event loop says by itself only the beginning: then come errors with their words,
    and what functions were given."""
    said = record.getMessage()
    return re.split(r"[(\n]", said, maxsplit=1)[0] if record.name == "asyncio" else said


class Lines(logging.StreamHandler[TextIO]):
    """Writes them; one that cannot be written, as on a full disk, is left out and nobody fails."""

    def handleError(self, record: logging.LogRecord) -> None:
        """The library's own way prints more of its kind between the lines."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def configure(level: int | str = logging.INFO) -> None:
    """Send every logger's lines to stderr in this form; ``level`` also by its name, such as
    ``info``."""
    handler = Lines(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper() if isinstance(level, str) else level)
    logging.getLogger(TALKATIVE).setLevel(logging.WARNING)


def note(request: Request, model: str, answers: Sequence[Answer], wrong_lines: int = 0) -> None:
    """Add to what the request's line will say of the ads."""
    before = getattr(request.state, "noted", {})
    decided = Counter(answer.outcome.decision for answer in answers)
    request.state.noted = {
        **before,
        "model": model,
        "ads": before.get("ads", 0) + len(answers),
        "tokens": before.get("tokens", 0) + sum(answer.assessment.tokens for answer in answers),
        "decisions": dict(Counter(before.get("decisions", {})) + decided),
    }
    if wrong_lines:
        request.state.noted["wrong_lines"] = before.get("wrong_lines", 0) + wrong_lines


def note_missing(request: Request, unscored: Iterable[str], degraded: Iterable[str]) -> None:
    """Add how many ads had no score, by reason, and how many answers lacked a part, by part."""
    noted = dict(getattr(request.state, "noted", {}))
    for name, words in (("unscored", unscored), ("degraded", degraded)):
        if counts := Counter(noted.get(name, {})) + Counter(words):
            noted[name] = dict(counts)
    request.state.noted = noted
