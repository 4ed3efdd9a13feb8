"""What every bot does with an event, whichever library brought it."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from service.client import AsyncClient, ClientError
from service.platforms.base import Platform
from service.platforms.memory import Memory
from service.platforms.plan import Plan
from service.platforms.reading import seen_in
from service.platforms.seen import BadEvent, Skipped
from service.platforms.sending import NotDone, Sender

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
        self._memory = Memory()

    async def handle(self, event: Mapping[str, Any]) -> list[Plan]:
        """The plans for an event; none where nothing is to be done. Raises nothing: a bot outlives
        what it cannot read."""
        try:
            return await self._handled(event)
        except BadEvent as error:
            log.warning("event not read: %s", error)
        except ClientError as error:
            log.error("not scored: %s", type(error).__name__)
        except Exception as error:  # a defect stops no bot
            log.error("event not handled: %s", type(error).__name__)
        return []

    async def _handled(self, event: Mapping[str, Any]) -> list[Plan]:
        found = seen_in(self._platform, event)
        if isinstance(found, Skipped):
            return await self._carry([found.plan] if found.plan else [])
        new = self._memory.new(found)
        results = await self._client.score([one.ad for one in new]) if new else []
        pairs = zip(new, results, strict=True)
        plans = [
            self._platform.plan(one, result)
            for one, result in pairs
            if self._memory.differs(one, result.decision)
        ]
        return await self._carry([plan for plan in plans if plan.actions or plan.cannot])

    async def _carry(self, plans: list[Plan]) -> list[Plan]:
        """Each shown, and carried out where that is asked for."""
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
            self._memory.forget(plan.ad)
            log.error("not done: %s", error)
