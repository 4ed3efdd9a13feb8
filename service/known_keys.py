"""Keys that were looked up a moment ago, so that scoring does not ask the database each time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from service.store.base import now

if TYPE_CHECKING:
    from service.access import Caller

FRESH_S = 5.0
"""How long a key counts as known, and so how long one that was revoked may still score."""

MOST = 1_000
"""Keys that are known at once."""


class KnownKeys:
    """Of one process, by digest. Keys that are wrong are never in it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        """``clock``, in seconds, and ``most`` are for tests."""
        self.clock = clock
        self._most = most
        self._known: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    def get(self, digest: str) -> Caller | None:
        """Who holds the key, where that was read less than :data:`FRESH_S` ago and the key has not
        ended since."""
        caller, read_at = self._known.get(digest, (None, 0.0))
        if caller is None or self.clock() - read_at >= FRESH_S:
            return None
        ended = caller.ends_at is not None and caller.ends_at <= now()
        return None if ended else caller

    def put(self, digest: str, caller: Caller, read_at: float) -> None:
        """``read_at``: the clock before the database was asked. The oldest makes room."""
        self._known[digest] = (caller, read_at)
        self._known.move_to_end(digest)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
