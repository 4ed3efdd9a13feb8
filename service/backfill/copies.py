"""What was answered already: campaigns are copies.

An ad that says the same under the same context takes over the whole answer. One that says the same
only once disguises are undone takes over what the model said (:mod:`service.scoring.memory`), and
is read anew: its spans are its own.
"""

from collections import OrderedDict
from hashlib import blake2b
from typing import Generic, TypeVar

from service.api.schemas import AdIn

Key = TypeVar("Key")
Value = TypeVar("Value")

MAX_ANSWERS = 20_000
"""Answers remembered: those of a shard of the usual size, about 80 MB."""


class Recent(Generic[Key, Value]):
    """The last entries by their last use, at most ``capacity``."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """And it is used."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, value: Value) -> None:
        """In the place of the one whose use is longest ago, where there is no room."""
        self._kept[key] = value
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


def key_of(ad: AdIn) -> bytes:
    """Of all that an answer depends on: everything but the id."""
    return blake2b(ad.model_dump_json(exclude={"id"}).encode(), digest_size=16).digest()
