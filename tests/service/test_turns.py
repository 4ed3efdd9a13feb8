"""Whose job is next, what is dropped, and how long ads are taken to need."""

import asyncio
import threading
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from typing import Any
from weakref import WeakSet

import pytest

from service.errors import ModelUnavailable
from service.scoring.pace import Pace
from service.scoring.turns import SWEPT_AT, Caller, Load, Turns
from tests.live import WAIT_S


class Stopped:
    """One thread whose first job waits for a gate, so that the others line up behind it."""

    def __init__(self) -> None:
        self.turns = Turns(1)
        self.gate = threading.Event()
        self.done: list[str] = []
        self.begun = threading.Event()
        self.jobs: list[Future[Any]] = [self.turns.submit(Caller(), 100, self.wait)]
        assert self.begun.wait(WAIT_S)

    def wait(self) -> None:
        self.begun.set()
        self.gate.wait(WAIT_S)

    def add(self, name: str, cost: int, caller: Caller | None = None) -> "Future[None]":
        job = self.turns.submit(caller or Caller(), cost, lambda: self.done.append(name))
        self.jobs.append(job)
        return job

    def order(self) -> list[str]:
        """In which the others were done, once the gate is open."""
        self.gate.set()
        wait(self.jobs, WAIT_S)
        self.turns.close()
        return self.done


def test_a_small_job_overtakes_large_ones() -> None:
    stopped = Stopped()
    for name in "abc":
        stopped.add(name, 1000)
    stopped.add("small", 10)
    assert stopped.order() == ["small", "a", "b", "c"]


def test_one_caller_s_jobs_keep_their_order() -> None:
    stopped = Stopped()
    caller = Caller()
    for name, cost in (("large", 1000), ("small", 10), ("middle", 100)):
        stopped.add(name, cost, caller)
    assert stopped.order() == ["large", "small", "middle"]


def test_two_callers_share() -> None:
    stopped = Stopped()
    one, other = Caller(), Caller()
    for number in range(3):
        stopped.add(f"a{number}", 100, one)
    for number in range(3):
        stopped.add(f"b{number}", 100, other)
    assert stopped.order() == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_a_large_job_does_not_wait_for_ever() -> None:
    """Small ones go before it until they have had together what it costs."""
    stopped = Stopped()
    stopped.add("large", 1000)
    busy = Caller()
    for number in range(30):
        stopped.add(f"small {number}", 100, busy)
    assert 9 <= stopped.order().index("large") <= 10


def test_what_is_cancelled_is_not_done() -> None:
    stopped = Stopped()
    assert stopped.add("a", 10).cancel()
    stopped.add("b", 10)
    assert stopped.order() == ["b"]


class Heavy:
    """A job that holds much."""

    def __call__(self) -> None:
        """Does nothing."""


def test_what_is_cancelled_is_not_kept_until_its_turn() -> None:
    stopped = Stopped()
    held: WeakSet[Heavy] = WeakSet()
    for _ in range(10 * SWEPT_AT):
        work = Heavy()
        held.add(work)
        stopped.turns.submit(Caller(), 20_000, work).cancel()
    assert len(held) <= SWEPT_AT + 1
    kept = [stopped.add(str(number), 20_000) for number in range(3 * SWEPT_AT)]
    assert stopped.order() == [str(number) for number in range(len(kept))]


def test_what_would_go_first_is_counted() -> None:
    stopped = Stopped()
    stopped.add("small", 50)
    stopped.add("large", 1000)
    stopped.add("gone", 50).cancel()
    assert stopped.turns.before([10]) == Load(0.5, 50)
    assert stopped.turns.before([60]) == Load(1.5, 100)
    assert stopped.turns.before([2000]) == Load(2.5, 1100)
    stopped.order()
    assert stopped.turns.before([2000]) == Load()


def test_a_failure_is_its_own_job_s() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        turns.submit(Caller(), 1, fail).result(WAIT_S)
    assert turns.submit(Caller(), 1, lambda: 7).result(WAIT_S) == 7
    turns.close()


def test_a_job_that_raises_stop_iteration_fails_for_whoever_awaits_it() -> None:
    async def wait_for(turns: Turns) -> Any:
        nothing: list[int] = []
        job = turns.submit(Caller(), 1, lambda: next(iter(nothing)))
        return await asyncio.wait_for(asyncio.wrap_future(job), WAIT_S)

    turns = Turns(1)
    with pytest.raises(RuntimeError, match="StopIteration") as caught:
        asyncio.run(wait_for(turns))
    assert isinstance(caught.value.__cause__, StopIteration)
    turns.close()


def test_closing_finishes_what_was_begun_and_refuses_the_rest() -> None:
    stopped = Stopped()
    waiting, gone = stopped.add("a", 10), stopped.add("b", 10)
    gone.cancel()
    closing = threading.Thread(target=stopped.turns.close)
    closing.start()
    with pytest.raises(ModelUnavailable, match="stopping"):
        waiting.result(WAIT_S)
    with pytest.raises(CancelledError):
        gone.result(WAIT_S)
    with pytest.raises(ModelUnavailable, match="stopping"):
        stopped.add("c", 10)
    stopped.gate.set()
    closing.join(WAIT_S)
    assert stopped.jobs[0].done()
    assert stopped.done == []


def test_a_pace_learns_what_an_ad_costs_beside_its_characters() -> None:
    pace = Pace()
    for _ in range(300):
        for chars in (50, 400, 20_000):
            pace.add(chars, 0.004 + chars * 1e-4)
    assert pace.seconds(1, 50) == pytest.approx(0.009, rel=0.05)
    assert pace.seconds(1, 20_000) == pytest.approx(2.004, rel=0.05)
    assert pace.seconds(10, 4_000) == pytest.approx(0.44, rel=0.05)


@pytest.mark.parametrize("seconds", [0.01, 0.0])
def test_a_pace_of_one_length_knows_that_length(seconds: float) -> None:
    pace = Pace()
    for _ in range(500):
        pace.add(50, seconds)
    assert pace.seconds(1, 50) == pytest.approx(seconds, abs=0.0005)
    assert pace.seconds(1, 20_000) >= 0


def test_a_pace_is_never_below_nothing() -> None:
    pace = Pace()
    for _ in range(100):
        pace.add(50, 0.5)  # a slow start, then long texts that are remembered
        pace.add(20_000, 0.0)
    assert pace.seconds(1, 50) >= 0
    assert pace.seconds(1, 20_000) >= 0
    assert pace.seconds(0, 0) == 0


def test_a_job_in_parts_has_the_threads_that_nobody_needs() -> None:
    turns = Turns(3)
    together = threading.Barrier(3)

    def part(number: int) -> int:
        together.wait(WAIT_S)  # broken, and raised, if three parts are not done at one time
        return number

    works = [partial(part, number) for number in range(3)]
    given, helped_s = turns.submit(Caller(), 10, lambda: turns.spread(works)).result(WAIT_S)
    assert given == [0, 1, 2]
    assert helped_s > 0
    turns.close()


def test_who_helps_stops_for_a_job_that_came() -> None:
    turns = Turns(2)
    came, helping = threading.Event(), threading.Event()
    by: dict[int, str] = {}

    def part(number: int) -> None:
        by[number] = threading.current_thread().name
        if number == 1:
            helping.set()
        came.wait(WAIT_S)

    works = [partial(part, number) for number in range(9)]
    long = turns.submit(Caller(), 1000, lambda: turns.spread(works))
    assert helping.wait(WAIT_S)
    began, held = threading.Event(), threading.Event()

    def hold() -> None:
        began.set()
        held.wait(WAIT_S)

    short = turns.submit(Caller(), 10, hold)
    came.set()
    assert began.wait(WAIT_S)
    long.result(WAIT_S)  # ends while the short one holds the other thread
    assert not short.done()
    assert len({by[number] for number in range(2, 9)}) == 1, "the rest by the job's own thread"
    held.set()
    short.result(WAIT_S)
    turns.close()


def test_nobody_helps_where_a_job_waits() -> None:
    turns = Turns(1)
    given, helped_s = turns.submit(
        Caller(), 10, lambda: turns.spread([lambda: 1, lambda: 2])
    ).result(WAIT_S)
    assert (given, helped_s) == ([1, 2], 0.0)
    turns.close()


def test_what_a_part_raises_is_raised() -> None:
    turns = Turns(2)

    def wrong() -> None:
        raise ZeroDivisionError

    job = turns.submit(Caller(), 10, lambda: turns.spread([lambda: None, wrong, lambda: None]))
    with pytest.raises(ZeroDivisionError):
        job.result(WAIT_S)
    assert turns.submit(Caller(), 10, lambda: "goes on").result(WAIT_S) == "goes on"
    turns.close()


def test_who_is_alone() -> None:
    turns = Turns(2)
    gate, begun = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        gate.wait(WAIT_S)

    assert turns.submit(Caller(), 10, turns.is_alone).result(WAIT_S)
    other = turns.submit(Caller(), 10, wait)
    assert begun.wait(WAIT_S)
    assert not turns.submit(Caller(), 10, turns.is_alone).result(WAIT_S)
    gate.set()
    other.result(WAIT_S)
    parts = [turns.is_alone] * 3
    given, _ = turns.submit(Caller(), 10, lambda: turns.spread(parts)).result(WAIT_S)
    assert given == [False] * 3, "its parts have each other for company"
    given, _ = turns.submit(Caller(), 10, lambda: turns.spread(parts[:1])).result(WAIT_S)
    assert given == [True]
    turns.close()


def test_small_jobs_are_begun_as_they_came() -> None:
    """Up to what counts as little, a smaller one does not go before one that came first."""
    turns = Turns(1, least=100)
    gate, begun = threading.Event(), threading.Event()
    done: list[str] = []

    def wait() -> None:
        begun.set()
        gate.wait(WAIT_S)

    jobs: list[Future[None]] = [turns.submit(Caller(), 10, wait)]
    assert begun.wait(WAIT_S)
    for name, cost in (("long", 101), ("first", 90), ("second", 10), ("third", 50)):
        jobs.append(turns.submit(Caller(), cost, partial(done.append, name)))
    assert turns.before([1]).jobs == 3.5, "all but the long one"
    gate.set()
    for job in jobs:
        job.result(WAIT_S)
    turns.close()
    assert done == ["first", "second", "third", "long"]
