"""Ads through the model, as many at once as there are workers, the rest in a bounded queue."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from models.ad import SCORED_CHARS, Ad
from models.inference import Logits
from models.rendering import RENDERING, Rendered, render
from service.errors import ModelUnavailable, Overloaded
from service.reading import Reading

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
    reading: Reading | None = None
    """Where it was asked for."""


Read = Callable[[Ad, Rendered], Reading]


class Scorer:
    """A pool of threads over one model. ONNX Runtime releases the interpreter while it works."""

    def __init__(
        self,
        model: LogitModel,
        workers: int,
        max_queued_chars: int,
        rendering: int = RENDERING,
    ) -> None:
        self._model = model
        self._rendering = rendering
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="scorer")
        self._workers = workers
        self._limit = max_queued_chars
        self._waiting = 0  # characters; touched on the event loop alone
        self._seconds_per_char = 5e-5
        """Running mean of the time a character takes a worker; starts at a usual text's."""

    async def score(self, ads: Sequence[Ad], read: Read | None = None) -> list[Scored]:
        """In order, each with its reading if ``read`` is given. Raises
        :class:`~service.errors.Overloaded` before any of them is begun.

        A request has no more ads in the pool than there are workers, so that a short one is not
        kept waiting for the whole of a long one. Where the caller has gone, what was not begun is
        dropped.
        """
        unscored = self._admit(ads)
        gate = asyncio.Semaphore(self._workers)

        async def one(ad: Ad) -> Scored:
            nonlocal unscored
            async with gate:
                scored = await asyncio.wrap_future(self.begin(ad, read))
            unscored -= cost(ad)
            self._waiting -= cost(ad)
            return scored

        tasks = [asyncio.ensure_future(one(ad)) for ad in ads]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._waiting -= unscored

    def score_now(self, ads: Sequence[Ad], read: Read | None = None) -> list[Scored]:
        """The same for a caller who has the scorer alone and no event loop."""
        return [future.result() for future in [self.begin(ad, read) for ad in ads]]

    def close(self) -> None:
        """Finish what was begun, refuse what comes."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _admit(self, ads: Sequence[Ad]) -> int:
        """Take the ads into the queue; gives their cost."""
        total = sum(map(cost, ads))
        # A request larger than the whole queue is taken when nothing waits, or never would be.
        if self._waiting and self._waiting + total > self._limit:
            wait_s = self._waiting * self._seconds_per_char / self._workers
            raise Overloaded(self._limit, max(1, round(wait_s)))
        self._waiting += total
        return total

    def begin(self, ad: Ad, read: Read | None = None) -> Future[Scored]:
        """One ad, for a caller who has the scorer alone and keeps count of what waits. Raises
        :class:`~service.errors.ModelUnavailable`."""
        try:
            return self._pool.submit(self._score_one, ad, read)
        except RuntimeError:  # the pool was shut down
            raise ModelUnavailable("the service is stopping") from None

    def _score_one(self, ad: Ad, read: Read | None) -> Scored:
        began = time.perf_counter()
        rendered = render(ad, self._rendering)
        reading = None if read is None else read(ad, rendered)
        scored = Scored(rendered, self._model.logits(rendered), reading)
        taken = (time.perf_counter() - began) / cost(ad)
        self._seconds_per_char += 0.05 * (taken - self._seconds_per_char)
        return scored


def cost(ad: Ad) -> int:
    """What an ad takes of the queue, in characters: those that are read, and at least
    :data:`LEAST_COST`, since a window costs something however short."""
    given = len(ad.text) + len(ad.title) + sum(map(len, ad.thread))
    return max(LEAST_COST, min(given, SCORED_CHARS))
