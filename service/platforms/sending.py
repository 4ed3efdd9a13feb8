"""Plans carried out: requests in order, again where the platform says so, never twice what may not
be done twice."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

from service.client import connection
from service.client.calls import Reply
from service.client.retrying import AGAIN, UNDONE, Attempts, Patience
from service.platforms.base import Platform
from service.platforms.plan import Call, Plan

PATIENCE = Patience(retries=5, total_s=660.0)
"""Who has used up a period's calls waits for the next: Reddit's are the longest, ten minutes."""

TIMEOUT_S = 20.0
AGENT = "lurewatch-platforms/1"


class NotDone(Exception):
    """A call that the platform refused, or that was not answered. Those after it were not made."""

    def __init__(self, call: Call, reason: str) -> None:
        super().__init__(f"{call.why}: {reason}")
        self.call = call


@dataclass(frozen=True, slots=True)
class Done:
    """What was carried out."""

    plan: Plan
    replies: tuple[Reply, ...]


class Sender:
    """Carries out the plans of one platform. Close it."""

    def __init__(
        self,
        platform: Platform,
        token: str,
        *,
        patience: Patience = PATIENCE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport``: another way than the network, for tests."""
        self._platform = platform
        self._patience = patience
        self._access = platform.access(token)
        self._http = httpx.AsyncClient(
            headers={"User-Agent": AGENT, **self._access.headers},
            timeout=TIMEOUT_S,
            transport=transport,
        )

    async def send(self, plan: Plan) -> Done:
        """Every call of the plan, in order. Raises :class:`NotDone`."""
        return Done(plan, tuple([await self.make(call) for call in plan.calls]))

    async def make(self, call: Call) -> Reply:
        """One call. Raises :class:`NotDone`."""
        attempts = Attempts(self._patience)
        while True:
            try:
                reply = connection.reply(await self._http.request(**self._request(call)))
            except httpx.RequestError as error:
                lost = connection.lost(error)
                may = call.repeatable or not lost.sent
                pause_s, reason = attempts.pause() if may else None, f"no answer ({lost.reason})"
            else:
                if self._platform.succeeded(reply):
                    return reply
                may = reply.status in (AGAIN if call.repeatable else UNDONE)
                least_s = self._platform.pause_s(reply)
                pause_s = attempts.pause(least_s) if may else None
                refused = "" if reply.status >= 300 else ", which names errors"
                reason = f"status {reply.status}{refused}"
            if pause_s is None:
                raise NotDone(call, reason)
            await asyncio.sleep(pause_s)

    def _request(self, call: Call) -> dict[str, Any]:
        """As httpx takes it."""
        body = {} if call.body is None else {"json" if call.form == "json" else "data": call.body}
        return {
            "method": call.method,
            "url": self._access.base + call.path,
            "headers": dict(call.headers),
            **body,
        }

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
