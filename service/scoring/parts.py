"""Pieces of one job, done by whoever has time."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import Lock
from typing import Generic, TypeVar

Done = TypeVar("Done")


class Parts(Generic[Done]):
    """Pieces that are done in any order, each once. Safe to use from several threads at once."""

    def __init__(self, works: Sequence[Callable[[], Done]]) -> None:
        self._left = deque((work, Future[Done]()) for work in works)
        self._failure: BaseException | None = None
        self._all = [done for _, done in self._left]
        self._lock = Lock()
        self._helped_s = 0.0

    def help(self, is_free: Callable[[], bool]) -> None:
        """Do pieces until none is left, or something else waits for this thread."""
        while is_free() and self._one(helps=True):
            pass

    def finish(self) -> list[Done]:
        """Do what is left, wait for what others began, and give all, in order. Raises what a piece
        raised; those that were not begun by then are not done."""
        while self._one(helps=False):
            pass
        wait(self._all)
        return [one.result() for one in self._all]

    @property
    def helped_s(self) -> float:
        """Seconds that others took for it."""
        with self._lock:
            return self._helped_s

    def _one(self, helps: bool) -> bool:
        try:
            work, done = self._left.popleft()
        except IndexError:
            return False
        began = time.perf_counter()
        try:
            if self._failure is not None:  # nobody will ask for the rest
                raise self._failure
            found = work()
        except BaseException as error:  # told to the one who waits for it
            self._failure = error
            done.set_exception(error)
        else:
            with self._lock:  # before the one who waits can ask
                self._helped_s += (time.perf_counter() - began) if helps else 0.0
            done.set_result(found)
        return True
