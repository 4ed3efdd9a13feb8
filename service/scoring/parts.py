"""Pieces of one job, done by whoever has time."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Done = TypeVar("Done")


class Parts(Generic[Done]):
    """Pieces that are done in any order, each once. Safe to use from several threads at once."""

    def __init__(self, works: Sequence[Callable[[], Done]]) -> None:
        self._left = deque((work, Future[Done]()) for work in works)
        self._all = [done for _, done in self._left]
        self._lock = Lock()
        self._helped_s = 0.0

    def help(self, is_free: Callable[[], bool]) -> None:
        """Do pieces until none is left, or something else waits for this thread."""
        began = time.perf_counter()
        while is_free() and self._one():
            now = time.perf_counter()
            with self._lock:
                self._helped_s += now - began
            began = now

    def finish(self) -> list[Done]:
        """Do what is left, wait for what others began, and give all, in order. Raises what a piece
        raised."""
        while self._one():
            pass
        return [done.result() for done in self._all]

    @property
    def helped_s(self) -> float:
        """Seconds that others took for it."""
        with self._lock:
            return self._helped_s

    def _one(self) -> bool:
        try:
            work, done = self._left.popleft()
        except IndexError:
            return False
        try:
            done.set_result(work())
        except BaseException as error:  # told to the one who waits for it
            done.set_exception(error)
        return True
