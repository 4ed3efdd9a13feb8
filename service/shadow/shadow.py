"""Takes a share of the ads after they were answered, and asks the challenger when there is time."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from models.ad import Ad
from service.background import first_of
from service.campaigns.seen import Seen
from service.engine import Answer, Engine
from service.incidents.matching import Match
from service.policy.model import Policy
from service.scoring.scorer import Scored, cost
from service.settings import Settings
from service.shadow.tally import Tally
from service.store.base import now

WAITING_CHARS = 200_000
"""Characters of ads that wait for the challenger at most; beyond that ads are left out, so that a
busy service neither grows nor slows down for its shadow."""

AT_ONCE = 8
"""Ads handed to the challenger together."""

IDLE_S = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Offered:
    """An ad that was answered."""

    ad: Ad
    answer: Answer


@dataclass(slots=True)
class Shadow:
    """One process's."""

    engine: Engine
    share: float
    since: datetime = field(default_factory=now)
    left_out: int = 0
    """Ads drawn for the comparison that found no room, or whose champion was gone by then."""

    failed: int = 0
    """Ads on which the challenger failed."""

    tally: Tally = field(default_factory=lambda: Tally(""))
    _newest: int = -1
    """Number of the newest engine that offered anything."""

    _waiting: deque[Offered] = field(default_factory=deque)
    _chars: int = 0
    _offered: asyncio.Event = field(default_factory=asyncio.Event)
    _draw: random.Random = field(default_factory=random.Random)

    @classmethod
    def of(cls, settings: Settings, start: Callable[[Settings], Engine]) -> "Shadow | None":
        """The shadow that the settings ask for, on one thread; raises as
        :meth:`service.engine.Engine.start`."""
        if settings.shadow_bundle is None:
            return None
        own = settings.model_copy(update={"bundle_dir": settings.shadow_bundle, "workers": 1})
        return cls(start(own), settings.shadow_share)

    def offer(self, champion: Engine, ads: Sequence[Ad], answers: Sequence[Answer]) -> None:
        """Take a share of what was answered; never waits, never fails. Under another champion the
        comparison begins anew. A stream is answered to its end by the bundle that it began with:
        where another one serves by then, its ads are left out."""
        gone = champion.number < self._newest
        if not gone:
            self._serves(champion)
        for ad, answer in zip(ads, answers, strict=True):
            if self._draw.random() >= self.share:
                continue
            if gone or self._chars >= WAITING_CHARS:
                self.left_out += 1
                continue
            self._waiting.append(Offered(ad, answer))
            self._chars += cost(ad)
        if self._waiting:
            self._offered.set()

    def _serves(self, champion: Engine) -> None:
        self._newest = champion.number
        if champion.name != self.tally.champion:
            self._begin(champion)

    def _begin(self, champion: Engine) -> None:
        self.tally, self.since = Tally(champion.name), now()
        self._waiting.clear()
        self._chars = 0

    def decide_by(self, policy: Policy, champion: Engine) -> None:
        """The policy file was read again. Where it says something else, what was compared before
        says nothing of what is compared from now on."""
        if policy != self.engine.policy:
            self._begin(champion)
        self._newest = champion.number
        self.engine = replace(self.engine, policy=policy)

    async def run(self, stop: asyncio.Event) -> None:
        """The job: until ``stop`` is set. What waits then is left out."""
        while not stop.is_set():
            await first_of(stop, self._offered, seconds=IDLE_S)
            self._offered.clear()
            while self._waiting and not stop.is_set():
                await self._compare(self._next())

    def _next(self) -> list[Offered]:
        taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        self._chars -= sum(cost(one.ad) for one in taken)
        return taken

    async def _compare(self, offered: Sequence[Offered]) -> None:
        tally = self.tally
        try:
            answers = await self._asked(offered)
        except Exception:  # the challenger is on trial: nothing it does may end the job
            log.exception("shadow failed", extra={"model": self.engine.name, "ads": len(offered)})
            self.failed += len(offered)
            return
        if tally is not self.tally:  # another bundle serves by now
            self.left_out += len(offered)
            return
        for one, answer in zip(offered, answers, strict=True):
            tally.add(one.ad, one.answer, answer)

    async def _asked(self, offered: Sequence[Offered]) -> list[Answer]:
        """The challenger's answers, knowing of campaigns and incidents what the champion knew: a
        policy may decide by them, and they are no difference between two bundles."""

        async def counted(_: Sequence[Scored]) -> list[Seen | None]:
            return [one.answer.campaign for one in offered]

        async def compared(_: Sequence[Scored]) -> list[tuple[Match, ...]]:
            return [one.answer.incidents for one in offered]

        return await self.engine.answer([one.ad for one in offered], counted, compared)

    def close(self) -> None:
        """End its thread."""
        self.engine.scorer.close()
