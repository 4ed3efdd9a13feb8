"""Sends what is in the outbox, in the background, until the service stops.

Several processes may send from one database. No endpoint takes all places: each has its own, so
that a slow one holds up nobody else.
"""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from service.background import first_of
from service.chance import sample, uniform
from service.deferred import imported
from service.errors import StoreUnavailable, VaultError, WebhookRefused
from service.store import Database, Vault
from service.store.base import now
from service.webhooks import claims
from service.webhooks.claims import Claimed, Failure
from service.webhooks.replies import NotSent, Reply
from service.webhooks.schedule import Uniform, pause
from service.webhooks.signing import headers, unpacked
from service.webhooks.targets import Targets

PLACES = 32
"""Messages under way at once."""

PLACES_EACH = 4
"""Of one endpoint."""

POLL_S = 1.0
"""Between two looks, where nobody rings: a message of another process, or one due again."""

RECORDING_S = 60
"""A lease outlasts the time that a name and a receiver have by this: what came of it has to be
written, too."""

FIXED_HEADERS = [("Content-Type", "application/json"), ("User-Agent", "Lurewatch/1")]

log = logging.getLogger(__name__)


class Sender:
    """One process's sender. ``clock`` and ``uniform`` are seams for tests, as is ``tls``, the
    authorities it trusts."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        targets: Targets,
        timeout_s: float,
        bell: asyncio.Event,
        clock: Callable[[], datetime] = now,
        uniform: Uniform = uniform,
        tls: ssl.SSLContext | None = None,
        told: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        """``told`` what came of each attempt: ``delivered``, ``failed``, ``dead`` or ``gone``."""
        self._database = database
        self._vault = vault
        self._targets = targets
        self._timeout_s = timeout_s
        self._bell = bell
        self._clock = clock
        self._uniform = uniform
        self._tls = tls
        self._told = told
        self._busy: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        """A :data:`service.background.Job`. What is under way when it stops is finished."""
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                self._bell.clear()
                for one in await self._claimed():
                    self._busy[one.endpoint] += 1
                    group.create_task(self._handle(one))
                await first_of(self._bell, stop, seconds=POLL_S)

    async def _claimed(self) -> list[Claimed]:
        """What there is room for. A database that is away is asked again later."""
        free = PLACES - self._busy.total()
        if free <= 0:
            return []
        moment = self._clock()
        lease = timedelta(seconds=2 * self._timeout_s + RECORDING_S)
        try:
            names = await self._database.read(claims.waiting, moment, lease)
            room = {name: PLACES_EACH - self._busy[name] for name in names}
            room = {name: places for name, places in room.items() if places > 0}
            if not room:
                return []
            names = sample(list(room), len(room))  # nobody is always the last
            return await self._database.write(
                claims.claim, {name: room[name] for name in names}, free, moment, lease
            )
        except StoreUnavailable:
            log.error("outbox not read", extra={"error": "StoreUnavailable"})
            return []

    async def _handle(self, one: Claimed) -> None:
        """Send it and write down what came of it. Where that cannot be written, the lease ends and
        it is sent again."""
        try:
            outcome = await self.attempt(one)
            await self._record(one, outcome)
        except Exception:
            said = {"endpoint": one.endpoint, "delivery": one.id}
            log.exception("webhook not recorded", extra=said)
        finally:
            self._busy[one.endpoint] -= 1
            self._bell.set()

    async def attempt(self, one: Claimed) -> Reply | Failure:
        """One POST, signed now."""
        await imported("service.webhooks.post")
        from service.webhooks.post import authorities, post  # for those who have webhooks

        if self._tls is None:
            self._tls = await asyncio.to_thread(authorities)
        try:
            body = self._vault.unseal_bytes(one.payload)
            held = unpacked(self._vault.unseal(one.secrets))
            target = await self._targets.check(self._vault.unseal_bytes(one.url).decode())
            signed = [*FIXED_HEADERS, *headers(one.id, self._clock(), body, held)]
            return await post(target, signed, body, self._timeout_s, self._tls)
        except WebhookRefused as error:
            return Failure(error.rule)
        except NotSent as error:
            return Failure(str(error))
        except VaultError:
            return Failure("it was sealed with another key")
        except Exception:
            log.exception("webhook", extra={"endpoint": one.endpoint, "delivery": one.id})
            return Failure("a defect of ours")

    async def _record(self, one: Claimed, outcome: Reply | Failure) -> None:
        moment = self._clock()
        said = {"endpoint": one.endpoint, "delivery": one.id, "attempt": one.attempt}
        if isinstance(outcome, Reply):
            said["status"] = outcome.status
            if 200 <= outcome.status < 300:
                await self._database.write(claims.delivered, one, outcome.status, moment)
                self._told("delivered")
                log.info("webhook delivered", extra=said)
                return
            if outcome.status == 410:
                disabled = await self._database.write(claims.gone, one, moment, self._uniform)
                self._told("gone")
                if disabled:
                    log.warning("webhook endpoint disabled", extra=said)
                return
            asked = pause(outcome.status, outcome.retry_after, moment)
            outcome = Failure(f"status {outcome.status}", outcome.status, asked)
        dead = await self._database.write(claims.failed, one, outcome, moment, self._uniform)
        self._told("dead" if dead else "failed")
        said["error"] = outcome.error
        log.log(
            logging.WARNING if dead else logging.INFO,
            "webhook dead" if dead else "webhook failed",
            extra=said,
        )
