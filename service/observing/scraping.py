"""What stands behind ``GET /metrics``: the registry, with all that is looked up on the way."""

import asyncio
import hashlib
import time
from collections.abc import Callable

from service.observing.exposition import written
from service.observing.living import Living
from service.observing.metrics import Metrics
from service.observing.stored import Stored
from service.runtime import Runtime

REMEMBERED_S = 900.0
"""How long a key that was good stays good while the database is away, which is when figures are
needed most."""

MOST = 64
"""Keys that are remembered: of each scraper its own, and of those before a change of keys."""


class Scraping:
    """One application's."""

    def __init__(self, metrics: Metrics, runtime: Callable[[], Runtime]) -> None:
        self._registry = metrics.registry
        self._runtime = runtime
        self._stored = Stored()
        self._good: dict[bytes, float] = {}
        """When each of these keys was good, the last one last."""
        self._registry.register(Living(runtime))
        self._registry.register(self._stored)

    async def scrape(self, accept: str) -> tuple[bytes, str]:
        """Body and type."""
        await self._stored.refresh(self._runtime().database)
        return await asyncio.to_thread(written, self._registry, accept)

    def remember(self, key: str) -> None:
        """It was good just now. The one that was not for the longest time makes room."""
        name = digest(key)
        self._good.pop(name, None)
        self._good[name] = time.monotonic()
        if len(self._good) > MOST:
            del self._good[next(iter(self._good))]

    def remembers(self, key: str) -> bool:
        """Whether it was, not long ago."""
        at = self._good.get(digest(key))
        return at is not None and time.monotonic() - at < REMEMBERED_S


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
