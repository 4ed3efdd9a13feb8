"""What was scored already: campaigns are copies.

An ad that says the same under the same context takes over the whole answer. One that says the same
only once disguises are undone takes over what the model said, and is read anew: its spans are its
own.
"""

from collections import OrderedDict
from concurrent.futures import Future
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

from models.inference import Logits
from models.rendering import Rendered
from service.api.schemas import AdIn
from service.scoring.scorer import LogitModel

Key = TypeVar("Key")
Value = TypeVar("Value")

MAX_ANSWERS = 20_000
"""Answers remembered: those of a shard of the usual size, about 80 MB."""

MAX_LOGITS = 1_000
"""Texts whose logits are remembered, about 75 kB each."""


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


class Remembering:
    """Asks a model once for a text. Called from several threads at once."""

    def __init__(self, model: LogitModel) -> None:
        self.model = model
        self._lock = Lock()
        self._recent: Recent[bytes, Future[Logits]] = Recent(MAX_LOGITS)
        self.hits = 0

    def logits(self, rendered: Rendered) -> Logits:
        """Those of the first text that reads the same."""
        words = f"{rendered.own}{rendered.text}".encode("utf-8", "surrogatepass")
        found, first = self._found(blake2b(words, digest_size=16).digest())
        if first:
            try:
                found.set_result(self.model.logits(rendered))
            except BaseException as error:
                found.set_exception(error)
        return found.result()

    def _found(self, key: bytes) -> tuple["Future[Logits]", bool]:
        """What will hold the logits, and whether the caller is the one to find them."""
        with self._lock:
            found = self._recent.get(key)
            if found is not None:
                self.hits += 1
                return found, False
            made: Future[Logits] = Future()
            self._recent.put(key, made)
            return made, True

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._recent.clear()
            self.hits = 0
