"""The client for programs that wait."""

import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, overload

import httpx

from service.client import connection, steps, streaming
from service.client.answers import (
    Accepted,
    Erased,
    Model,
    QueuedAd,
    QueuePage,
    Submission,
    Taken,
    Webhook,
    WordKept,
)
from service.client.asking import AdLike, Instead, InTime, Options, QueueFilter, Said, Word
from service.client.calls import Call, Pause, Reply, Steps
from service.client.results import LineError, Result, Undecided
from service.client.retrying import Patience

Done = TypeVar("Done")


class Client:
    """Asks a Lurewatch service. Safe to use from several threads; close it, or use it in a
    ``with``.

    What fails by chance (no connection, 429, 502, 503, 504) is asked again: ``retries`` times at
    most, within ``patience_s`` seconds, after pauses that grow and are drawn at random, or that the
    service names. All methods raise :class:`~service.client.errors.ClientError`.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        timeout_s: float = 60.0,
        retries: int = 5,
        patience_s: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``key`` as ``python -m service keys add`` prints it. ``timeout_s``: how long one attempt
        may hear nothing. ``patience_s``: the limit of a key asks for up to a minute of it.
        ``transport``: another way than the network, such as a proxy's."""
        self._http = httpx.Client(
            **connection.settings(base_url, key, timeout_s), transport=transport
        )
        self._patience = Patience(retries, patience_s)

    @overload
    def score(self, ads: Iterable[AdLike], **options: Unpack[InTime]) -> list[Result]: ...

    @overload
    def score(
        self, ads: Iterable[AdLike], *, on_error: Instead, **options: Unpack[InTime]
    ) -> list[Result | Undecided]: ...

    def score(self, ads: Iterable[AdLike], **options: Any) -> Any:
        """Results in order. Ads that are too many for one request are sent in several; if one of
        them is refused, all are. ``on_error``: what an ad is to get that has no score, in an
        :class:`~service.client.results.Undecided` in its place."""
        return self._run(steps.score(self._patience, ads, options))

    @overload
    def score_stream(
        self, ads: Iterable[AdLike], *, at_once: int = 64, **options: Unpack[InTime]
    ) -> Iterator[Result | LineError]: ...

    @overload
    def score_stream(
        self, ads: Iterable[AdLike], *, on_error: Instead, at_once: int = 64,
        **options: Unpack[InTime],
    ) -> Iterator[Result | Undecided | LineError]: ...  # fmt: skip

    def score_stream(
        self, ads: Iterable[AdLike], *, at_once: int = 64, **options: Any
    ) -> Iterator[Any]:
        """Results in order while ads are still being taken from ``ads``, in bounded memory; an ad
        that is wrong gives a :class:`~service.client.results.LineError` in its place. ``at_once``:
        ads that are taken and sent together; with 1, each result comes before the next ad is
        taken."""
        patience = steps.patience_for(self._patience, options)
        for part in streaming.in_parts(ads, at_once, patience):
            while part.left:
                try:
                    with self._http.stream(**streaming.request(part, options)) as response:
                        if response.is_success:
                            for chunk in response.iter_bytes():
                                yield from part.feed(chunk)
                            pause_s = part.ended()
                        else:
                            response.read()
                            pause_s = part.refused(connection.reply(response))
                except httpx.RequestError as error:
                    pause_s = part.lost(connection.lost(error))
                time.sleep(pause_s)

    def submit(
        self,
        ads: Iterable[AdLike],
        *,
        webhook: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> Accepted:
        """Hand over 1 to 256 ads to be scored in the background. Every attempt carries the same
        ``Idempotency-Key``, so that nothing is queued twice; give your own where the program may
        itself be started again."""
        return self._run(steps.submit(self._patience, ads, webhook, idempotency_key, options))

    def submission(self, id: str) -> Submission:
        """A submission as it stands."""
        return self._run(steps.submission(self._patience, id))

    def wait(self, id: str, timeout_s: float = 300.0) -> Submission:
        """A submission once it is done or failed. Raises
        :class:`~service.client.errors.Unfinished` if it is not in time; of a service that is away
        no attempt begins later than that either."""
        return self._run(steps.wait(self._patience, id, timeout_s))

    def feedback(self, words: Sequence[Word]) -> list[WordKept]:
        """Keep what reviewers say: all of it, or nothing. Needs the scope `review`."""
        return self._run(steps.feedback(self._patience, words))

    def queue(
        self,
        *,
        for_reviewer: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        **wanted: Unpack[QueueFilter],
    ) -> QueuePage:
        """Ads that wait for a reviewer, a page of them. Needs the scope `review`."""
        return self._run(steps.queue(self._patience, for_reviewer, limit, after, wanted))

    def claim(
        self, reviewer: str, count: int = 1, *, again: bool = False, **wanted: Unpack[QueueFilter]
    ) -> list[QueuedAd]:
        """Ads that nobody else is given for a while. ``again``: first those that the reviewer has
        already. Needs the scope `review`. Raises :class:`~service.client.errors.MaybeDone` where
        they may be on the desk without an answer: ask ``again``, or they are free after 15
        minutes."""
        return self._run(steps.claim(self._patience, reviewer, count, again, wanted))

    def erase(
        self,
        *,
        author_id: str | None = None,
        external_ids: Sequence[str] | None = None,
        ad_ids: Sequence[str] | None = None,
    ) -> Erased:
        """Erase what is kept of an author's ads, or of some ads: give one of the three. Needs the
        scope `review`."""
        whose = {"author_id": author_id, "external_ids": external_ids, "ad_ids": ad_ids}
        return self._run(steps.erase(self._patience, whose))

    def report(self, **said: Unpack[Said]) -> Taken:
        """Report an offer, or what became of it. Needs no key, so use a client without one: then
        nothing says who reports. Keep the code in the answer. However often it is tried, it is one
        report with one code."""
        return self._run(steps.report(self._patience, said))

    def add_to_report(self, code: str, **said: Unpack[Said]) -> None:
        """Add to a report, once however often it is tried."""
        self._run(steps.add_to_report(self._patience, code, said))

    def withdraw_report(self, code: str) -> None:
        """Delete a report with all that was added to it. Withdrawn twice within a day, it is no
        error."""
        self._run(steps.withdraw_report(self._patience, code))

    def register_webhook(self, name: str, url: str) -> Webhook:
        """Where results are to be sent, under a name that submissions give. The ``secret`` in the
        answer is told this once. Needs the scope `admin`. Raises
        :class:`~service.client.errors.MaybeDone` where the endpoint may be there without an answer:
        then have its secret replaced (``POST /v1/webhooks/{name}/secret``)."""
        return self._run(steps.register_webhook(self._patience, name, url))

    def remove_webhook(self, name: str) -> None:
        """Forget an endpoint. Needs the scope `admin`. Raises
        :class:`~service.client.errors.MaybeDone` where it may be gone without an answer: a second
        time there is none."""
        self._run(steps.remove_webhook(self._patience, name))

    def model(self) -> Model:
        """What is being served: labels, limits, operating points, card."""
        return self._run(steps.model(self._patience))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self, work: Steps[Done]) -> Done:
        try:
            asked = next(work)
            while True:
                try:
                    came = self._do(asked)
                except httpx.RequestError as error:
                    asked = work.throw(connection.lost(error))
                else:
                    asked = work.send(came)
        except StopIteration as end:
            done: Done = end.value
            return done

    def _do(self, asked: Call[Any] | Pause) -> Reply | None:
        if isinstance(asked, Pause):
            time.sleep(asked.seconds)
            return None
        return connection.reply(self._http.request(**connection.request(asked)))
