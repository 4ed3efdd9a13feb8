"""Jobs on a few threads, in turns: whoever brings little does not wait for all that others brought.

Self-clocked fair queueing (S. J. Golestani, "A self-clocked fair queueing scheme for broadband
applications", IEEE INFOCOM 1994). A job's tag is the tag of what is being done now, or of its
caller's job before it, plus its cost; the lowest tag is next. So of two callers each gets half, a
small job overtakes large ones that came before, and none waits for ever: new tags are never lower
than what is being done, and that only rises.

Where nothing waits, a job that comes in parts may have threads beside its own. A job that another
is doing already has none: see :mod:`service.scoring.later`.
"""

import heapq
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from service.errors import ModelUnavailable
from service.scoring.later import Later, awaitable
from service.scoring.parts import Parts

Done = TypeVar("Done")

SWEPT_AT = 256
"""Jobs that wait before it is first looked which of them nobody waits for."""


@dataclass(slots=True)
class Caller:
    """Whose jobs follow each other. Not to be shared by those who are to take turns."""

    tag: float = 0.0
    """Of the last job."""


@dataclass(frozen=True, slots=True)
class Load:
    """Jobs, and their costs together."""

    jobs: float = 0.0
    cost: float = 0.0


@dataclass(order=True, slots=True)
class _Job(Generic[Done]):
    tag: float
    number: int
    cost: int = field(compare=False)
    work: Callable[[], Done | Later[Done]] = field(compare=False)
    done: "Future[Done]" = field(compare=False)


class Turns:
    """The threads, and what waits for them. Safe to use from several threads at once."""

    def __init__(self, threads: int, least: int = 0) -> None:
        """``least``: what the first job of a caller counts for a turn, however little it costs. So
        the jobs of callers who bring a small one each are begun as they came: the smallest would
        else always be first, and whoever waits longest waits twice as long."""
        self._threads = threads
        self._least = least
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="scorer")
        self._lock = Lock()
        self._waiting: list[_Job[Any]] = []
        self._sweep_at = SWEPT_AT
        self._now = 0.0
        self._number = itertools.count()
        self._running = [0, 0]  # jobs, cost
        self._helpers = 0  # at most so many threads do parts of another's job

    def submit(
        self, caller: Caller, cost: int, work: Callable[[], Done | Later[Done]]
    ) -> "Future[Done]":
        """Have it done. Cancelled before it has begun, it is never done. Raises
        :class:`~service.errors.ModelUnavailable` once closed."""
        done: Future[Done] = Future()
        with self._lock:
            try:
                self._pool.submit(self._next)  # does what is next by then, not this
            except RuntimeError:  # it was shut down
                raise ModelUnavailable("the service is stopping") from None
            is_first = caller.tag <= self._now
            caller.tag = max(caller.tag, self._now) + (max(cost, self._least) if is_first else cost)
            if len(self._waiting) >= self._sweep_at:
                self._sweep()
            job = _Job(caller.tag, next(self._number), cost, work, done)
            heapq.heappush(self._waiting, job)
        return done

    def before(self, costs: Sequence[int]) -> Load:
        """What would be done before the last of such jobs, if a new caller brought them. Of what is
        being done, half is taken to be left."""
        with self._lock:
            tag = self._now + max(costs[0], self._least) + sum(costs[1:])
            first = [one.cost for one in self._waiting if one.tag <= tag and not one.done.done()]
            jobs, running = self._running
        return Load(len(first) + jobs / 2, sum(first) + running / 2)

    def spread(self, works: Sequence[Callable[[], Done]]) -> tuple[list[Done], float]:
        """Do the parts of a job, on its own thread and on those that have nothing to do; whoever
        helps stops after a part where a job has come. Gives what the parts gave, and the seconds
        that others took for them; raises what a part raised."""
        if len(works) == 1:
            return [works[0]()], 0.0
        parts = Parts(works)
        with self._lock:
            spare = self._threads - self._running[0] if self._is_free() else 0
            helpers = max(0, min(spare, len(works) - 1))
            self._helpers += helpers
            for _ in range(helpers):
                with suppress(RuntimeError):  # it was shut down: no help
                    self._pool.submit(parts.help, self._is_free)
        try:
            return parts.finish(), parts.helped_s
        finally:
            with self._lock:
                self._helpers -= helpers

    def is_alone(self) -> bool:
        """Whether one job at most is being done here, by one thread, and none waits."""
        return self._running[0] <= 1 and not self._helpers and self._is_free()

    def close(self) -> None:
        """Finish what was begun; what waits fails with
        :class:`~service.errors.ModelUnavailable`."""
        with self._lock:
            self._pool.shutdown(wait=False, cancel_futures=True)
            left, self._waiting = self._waiting, []
        for job in left:
            if job.done.set_running_or_notify_cancel():
                job.done.set_exception(ModelUnavailable("the service is stopping"))
        self._pool.shutdown(wait=True)

    def _next(self) -> None:
        job = self._take()
        if job is None:
            return
        try:
            done = job.work()
        except BaseException as error:
            self._count(-1, -job.cost)
            job.done.set_exception(awaitable(error))
        else:
            self._count(-1, -job.cost)
            if isinstance(done, Later):
                done.tell(job.done)
            else:
                job.done.set_result(done)

    def _take(self) -> _Job[Any] | None:
        """The next that somebody still waits for."""
        with self._lock:
            while self._waiting:
                job = heapq.heappop(self._waiting)
                if job.done.set_running_or_notify_cancel():
                    self._now = job.tag
                    self._running[0] += 1
                    self._running[1] += job.cost
                    return job
        return None

    def _sweep(self) -> None:
        """Let go of what was cancelled, whose turn may be long in coming: whoever asks and hangs up
        would else fill the memory. The lock is held; as seldom as their number doubles."""
        left = []
        for job in self._waiting:
            if job.done.done():
                job.done.set_running_or_notify_cancel()
            else:
                left.append(job)
        heapq.heapify(left)
        self._waiting = left
        self._sweep_at = max(SWEPT_AT, 2 * len(self._waiting))

    def _is_free(self) -> bool:
        """Whether nothing waits for a thread."""
        return all(job.done.done() for job in self._waiting)

    def _count(self, jobs: int, cost: int) -> None:
        with self._lock:
            self._running[0] += jobs
            self._running[1] += cost
