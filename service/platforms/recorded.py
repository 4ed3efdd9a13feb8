"""Recorded events, a line each: what an adapter makes of them, without a token."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from service.platforms.base import Platform
from service.platforms.reading import seen_in
from service.platforms.seen import BadEvent, Seen, Skipped


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
    """What an event in JSON holds, or what is wrong with it."""
    try:
        return seen_in(platform, orjson.loads(line))
    except orjson.JSONDecodeError:
        return BadEvent("not JSON")
    except BadEvent as error:
        return error
