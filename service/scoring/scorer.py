"""Ads through the model, as many at once as there are workers, the rest in a bounded queue."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import local

from models.ad import SCORED_CHARS, Ad
from models.inference import Logits, Outputs
from models.renderer import NEWEST, Render
from models.rendering import Rendered
from service.errors import DeadlineExceeded, DeadlineTooShort, ModelUnavailable, Overloaded
from service.missing import NoScore, left_s
from service.reading import Reading
from service.scoring.later import Later
from service.scoring.logit_model import LogitModel
from service.scoring.memory import Remembering, Said
from service.scoring.pace import Pace
from service.scoring.spent import NOTHING, Spent
from service.scoring.turns import Caller, Turns

LEAST_COST = 50

EVEN_COST = 800
"""Of callers who bring one ad each, those up to it are begun as they came; longer ones, and all but
the first of a batch, let others go first: see :mod:`service.scoring.turns`. Of the written corpus
87 % are no longer."""

ALONE = 1.3
"""An ad that two threads read side by side takes one of them 1.2 to 1.5 times as long; what is
learnt of it is for when there is other work."""

GROWING = {"\ufdfa": 17, "\ufdfb": 7}
"""Ligatures of whole sentences, and how many characters more they are read as. An ad of which they
would make more than the longest has them read as letters: see :mod:`models.rendering`."""

log = logging.getLogger(__name__)


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
    """How long all of it will take, as far as can be told."""

    workers: int


Read = Callable[[Ad, Rendered], Reading]


class Scorer:
    """A pool of threads over one model. ONNX Runtime releases the interpreter while it works."""

    def __init__(
        self,
        model: LogitModel,
        workers: int,
        max_queued_chars: int,
        render: Render = NEWEST,
    ) -> None:
        self._model = model
        self.render = render
        """An ad as the model reads it."""

        self._turns = Turns(workers, EVEN_COST)
        self._alone = Caller()
        self._workers = workers
        self._limit = max_queued_chars
        self._waiting = 0  # characters; touched on the event loop alone
        self._ads = 0
        self._pace = Pace()
        self._own = local()  # to each thread: how its ad was read
        # Neither holds the scorer, whose model holds them: a bundle that was replaced goes at once.
        self.spread = partial(spread, self._turns, self._own)
        """Windows of the ad that this thread scores: read at the same time where nothing else is to
        be done; see :meth:`service.scoring.turns.Turns.spread`."""

        self.is_alone = partial(is_alone, self._turns, self._own)
        """Whether the ad that this thread scores is the only one here."""

    async def score(
        self, ads: Sequence[Ad], read: Read | None = None, until: float | None = None,
        remember: bool = True,
    ) -> list[Scored]:  # fmt: skip
        """In order, each with its reading if ``read`` is given; ``until``: when the caller stops
        waiting, as ``time.perf_counter()``. Without ``remember`` the memory is neither asked nor
        told: its figures say nothing of these ads.

        Raises :class:`~service.errors.Overloaded` or :class:`~service.errors.DeadlineTooShort`
        before any of them is begun, :class:`~service.errors.DeadlineExceeded` after.

        Requests take turns: see :mod:`service.scoring.turns`. Where the caller has gone, or waits
        no longer, what was not begun is dropped.
        """
        if not ads:
            return []
        async with self._begun(ads, read, until, remember) as begun:
            done, late = await asyncio.wait(
                begun, timeout=left_s(until), return_when=asyncio.FIRST_EXCEPTION
            )
            for one in done:
                one.result()  # raises what went wrong
            if late:
                raise DeadlineExceeded(len(done), len(ads), self._wait_s())
            return [one.result() for one in begun]

    async def attempt(
        self, ads: Sequence[Ad], read: Read | None = None, until: float | None = None
    ) -> list[Scored | NoScore]:
        """The same for a caller who takes what there is in time: an ad that is late, or at which
        the model fails, takes no other with it."""
        if not ads:
            return []
        async with self._begun(ads, read, until) as begun:
            await asyncio.wait(begun, timeout=left_s(until))
            return [outcome(one) for one in begun]

    def score_now(self, ads: Sequence[Ad], read: Read | None = None) -> list[Scored]:
        """The same for a caller who has the scorer alone and no event loop."""
        return [future.result() for future in [self.begin(ad, read) for ad in ads]]

    def begin(self, ad: Ad, read: Read | None = None) -> "Future[Scored]":
        """One ad, for a caller who has the scorer alone and keeps count of what waits; ads are
        begun in the order in which they came. Raises :class:`~service.errors.ModelUnavailable`."""
        return self._submit(self._alone, ad, read)

    def queue(self) -> Queue:
        """What is waited for now."""
        return Queue(self._ads, self._waiting, self._limit, self._wait_s(), self._workers)

    def estimate_s(self, ads: Sequence[Ad]) -> tuple[float, float]:
        """How long the ads would take from now on, and with nothing else to do; as far as can be
        told."""
        costs = [cost(ad) for ad in ads]
        chars = sum(costs)
        before = self._turns.before(costs)
        ahead_s = self._pace.seconds(before.jobs, before.cost) / self._workers
        # The last thread to end has an equal share of all, or the longest ad.
        share_s = self._pace.seconds(len(ads), chars) / self._workers
        own_s = max(share_s, self._pace.seconds(1, max(costs)))
        return ahead_s + own_s, own_s

    def close(self) -> None:
        """Finish what was begun, refuse what comes."""
        self._turns.close()

    @asynccontextmanager
    async def _begun(
        self, ads: Sequence[Ad], read: Read | None, until: float | None, remember: bool = True
    ) -> AsyncIterator[list["asyncio.Future[Scored]"]]:
        """All of them; what has not begun at the end never is."""
        if until is not None:
            self._promise(ads, until)
        self._admit(ads)
        caller = Caller()
        begun: list[asyncio.Future[Scored]] = []
        try:
            for ad in ads:
                one = asyncio.wrap_future(self._submit(caller, ad, read, remember))
                one.add_done_callback(partial(self._ended, cost(ad)))
                begun.append(one)
            yield begun
        finally:
            for one in begun:
                one.cancel()
            await asyncio.gather(*begun, return_exceptions=True)
            for ad in ads[len(begun) :]:
                self._ended(cost(ad))

    def _admit(self, ads: Sequence[Ad]) -> int:
        """Take the ads into the queue; gives their cost."""
        total = sum(map(cost, ads))
        # A request larger than the whole queue is taken when nothing waits, or never would be.
        over = self._waiting + total - self._limit
        if self._waiting and over > 0:
            raise Overloaded(self._limit, self._wait_s() * min(1, over / self._waiting))
        self._waiting += total
        self._ads += len(ads)
        return total

    def _ended(self, chars: int, _: object = None) -> None:
        """An ad is no longer waited for."""
        self._waiting -= chars
        self._ads -= 1

    def _promise(self, ads: Sequence[Ad], until: float) -> None:
        """Refuse what would come too late. With nothing before them a few ads are tried all the
        same: an estimate that nothing corrects could be wrong for ever."""
        left = until - time.perf_counter()
        estimate_s, alone_s = self.estimate_s(ads)
        tried = not self._ads and len(ads) <= self._workers
        if left <= 0 or (estimate_s > left and not tried):
            raise DeadlineTooShort(max(0, left), estimate_s, alone_s)

    def _wait_s(self) -> float:
        return self._pace.seconds(self._ads, self._waiting) / self._workers

    def _submit(
        self, caller: Caller, ad: Ad, read: Read | None, remember: bool = True
    ) -> "Future[Scored]":
        asked = time.perf_counter()
        work = partial(self._score_one, ad, read, asked, remember)
        return self._turns.submit(caller, cost(ad), work)

    def _score_one(
        self, ad: Ad, read: Read | None, asked: float, remember: bool
    ) -> Scored | Later[Scored]:
        began = time.perf_counter()
        rendered = self.render(ad)
        after_render = time.perf_counter()
        reading = None if read is None else read(ad, rendered)
        after_read = time.perf_counter()
        self._own.helped_s, self._own.alone = 0.0, False
        said = self._ask(rendered, remember)

        def scored(logits: Logits) -> Scored:
            tokenise_s = logits.tokenise_s if said.is_new else 0.0  # else it was another's
            spent = Spent(
                wait_s=began - asked,
                render_s=after_render - began,
                read_s=after_read - after_render,
                tokenise_s=tokenise_s,
                model_s=time.perf_counter() - after_read - tokenise_s,
            )
            return Scored(rendered, logits, reading, spent)

        if isinstance(said.logits, Future):  # a copy of what another thread is at
            return Later(said.logits, scored)
        if said.is_new:  # what was remembered says nothing of how long the next new ad takes
            took_s = time.perf_counter() - began + self._own.helped_s
            self._pace.add(cost(ad), took_s * (ALONE if self._own.alone else 1))
        return scored(said.logits)

    def _ask(self, rendered: Rendered, remember: bool) -> Said:
        """The model, or what it said before."""
        model = self._model
        if isinstance(model, Remembering):
            if remember:
                return model.ask(rendered)
            model = model.model
        return Said(model.logits(rendered), is_new=True)


def spread(turns: Turns, own: local, works: Sequence[Callable[[], Outputs]]) -> list[Outputs]:
    """See :attr:`Scorer.spread`."""
    outputs, own.helped_s = turns.spread(works)
    return outputs


def is_alone(turns: Turns, own: local) -> bool:
    """See :attr:`Scorer.is_alone`."""
    own.alone = turns.is_alone()
    found: bool = own.alone
    return found


def cost(ad: Ad) -> int:
    """What an ad takes of the queue, in characters: those that are read, at most
    :data:`~models.ad.SCORED_CHARS`, so that a request has room for any ad, and at least
    :data:`LEAST_COST`, since a window costs something however short."""
    given = len(ad.text) + len(ad.title) + sum(map(len, ad.thread))
    signs = (one for one in (ad.text, ad.title, *ad.thread) if not one.isascii())
    given += sum(more * one.count(char) for one in signs for char, more in GROWING.items())
    return max(LEAST_COST, min(given, SCORED_CHARS))


def outcome(one: "asyncio.Future[Scored]") -> Scored | NoScore:
    """What came of an ad so far. Raises :class:`~service.errors.ModelUnavailable`."""
    if not one.done():
        return NoScore("deadline")
    try:
        return one.result()
    except ModelUnavailable:
        raise
    except Exception:
        log.exception("ad not scored")
        return NoScore("internal")
