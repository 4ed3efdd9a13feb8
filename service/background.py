"""Work that goes on beside requests until the service stops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from service.chance import uniform

RESTART_S = 1.0
"""Pause before a job that failed is started again; doubles up to :data:`RESTART_MAX_S`."""

RESTART_MAX_S = 60.0

Job = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set, finishes what it has begun, and returns."""

log = logging.getLogger(__name__)


Failed = Callable[[str], None]
"""Is told the name of a job that failed."""


def untold(name: str) -> None:
    """Nobody counts."""


async def supervise(name: str, job: Job, stop: asyncio.Event, failed: Failed = untold) -> None:
    """Run the job again and again until ``stop`` is set: a failure is logged, and is no end."""
    pause = RESTART_S
    while not stop.is_set():
        try:
            await job(stop)
            return
        except Exception:
            log.exception("job failed", extra={"job": name})
            failed(name)
        await unless_stopped(stop, pause)
        pause = min(RESTART_MAX_S, 2 * pause)


async def unless_stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long; true as soon as the service stops."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of the events is set, but no longer than that."""
    waits = [asyncio.create_task(one.wait()) for one in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def jittered(seconds: float) -> float:
    """About so long, so that several processes do not all come at once."""
    return seconds * uniform(0.8, 1.2)


LEAVING_S = 3.0
"""How long a cancelled job may take to leave."""


class Background:
    """The jobs of one service."""

    def __init__(self, jobs: Mapping[str, Job], failed: Failed = untold) -> None:
        self._stop = asyncio.Event()
        self._tasks = [
            asyncio.create_task(supervise(name, job, self._stop, failed), name=name)
            for name, job in jobs.items()
        ]

    async def close(self, patience_s: float = 20.0) -> None:
        """Tell the jobs to end; one that does not within ``patience_s`` is cancelled, and after
        :data:`LEAVING_S` more left behind: it waits for a database that says nothing."""
        self._stop.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LEAVING_S)
