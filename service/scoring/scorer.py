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
from service.scoring.spent import NOTHING, Spent

LEAST_COST = 50

GROWING = {"\ufdfa": 17, "\ufdfb": 7}
"""Ligatures of whole sentences, and how many characters more they are read as: twenty thousand of
them would be read as eighteen times the longest text."""


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

    spent: Spent = NOTHING


@dataclass(frozen=True, slots=True)
class Queue:
    """What is in the scorer at a moment."""

    ads: int
    chars: int
    limit: int
    """Characters above which more is refused."""

    wait_s: float
    """How long a new ad would wait, as far as can be told."""

    workers: int


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
        self._ads = 0
        self._seconds_per_char = 5e-5
        """Running mean of the time a character takes a worker; starts at a usual text's."""

    async def score(self, ads: Sequence[Ad], read: Read | None = None) -> list[Scored]:
        """In order, each with its reading if ``read`` is given. Raises
        :class:`~service.errors.Overloaded` before any of them is begun.

        A request has no more ads in the pool than there are workers, so that a short one is not
        kept waiting for the whole of a long one. Where the caller has gone, what was not begun is
        dropped.
        """
        asked = time.perf_counter()
        unscored = self._admit(ads)
        left = len(ads)
        self._ads += left
        gate = asyncio.Semaphore(self._workers)

        async def one(ad: Ad) -> Scored:
            nonlocal unscored, left
            async with gate:
                scored = await asyncio.wrap_future(self.begin(ad, read, asked))
            unscored -= cost(ad)
            self._waiting -= cost(ad)
            left -= 1
            self._ads -= 1
            return scored

        tasks = [asyncio.ensure_future(one(ad)) for ad in ads]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._waiting -= unscored
            self._ads -= left

    def score_now(self, ads: Sequence[Ad], read: Read | None = None) -> list[Scored]:
        """The same for a caller who has the scorer alone and no event loop."""
        asked = time.perf_counter()
        return [future.result() for future in [self.begin(ad, read, asked) for ad in ads]]

    def queue(self) -> Queue:
        """What is waited for now."""
        return Queue(self._ads, self._waiting, self._limit, self._wait_s(), self._workers)

    def close(self) -> None:
        """Finish what was begun, refuse what comes."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _admit(self, ads: Sequence[Ad]) -> int:
        """Take the ads into the queue; gives their cost."""
        total = sum(map(cost, ads))
        # A request larger than the whole queue is taken when nothing waits, or never would be.
        if self._waiting and self._waiting + total > self._limit:
            raise Overloaded(self._limit, max(1, round(self._wait_s())))
        self._waiting += total
        return total

    def _wait_s(self) -> float:
        return self._waiting * self._seconds_per_char / self._workers

    def begin(self, ad: Ad, read: Read | None = None, asked: float | None = None) -> Future[Scored]:
        """One ad, for a caller who has the scorer alone and keeps count of what waits. Raises
        :class:`~service.errors.ModelUnavailable`.

        ``asked``: when the ad began to wait, as ``time.perf_counter()``; default: now.
        """
        asked = time.perf_counter() if asked is None else asked
        try:
            return self._pool.submit(self._score_one, ad, read, asked)
        except RuntimeError:  # the pool was shut down
            raise ModelUnavailable("the service is stopping") from None

    def _score_one(self, ad: Ad, read: Read | None, asked: float) -> Scored:
        began = time.perf_counter()
        rendered = render(ad, self._rendering)
        after_render = time.perf_counter()
        reading = None if read is None else read(ad, rendered)
        after_read = time.perf_counter()
        logits = self._model.logits(rendered)
        ended = time.perf_counter()
        taken = (ended - began) / cost(ad)
        self._seconds_per_char += 0.05 * (taken - self._seconds_per_char)
        spent = Spent(
            wait_s=began - asked,
            render_s=after_render - began,
            read_s=after_read - after_render,
            tokenise_s=logits.tokenise_s,
            model_s=ended - after_read - logits.tokenise_s,
        )
        return Scored(rendered, logits, reading, spent)


def cost(ad: Ad) -> int:
    """What an ad takes of the queue, in characters: those that are read, and at least
    :data:`LEAST_COST`, since a window costs something however short."""
    given = len(ad.text) + len(ad.title) + sum(map(len, ad.thread))
    read = max(LEAST_COST, min(given, SCORED_CHARS))
    grown = (one for one in (ad.text, ad.title, *ad.thread) if not one.isascii())
    return read + sum(more * one.count(char) for one in grown for char, more in GROWING.items())
