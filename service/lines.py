"""Ads as JSON lines: bytes into lines, a line into an ad, and what is answered in its place.

The shell and ``POST /v1/score/stream`` answer alike because both ask here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from pydantic import ValidationError

from models.rendering import is_blank
from service.api.schemas import AdIn, LineError, Shape
from service.problems import first_wrong
from service.values import MAX_VALUES, values_in

Told = TypeVar("Told", bound=Shape)

MARK = b"\xef\xbb\xbf"
"""With which some editors begin a file in UTF-8."""


class Splitter:
    """Cuts bytes, as they come, into lines numbered from 1. Holds at most ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()
        self._too_long = False
        self._number = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The lines that end in ``chunk``; ``None`` stands for one longer than the limit."""
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._hold(piece)
            yield self._end()
        self._hold(rest)

    def close(self) -> Iterator[tuple[int, bytes | None]]:
        """The last line, where no line feed ended it."""
        if self._held or self._too_long:
            yield self._end()

    def _hold(self, piece: bytes) -> None:
        if self._too_long or len(self._held) + len(piece) > self._limit:
            self._too_long = True
            self._held.clear()
        else:
            self._held += piece

    def _end(self) -> tuple[int, bytes | None]:
        line = None if self._too_long else bytes(self._held)
        self._held.clear()
        self._too_long = False
        self._number += 1
        return self._number, line.removeprefix(MARK) if line and self._number == 1 else line


def read_line(number: int, line: str | bytes) -> AdIn | LineError:
    """The ad in a line, or what is wrong with it, which repeats nothing of the line."""
    if len(line) > MAX_VALUES and values_in(line) > MAX_VALUES:
        return LineError(line=number, error=f"the line has more than {MAX_VALUES} values")
    try:
        given = AdIn.model_validate_json(line)
    except ValidationError as error:
        return LineError(line=number, error=first_wrong(error, AdIn, "the line"))
    if is_blank(given.ad()):
        return LineError(line=number, error="text: nothing to read")
    return given


def too_long(number: int, limit: int) -> LineError:
    """In place of a line that was not kept."""
    return LineError(line=number, error=f"the line has more than {limit} bytes; shorten it")


def in_place(read: Sequence[AdIn | LineError], results: Sequence[Told]) -> list[Told | LineError]:
    """One answer a line: what is told of the ads, in order, among the lines that are wrong."""
    following = iter(results)
    return [one if isinstance(one, LineError) else next(following) for one in read]


def written(answers: Iterable[Shape]) -> bytes:
    """As they are sent: JSON, a line each."""
    return b"".join(one.model_dump_json().encode() + b"\n" for one in answers)
