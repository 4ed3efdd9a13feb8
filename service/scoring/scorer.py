"""Ads through the model, as many at once as there are workers, the rest in a bounded queue."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from models.ad import SCORED_CHARS, Ad
from models.inference import Logits
from models.rendering import Rendered, render
from service.errors import ModelUnavailable, Overloaded

LEAST_COST = 50


class LogitModel(Protocol):
    """What turns a rendered text into logits; :class:`models.inference.Model` in life."""

    def logits(self, rendered: Rendered) -> Logits:
        """Logits of one text. Called from several threads at once."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One ad's logits with what they were read from."""

    rendered: Rendered
    logits: Logits


class Scorer:
    """A pool of threads over one model. ONNX Runtime releases the interpreter while it works."""

    def __init__(self, model: LogitModel, workers: int, max_queued_chars: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="scorer")
        self._workers = workers
        self._limit = max_queued_chars
        self._waiting = 0
        self._lock = threading.Lock()
        self._seconds_per_char = 5e-5
        """Running mean of the time a character takes a worker; starts at a usual text's."""

    async def score(self, ads: Sequence[Ad]) -> list[Scored]:
        """In order. Raises :class:`~service.errors.Overloaded` before any of them is begun.

        Where the caller has gone, what was not begun is dropped.
        """
        futures = self._submit(ads)
        try:
            return list(await asyncio.gather(*map(asyncio.wrap_future, futures)))
        except asyncio.CancelledError:
            for future in futures:
                future.cancel()
            raise

    def score_now(self, ads: Sequence[Ad]) -> list[Scored]:
        """The same for callers without an event loop."""
        return [future.result() for future in self._submit(ads)]

    def close(self) -> None:
        """Finish what was begun, refuse what comes."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, ads: Sequence[Ad]) -> list[Future[Scored]]:
        costs = [cost(ad) for ad in ads]
        total = sum(costs)
        with self._lock:
            # A request larger than the whole queue is taken when nothing waits, or never would be.
            if self._waiting and self._waiting + total > self._limit:
                wait_s = self._waiting * self._seconds_per_char / self._workers
                raise Overloaded(self._limit, max(1, round(wait_s)))
            self._waiting += total
        futures: list[Future[Scored]] = []
        try:
            for ad, chars in zip(ads, costs, strict=True):
                future = self._pool.submit(self._score_one, ad, chars)
                future.add_done_callback(partial(self._done, chars))
                futures.append(future)
        except RuntimeError:  # the pool was shut down
            with self._lock:
                self._waiting -= sum(costs[len(futures) :])
            raise ModelUnavailable("the service is stopping") from None
        return futures

    def _done(self, chars: int, future: Future[Scored]) -> None:
        with self._lock:
            self._waiting -= chars

    def _score_one(self, ad: Ad, chars: int) -> Scored:
        began = time.perf_counter()
        rendered = render(ad)
        scored = Scored(rendered, self._model.logits(rendered))
        taken = (time.perf_counter() - began) / chars
        self._seconds_per_char += 0.05 * (taken - self._seconds_per_char)
        return scored


def cost(ad: Ad) -> int:
    """What an ad takes of the queue, in characters: those that are read, and at least
    :data:`LEAST_COST`, since a window costs something however short."""
    given = len(ad.text) + len(ad.title) + sum(map(len, ad.thread))
    return max(LEAST_COST, min(given, SCORED_CHARS))
