"""Digests of what is told in JSON."""

import hashlib
import json
from collections.abc import Callable
from typing import Any


def of_json(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """SHA-256 of canonical JSON, in hexadecimal. ``default`` makes JSON of what is none. Raises
    ``ValueError`` for what JSON has no number for."""
    canonical = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False,
        default=default,
    )  # fmt: skip
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
