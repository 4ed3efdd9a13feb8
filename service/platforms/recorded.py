"""Recorded events, a line each: what an adapter makes of them, without a token."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from service.platforms.base import Platform
from service.platforms.seen import BadEvent, Seen, Skipped

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what is in it."""

    number: int
    found: list[Seen] | Skipped | BadEvent


def lines(platform: Platform, given: Iterable[str]) -> Iterator[Line]:
    """In order; blank lines are left out."""
    for number, line in enumerate(given, 1):
        if line.strip():
            yield Line(number, read(platform, line))


def read(platform: Platform, line: str) -> list[Seen] | Skipped | BadEvent:
    """What an event in JSON holds, or what is wrong with it. One that breaks its adapter takes no
    other with it; the log says by which error, and none of its words."""
    try:
        event: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return BadEvent("not JSON")
    if not isinstance(event, dict):
        return BadEvent("not a JSON object")
    try:
        return platform.read(event)
    except BadEvent as error:
        return error
    except Exception as error:
        log.error("event not read", extra={"error": type(error).__name__})
        return BadEvent("cannot be read")
