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
from typing import NamedTuple

from models.inference import Logits
from models.rendering import Rendered
from service.scoring.logit_model import LogitModel

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


class Said(NamedTuple):
    """What comes of a question."""

    logits: "Logits | Future[Logits]"
    """A future where another thread is at the same text: whoever waits there keeps a thread from
    other work."""

    is_new: bool
    """Whether the model was asked for it."""


@dataclass(slots=True)
class _Entry:
    said: Logits | None = None
    waiting: "Future[Logits] | None" = None  # made for the first who would have to wait
    bytes: int = 0  # 0 until it is said


class Remembering:
    """Asks a model once for a text, and forgets what was not asked for longest. Safe to call from
    several threads at once: the second that asks for a text gets what the first finds."""

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
        """Those of the first text that reads the same; waits where another thread finds them."""
        found = self.ask(rendered).logits
        return found.result() if isinstance(found, Future) else found

    def ask(self, rendered: Rendered) -> Said:
        """The same for a caller who has better to do than to wait."""
        words = rendered.text.encode("utf-8", "surrogatepass")
        key = blake2b(words, key=self._key, digest_size=16).digest()
        with self._lock:
            entry = self._kept.get(key)
            if entry is not None:
                return Said(self._again(key, entry), is_new=False)
            self._misses += 1
            entry = self._kept[key] = _Entry()
        return Said(self._find(key, entry, rendered), is_new=True)

    def use(self) -> Use:
        """Up to now."""
        with self._lock:
            return Use(self._hits, self._misses, len(self._kept), self._bytes, self._limit)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._kept.clear()
            self._bytes = self._hits = self._misses = 0

    def _again(self, key: bytes, entry: _Entry) -> "Logits | Future[Logits]":
        """What was said, or will be; the lock is held."""
        self._hits += 1
        self._kept.move_to_end(key)
        if entry.said is not None:
            return entry.said
        if entry.waiting is None:
            entry.waiting = Future()
        return entry.waiting

    def _find(self, key: bytes, entry: _Entry, rendered: Rendered) -> Logits:
        """Ask the model, and tell those who asked for the same meanwhile."""
        try:
            said = self.model.logits(rendered)
        except BaseException as error:
            waiting = self._drop(key, entry)  # the next one tries again
            if waiting is not None:
                waiting.set_exception(error)
            raise
        waiting = self._keep(key, entry, said)
        if waiting is not None:
            waiting.set_result(said)
        return said

    def _keep(self, key: bytes, entry: _Entry, said: Logits) -> "Future[Logits] | None":
        """Count what was said, and make room; gives who waits for it."""
        size = size_of(said)
        with self._lock:
            entry.said = said
            waiting, entry.waiting = entry.waiting, None
            if self._kept.get(key) is not entry:
                return waiting  # forgotten meanwhile
            entry.bytes = size
            self._bytes += size
            while self._bytes > self._limit:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.bytes
        return waiting

    def _drop(self, key: bytes, entry: _Entry) -> "Future[Logits] | None":
        """Remember nothing; gives who waits."""
        with self._lock:
            if self._kept.get(key) is entry:
                del self._kept[key]
            return entry.waiting


def size_of(said: Logits) -> int:
    """Bytes of an entry, near enough: arrays, and places of tokens."""
    arrays = said.tokens.nbytes + said.indicators.nbytes
    arrays += 0 if said.embedding is None else said.embedding.nbytes
    return ENTRY_BYTES + arrays + OFFSET_BYTES * len(said.indicator_offsets)
