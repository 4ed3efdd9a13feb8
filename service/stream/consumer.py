"""The loop: take, decide, publish, acknowledge.

One batch is in hand at a time, and nothing is taken that goes beyond the next, so that a slow model
leaves messages with the broker. A batch is acknowledged after the broker has confirmed all its
decisions; killed in between, its messages come again.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.api.schemas import Result
from service.background import unless_stopped
from service.stream.batches import Item, Waiting, counted
from service.stream.decide import Decider
from service.stream.envelope import Poison, Read, read
from service.stream.message import BrokerAway, Message, Outgoing, TooLarge, Topics, Wire
from service.stream.meters import Meters
from service.stream.results import forms

IDLE_S = 0.5
"""How long the broker is asked to wait for a first message. A stop waits as long."""

PAUSE_S = 0.5
"""Before the broker is tried again; doubles up to :data:`PAUSE_MAX_S`."""

PAUSE_MAX_S = 10.0

REVOKED_S = 60.0
"""How long a change of the group waits for the batch in hand. After that its messages may be
decided twice, with the same result."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken."""

    batch_tokens: int
    linger_s: float
    max_bytes: int
    """Of one message."""


class Consumer:
    """One member of the group."""

    def __init__(
        self, wire: Wire, decider: Decider, topics: Topics, limits: Limits, meters: Meters
    ) -> None:
        self._wire = wire
        self._decider = decider
        self._topics = topics
        self._limits = limits
        self._meters = meters
        self._waiting = Waiting(limits.batch_tokens, limits.linger_s)
        self._in_hand = asyncio.Lock()
        self._generation = 0
        """Of the group, as often as its changes took messages away."""

        wire.on_revoked = self.revoked

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop`` is set: the batch in hand is finished, the rest given back."""
        pause = PAUSE_S
        while not stop.is_set():
            try:
                await self._fill(stop)
                if not stop.is_set():
                    await self._finish(self._waiting.batch())
                pause = PAUSE_S
            except BrokerAway as away:
                log.warning("broker away", extra={"error": str(away)})
                await unless_stopped(stop, pause)
                pause = min(PAUSE_MAX_S, 2 * pause)
        await self._wire.release(self._waiting.clear())

    async def revoked(self) -> None:
        """Another member may get what waits, or is just being read: forget it, and let the batch in
        hand be finished."""
        self._generation += 1
        self._waiting.clear()
        try:
            async with asyncio.timeout(REVOKED_S):
                async with self._in_hand:
                    pass
        except TimeoutError:
            log.warning("the group changed before a batch was done; its ads may be decided twice")

    async def _fill(self, stop: asyncio.Event) -> None:
        """Take until a batch is full, or its first message has waited long enough."""
        while not stop.is_set() and (room := self._waiting.room()):
            wait_s = self._waiting.patience_s(IDLE_S)
            if len(self._waiting) and not wait_s:
                return
            messages = await self._wire.take(room, wait_s)
            if not messages:
                continue
            # Told after they were taken, not before: what comes of a wait for a change's end
            # belongs to the group as it is then.
            generation = self._generation
            self._meters.took(len(messages))
            read = await asyncio.to_thread(self._read, messages)
            # After a change those before them are forgotten: these would be committed past them.
            if generation == self._generation:
                self._waiting.add(read)

    def _read(self, messages: Sequence[Message]) -> list[Item]:
        tokenizer, most = self._decider.engine.bundle.tokenizer, self._limits.max_bytes
        return [counted(read(message, most), tokenizer) for message in messages]

    async def _finish(self, batch: Sequence[Item]) -> None:
        """Decide, publish, acknowledge."""
        if not batch:
            return
        began = time.monotonic()
        async with self._in_hand:
            decided = await self._decider.decide([item.read for item in batch])
            await self._publish(decided)
            await self._wire.settle([item.read.message for item in batch])
        self._meters.batch(sum(item.tokens for item in batch), time.monotonic() - began)

    async def _publish(self, decided: Sequence[tuple[Read, Result | None]]) -> None:
        """Until the broker has all, however often it goes away meanwhile."""
        unsent = [unsent_of(one, found, self._topics) for one, found in decided]
        pause = PAUSE_S
        while unsent:
            outcomes = await self._wire.publish([one.outgoing for one in unsent])
            away: str | None = None
            left = []
            for one, outcome in zip(unsent, outcomes, strict=True):
                if outcome is None:
                    self._count(one)
                elif isinstance(outcome, TooLarge) and one.shrink():
                    left.append(one)
                else:
                    away = str(outcome)
                    left.append(one)
            unsent = left
            if away is not None:
                log.warning("not published", extra={"messages": len(left), "error": away})
                await asyncio.sleep(pause)
                pause = min(PAUSE_MAX_S, 2 * pause)

    def _count(self, sent: "Unsent") -> None:
        content = sent.read.content
        if isinstance(content, Poison):
            self._meters.died(content.reason)
        elif sent.outgoing.topic == self._topics.dead or sent.result is None:
            self._meters.died("answer-too-large")
        else:
            self._meters.decided(sent.result.decision)


class Unsent:
    """What is to be published for one message."""

    def __init__(self, read: Read, result: Result | None, forms: Iterator[Outgoing]) -> None:
        """``forms`` as :func:`service.stream.results.forms` gives them."""
        self.read = read
        self.result = result
        self._forms = forms
        self.outgoing = next(forms)

    def shrink(self) -> bool:
        """On to a shorter form; false where there is none."""
        shorter = next(self._forms, None)
        self.outgoing = shorter or self.outgoing
        return shorter is not None


def unsent_of(read: Read, result: Result | None, topics: Topics) -> Unsent:
    """Ready to be published. Where that fails for a message, a dead letter of it as the broker
    handed it over: the others of the batch do not wait for it."""
    try:
        return Unsent(read, result, forms(read, result, topics))
    except Exception:
        log.exception("a message could not be answered")
        poison = Poison("internal", "writing what came of it failed; see the log")
        given = replace(read, origin=read.message, content=poison)
        return Unsent(given, None, forms(given, None, topics))
