"""Ads in parts that the service takes at once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

MAX_ADS = 256
MAX_CHARS = 200_000
"""What the service takes in one request unless its operator chose less: then the parts are halved
until they fit."""

LEAST_COST, MOST_COST = 50, 20_000
"""An ad counts as at least and at most so many characters; see ``service.scoring.scorer.cost``."""

STREAM_BYTES = 60_000
"""Of one part of a stream. httpx sends all of a request before it reads the answer, and the service
reads no more of it than this while its answers are not taken: more could stop both for ever."""

Sent = TypeVar("Sent")


def cost(ad: Mapping[str, Any]) -> int:
    """Characters that are read, as the service counts them. What is no text is for it to refuse."""
    turns = ad.get("thread") or ()
    texts = [turn.get("text") if isinstance(turn, Mapping) else turn for turn in turns]
    texts += [ad.get("text"), ad.get("title")]
    given = sum(len(text) for text in texts if isinstance(text, str))
    return max(LEAST_COST, min(given, MOST_COST))


class Filling(Generic[Sent]):
    """Makes parts of items as they come: at most so many, and together at most so large; an item
    that is larger is a part of its own."""

    def __init__(self, most: int, most_size: int) -> None:
        self._most = most
        self._most_size = most_size
        self._part: list[Sent] = []
        self._size = 0

    def add(self, item: Sent, size: int) -> Iterator[list[Sent]]:
        """The parts that are whole now."""
        if self._part and self._size + size > self._most_size:
            yield self.end()
        self._part.append(item)
        self._size += size
        if len(self._part) == self._most:
            yield self.end()

    def end(self) -> list[Sent]:
        """What is left; empty if nothing is."""
        part, self._part, self._size = self._part, [], 0
        return part


def parts(items: Iterable[tuple[Sent, int]], most: int, most_size: int) -> Iterator[list[Sent]]:
    """Of items with their sizes.

    >>> list(parts([("a", 1), ("b", 2), ("c", 2), ("d", 9)], most=2, most_size=4))
    [['a', 'b'], ['c'], ['d']]
    """
    filling: Filling[Sent] = Filling(most, most_size)
    for item, size in items:
        yield from filling.add(item, size)
    if part := filling.end():
        yield part
