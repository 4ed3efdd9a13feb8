"""What the model said a short while ago: campaigns are copies.

A text that reads the same once disguises are undone has the same logits, whoever sends it; its
spans, contacts, campaign and decision are found anew. Texts are not kept: an entry is found by a
hash with a key of this process, and none outlives it.
"""

import secrets
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from models.inference import Logits
from models.rendering import Rendered
from service.scoring.scorer import LogitModel

OFFSET_BYTES = 130
"""Of one token's place as a pair of Python's integers."""

ENTRY_BYTES = 1000
"""Of an entry beside its arrays."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a memory did, and holds."""

    hits: int
    misses: int
    texts: int
    bytes: int
    limit: int


@dataclass(slots=True)
class _Entry:
    said: Future[Logits]
    bytes: int = 0  # 0 until it is said


class Remembering:
    """Asks a model once for a text, and forgets what was not asked for longest. Safe to call from
    several threads at once: the second that asks for a text waits for the first."""

    def __init__(self, model: LogitModel, limit: int) -> None:
        """``limit``: bytes of what is remembered."""
        self.model = model
        self._limit = limit
        self._key = secrets.token_bytes(16)
        self._lock = Lock()
        self._kept: OrderedDict[bytes, _Entry] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0

    def logits(self, rendered: Rendered) -> Logits:
        """Those of the first text that reads the same."""
        words = f"{rendered.own}{rendered.text}".encode("utf-8", "surrogatepass")
        key = blake2b(words, key=self._key, digest_size=16).digest()
        entry, first = self._entry(key)
        if not first:
            return entry.said.result()
        try:
            said = self.model.logits(rendered)
        except BaseException as error:
            self._drop(key, entry)  # the next one tries again
            entry.said.set_exception(error)
            raise
        entry.said.set_result(said)
        self._weigh(key, entry, size_of(said))
        return said

    def use(self) -> Use:
        """Up to now."""
        with self._lock:
            return Use(self._hits, self._misses, len(self._kept), self._bytes, self._limit)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._kept.clear()
            self._bytes = self._hits = self._misses = 0

    def _entry(self, key: bytes) -> tuple[_Entry, bool]:
        """What holds the logits, or will, and whether the caller is the one to find them."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._hits += 1
                self._kept.move_to_end(key)
                return found, False
            self._misses += 1
            made = self._kept[key] = _Entry(Future())
            return made, True

    def _weigh(self, key: bytes, entry: _Entry, size: int) -> None:
        """Count what was said, and make room."""
        with self._lock:
            if self._kept.get(key) is not entry:
                return  # forgotten meanwhile
            entry.bytes = size
            self._bytes += size
            while self._bytes > self._limit:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.bytes

    def _drop(self, key: bytes, entry: _Entry) -> None:
        with self._lock:
            if self._kept.get(key) is entry:
                del self._kept[key]


def size_of(said: Logits) -> int:
    """Bytes of an entry, near enough: arrays, and places of tokens."""
    arrays = said.tokens.nbytes + said.indicators.nbytes
    arrays += 0 if said.embedding is None else said.embedding.nbytes
    return ENTRY_BYTES + arrays + OFFSET_BYTES * len(said.indicator_offsets)
