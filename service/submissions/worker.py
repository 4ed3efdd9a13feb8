"""The worker of a process: claims submissions, has them scored, writes their answers.

Any number of processes on one database have one each. A worker that was killed leaves leases that
run out; one that was only slow finds on finishing that its work is no longer wanted.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.background import first_of, jittered, unless_stopped
from service.errors import ModelUnavailable, StoreUnavailable
from service.review.keeping import Answered
from service.runtime import Runtime
from service.store.base import new_id, now
from service.submissions.finish import Unscored, finish
from service.submissions.leases import Claimed, claim, give_back, renew
from service.submissions.request import opened
from service.submissions.scoring import scored

HELD = 64
"""Submissions in hand at most."""

CHARS_A_THREAD = 10_000
"""Characters in hand for each thread of the scorer, about a second of work: enough that none is
idle, and little enough that other processes get their share."""

WHOLE_ATTEMPTS = 3
"""Then the submission is scored ad by ad, to find the one that fails."""

WRITERS = 4
"""Answers written at once: half of the database's connections are left to requests."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a worker waits for what, in seconds."""

    poll_s: float = 1.0
    """Before it looks for what other processes accepted, or left."""

    defect_pause_s: float = 1.0
    """Before a submission that failed is tried again; doubles with every attempt."""

    defect_pause_max_s: float = 60.0

    grace_s: float = 5.0
    """For what is being scored when the service stops."""


class Worker:
    """One process's."""

    def __init__(self, current: Callable[[], Runtime], pace: Pace = Pace()) -> None:
        """``current`` gives the runtime of this moment: its bundle may change."""
        self.id = new_id("wrk")
        self._current = current
        runtime = current()
        self._pace = pace
        self._chars = CHARS_A_THREAD * runtime.settings.workers
        self._held: dict[str, int] = {}  # characters still to be scored
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(2 * runtime.settings.workers)
        self._writing = asyncio.Semaphore(WRITERS)
        self._progress = asyncio.Event()
        self._stop = asyncio.Event()

    @property
    def _runtime(self) -> Runtime:
        return self._current()

    async def run(self, stop: asyncio.Event) -> None:
        """The job: until ``stop`` is set; then what is being scored is finished if it takes no
        longer than the grace, and the rest given back."""
        self._stop = stop
        renewing = asyncio.create_task(self._renew())
        try:
            while not stop.is_set():
                self._runtime.arrived.clear()
                self._progress.clear()
                if not self._has_room():
                    await self._wait_for(self._progress)
                elif not await self._claim():
                    await self._wait_for(self._runtime.arrived)
        finally:
            await self._leave()
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _wait_for(self, event: asyncio.Event) -> None:
        """Until it is set, the service stops, or it is time to look anyway."""
        await first_of(self._stop, event, seconds=jittered(self._pace.poll_s))

    def _has_room(self) -> bool:
        """Half empty: claimed in batches, rather than one as each is done."""
        return len(self._held) <= HELD // 2 and sum(self._held.values()) <= self._chars // 2

    async def _claim(self) -> bool:
        """Begin what is due; false where nothing is, or the database is away."""
        moment = now()
        until = moment + timedelta(seconds=self._runtime.settings.lease_s)
        try:
            claimed = await self._runtime.database.write(
                claim, self.id, moment, until, tuple(self._held),
                chars=self._chars - sum(self._held.values()), most=HELD - len(self._held),
            )  # fmt: skip
        except StoreUnavailable:
            log.error("submissions not claimed: the database is away")
            return False
        for one in claimed:
            self._held[one.id] = one.chars
            self._tasks[one.id] = asyncio.create_task(self._work(one))
        return bool(claimed)

    async def _work(self, claimed: Claimed) -> None:
        """One submission, from its claim to its end."""
        try:
            with self._runtime.observer.job("submission", submission=claimed.id):
                await self._answer(claimed)
        except ModelUnavailable:
            await self._give_back([claimed.id])
        except Exception:
            log.exception(
                "submission not scored",
                extra={"submission": claimed.id, "attempt": claimed.attempts},
            )
            doubled = self._pace.defect_pause_s * 2 ** min(claimed.attempts - 1, 10)
            await self._give_back([claimed.id], min(self._pace.defect_pause_max_s, doubled))
        finally:
            del self._held[claimed.id], self._tasks[claimed.id]
            self._progress.set()

    async def _answer(self, claimed: Claimed) -> None:
        began = time.perf_counter()
        runtime = self._runtime
        given = opened(runtime.vault, claimed.content)
        request, language = given.request, given.language
        careful = claimed.attempts > WHOLE_ATTEMPTS
        outcome: list[Answered | Unscored] = []
        async for part in scored(runtime, request, language, self._turn, careful):
            outcome += part
            left = len(request.ads) - len(outcome)
            self._held[claimed.id] = claimed.chars * left // len(request.ads)
            self._progress.set()
        state = await self._finish(claimed.id, outcome, careful, given.erased)
        if state is None:
            log.warning("submission taken by another worker", extra={"submission": claimed.id})
            return
        runtime.bell.set()
        runtime.observer.metrics.submissions.labels(state).inc()
        answered = [one for one in outcome if isinstance(one, Answered)]
        log.info(
            f"submission {state}",
            extra={
                "submission": claimed.id,
                "model": runtime.engine.name,
                "ads": len(outcome),
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                "decisions": dict(Counter(one.result.decision for one in answered)),
            },
        )

    async def _finish(
        self, submission: str, outcome: Sequence[Answered | Unscored], careful: bool,
        erased: Sequence[int],
    ) -> str | None:  # fmt: skip
        """Written as soon as the database takes it: the work is done, and kept in hand."""
        runtime = self._runtime
        while True:
            try:
                async with self._writing:
                    return await runtime.database.write(
                        finish, runtime.vault, runtime.settings, self.id, submission, outcome,
                        careful, erased,
                    )  # fmt: skip
            except StoreUnavailable:
                log.error("results not written: the database is away")
                if await unless_stopped(self._stop, jittered(self._pace.poll_s)):
                    raise

    async def _renew(self) -> None:
        """Signs of life, three in the time of a lease."""
        lease_s = self._runtime.settings.lease_s
        while True:
            await asyncio.sleep(lease_s / 3)
            until = now() + timedelta(seconds=lease_s)
            try:
                if self._held:
                    await self._runtime.database.write(renew, self.id, tuple(self._held), until)
            except Exception:  # the next time may be in time
                log.exception("leases not renewed")

    async def _leave(self) -> None:
        """Finish what can be finished soon, give back the rest."""
        tasks = dict(self._tasks)
        if tasks:
            await asyncio.wait(tasks.values(), timeout=self._pace.grace_s)
        late = [name for name, task in tasks.items() if not task.done()]
        for name in late:
            tasks[name].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        if late:
            await self._give_back(late)

    async def _give_back(self, held: Sequence[str], pause_s: float | None = None) -> None:
        due = None if pause_s is None else now() + timedelta(seconds=pause_s)
        try:
            await self._runtime.database.write(give_back, self.id, held, due)
        except StoreUnavailable:
            log.error("leases not given back; they run out")
