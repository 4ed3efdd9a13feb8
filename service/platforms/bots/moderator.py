"""What every bot does with an event, whichever library brought it."""

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from service.client import AsyncClient, ClientError
from service.platforms.base import Platform
from service.platforms.plan import Plan
from service.platforms.seen import BadEvent, Seen, Skipped
from service.platforms.sending import NotDone, Sender

REMEMBERED = 10_000
"""Ads whose last decision is known: platforms tell of an edit also where only a preview came."""

log = logging.getLogger(__name__)


class Moderator:
    """Reads, asks, and prints or acts. Where the service does not answer nothing is done, and the
    log says so: a message stays that nobody has judged."""

    def __init__(
        self,
        platform: Platform,
        client: AsyncClient,
        show: Callable[[Plan], None],
        sender: Sender | None = None,
    ) -> None:
        """Without a ``sender`` plans are only shown."""
        self._platform = platform
        self._client = client
        self._show = show
        self._sender = sender
        self._last: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    async def handle(self, event: Mapping[str, Any]) -> list[Plan]:
        """The plans for an event; none where nothing is to be done. Raises nothing: a bot outlives
        what it cannot read."""
        try:
            found = self._platform.read(event)
            if isinstance(found, Skipped):
                return []
            new = [one for one in found if self._is_new(one)]
            results = await self._client.score([one.ad for one in new]) if new else []
        except BadEvent as error:
            log.warning("event not read: %s", error)
            return []
        except ClientError as error:
            log.error("not scored: %s", type(error).__name__)
            return []
        pairs = zip(new, results, strict=True)
        plans = [
            self._platform.plan(one, result)
            for one, result in pairs
            if self._differs(one, result.decision)
        ]
        plans = [plan for plan in plans if plan.actions or plan.cannot]
        for plan in plans:
            self._show(plan)
            await self._act(plan)
        return plans

    async def _act(self, plan: Plan) -> None:
        if self._sender is None:
            return
        try:
            await self._sender.send(plan)
        except NotDone as error:
            log.error("not done: %s", error)

    def _is_new(self, seen: Seen) -> bool:
        """Whether its words are others than before."""
        known = self._last.get(seen.ad["id"])
        return known is None or known[0] != digest(seen)

    def _differs(self, seen: Seen, decision: str) -> bool:
        """Whether the decision is another than that on its words before an edit; remembers it."""
        before = self._last.pop(seen.ad["id"], None)
        self._last[seen.ad["id"]] = (digest(seen), decision)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return before is None or before[1] != decision


def digest(seen: Seen) -> bytes:
    """Of the words of an ad, which themselves are not kept."""
    ad = seen.ad
    said = [ad["text"], ad.get("title", ""), list(seen.turns)]
    return hashlib.sha256(json.dumps(said).encode()).digest()
