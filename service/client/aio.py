"""The client for programs that await."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
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


class AsyncClient:
    """As :class:`~service.client.sync.Client`, method by method, for use in an event loop. Use it
    in an ``async with``, or ``aclose`` it."""

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        timeout_s: float = 60.0,
        retries: int = 5,
        patience_s: float = 120.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``key`` as ``python -m service keys add`` prints it. ``timeout_s``: how long one attempt
        may hear nothing. ``patience_s``: the limit of a key asks for up to a minute of it.
        ``transport``: another way than the network, such as a proxy's."""
        self._http = httpx.AsyncClient(
            **connection.settings(base_url, key, timeout_s), transport=transport
        )
        self._patience = Patience(retries, patience_s)

    @overload
    async def score(self, ads: Iterable[AdLike], **options: Unpack[InTime]) -> list[Result]: ...

    @overload
    async def score(
        self, ads: Iterable[AdLike], *, on_error: Instead, **options: Unpack[InTime]
    ) -> list[Result | Undecided]: ...

    async def score(self, ads: Iterable[AdLike], **options: Any) -> Any:
        """Results in order, asked for in as many requests as it takes."""
        return await self._run(steps.score(self._patience, ads, options))

    @overload
    def score_stream(
        self, ads: AsyncIterable[AdLike] | Iterable[AdLike], *, at_once: int = 64,
        **options: Unpack[InTime],
    ) -> AsyncIterator[Result | LineError]: ...  # fmt: skip

    @overload
    def score_stream(
        self, ads: AsyncIterable[AdLike] | Iterable[AdLike], *, on_error: Instead,
        at_once: int = 64, **options: Unpack[InTime],
    ) -> AsyncIterator[Result | Undecided | LineError]: ...  # fmt: skip

    async def score_stream(
        self, ads: AsyncIterable[AdLike] | Iterable[AdLike], *, at_once: int = 64, **options: Any
    ) -> AsyncIterator[Any]:
        """Results in order while ads are taken from ``ads``, which may be asynchronous. Leave it by
        ``aclose`` or at its end: a loop that is broken off holds its connection until then."""
        patience = steps.patience_for(self._patience, options)
        async for part in streaming.in_parts_async(ads, at_once, patience):
            while part.left:
                try:
                    async with self._http.stream(**streaming.request(part, options)) as response:
                        if response.is_success:
                            async for chunk in response.aiter_bytes():
                                for answer in part.feed(chunk):
                                    yield answer
                            pause_s = part.ended()
                        else:
                            await response.aread()
                            pause_s = part.refused(connection.reply(response))
                except httpx.RequestError as error:
                    pause_s = part.lost(connection.lost(error))
                await asyncio.sleep(pause_s)

    async def submit(
        self,
        ads: Iterable[AdLike],
        *,
        webhook: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> Accepted:
        """Hand over 1 to 256 ads to be scored in the background, once."""
        return await self._run(steps.submit(self._patience, ads, webhook, idempotency_key, options))

    async def submission(self, id: str) -> Submission:
        """A submission as it stands."""
        return await self._run(steps.submission(self._patience, id))

    async def wait(self, id: str, timeout_s: float = 300.0) -> Submission:
        """A submission once it is done or failed."""
        return await self._run(steps.wait(self._patience, id, timeout_s))

    async def feedback(self, words: Sequence[Word]) -> list[WordKept]:
        """Keep what reviewers say."""
        return await self._run(steps.feedback(self._patience, words))

    async def queue(
        self,
        *,
        for_reviewer: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        **wanted: Unpack[QueueFilter],
    ) -> QueuePage:
        """A page of the review queue."""
        return await self._run(steps.queue(self._patience, for_reviewer, limit, after, wanted))

    async def claim(
        self, reviewer: str, count: int = 1, *, again: bool = False, **wanted: Unpack[QueueFilter]
    ) -> list[QueuedAd]:
        """Ads that nobody else is given for a while."""
        return await self._run(steps.claim(self._patience, reviewer, count, again, wanted))

    async def erase(
        self,
        *,
        author_id: str | None = None,
        external_ids: Sequence[str] | None = None,
        ad_ids: Sequence[str] | None = None,
    ) -> Erased:
        """Erase what is kept of an author's ads, or of some ads."""
        whose = {"author_id": author_id, "external_ids": external_ids, "ad_ids": ad_ids}
        return await self._run(steps.erase(self._patience, whose))

    async def report(self, **said: Unpack[Said]) -> Taken:
        """Report an offer, or what became of it, through a client without a key."""
        return await self._run(steps.report(self._patience, said))

    async def add_to_report(self, code: str, **said: Unpack[Said]) -> None:
        """Add to a report."""
        await self._run(steps.add_to_report(self._patience, code, said))

    async def withdraw_report(self, code: str) -> None:
        """Delete a report with all that was added to it."""
        await self._run(steps.withdraw_report(self._patience, code))

    async def register_webhook(self, name: str, url: str) -> Webhook:
        """Where results are to be sent, under a name that submissions give."""
        return await self._run(steps.register_webhook(self._patience, name, url))

    async def remove_webhook(self, name: str) -> None:
        """Forget an endpoint."""
        await self._run(steps.remove_webhook(self._patience, name))

    async def model(self) -> Model:
        """What is being served."""
        return await self._run(steps.model(self._patience))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _run(self, work: Steps[Done]) -> Done:
        try:
            asked = next(work)
            while True:
                try:
                    came = await self._do(asked)
                except httpx.RequestError as error:
                    asked = work.throw(connection.lost(error))
                else:
                    asked = work.send(came)
        except StopIteration as end:
            done: Done = end.value
            return done

    async def _do(self, asked: Call[Any] | Pause) -> Reply | None:
        if isinstance(asked, Pause):
            await asyncio.sleep(asked.seconds)
            return None
        return connection.reply(await self._http.request(**connection.request(asked)))
