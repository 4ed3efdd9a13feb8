"""A batch through the engine, as any other way of handing over ads: counted into campaigns and kept
for reviewers where the operator wants that. One ad at which scoring fails does not take the others
with it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import orjson

from models.ad import Ad
from service.answering import runtime_answer
from service.api.results import Wanted
from service.api.schemas import Result
from service.api.score import kept, unkept
from service.engine import Answer, Engine
from service.incidents.live import prepare
from service.indicators import pick
from service.observing.observer import Observer
from service.observing.stages import answered as tell_answered
from service.review.keeping import Answered, matched
from service.runtime import Runtime
from service.store import Vault
from service.stream.envelope import Poison, Read, Taken

TRIES = 3
"""How often an ad is scored before its failure is called the ad's."""

log = logging.getLogger(__name__)


class Decider:
    """What scores and decides."""

    def __init__(
        self, engine: Engine, runtime: Runtime | None = None, observer: Observer | None = None
    ) -> None:
        """``runtime``, with the same engine: where campaigns or the review queue are on."""
        self.engine = engine
        self.observer = observer or Observer()
        self._runtime = runtime

    async def prepare(self) -> None:
        """To be awaited before the first ad: which incidents are live."""
        if self._runtime is not None:
            await prepare(self._runtime)

    async def decide(self, batch: Sequence[Read]) -> list[tuple[Read, Result | None]]:
        """In order: each with its result, or as poison with none."""
        with self.observer.job("batch", messages=len(batch)):
            return await self._decided(batch)

    async def _decided(self, batch: Sequence[Read]) -> list[tuple[Read, Result | None]]:
        ads = [one.content.given.ad() for one in batch if isinstance(one.content, Taken)]
        answers = iter(await self._answers(ads))
        read: list[Read] = []
        answered: list[Answered] = []
        for one in batch:
            content = one.content
            if isinstance(content, Taken):
                answer = next(answers)
                if answer is None:
                    content = Poison("internal", f"scoring failed {TRIES} times; see the log")
                else:
                    answered.append(self._answered(content, answer))
            read.append(replace(one, content=content))
        results = iter(await self._kept(answered))
        return [(one, next(results) if isinstance(one.content, Taken) else None) for one in read]

    def _answered(self, taken: Taken, answer: Answer) -> Answered:
        given = taken.given
        language = pick(None, given.answer_language)
        wanted = Wanted(language, given.entity_values, given.statement_of_reasons)
        answered = matched([given], [answer], self.engine.name, wanted)[0]
        if self._runtime is None:
            return answered
        return replace(answered, ad_id=ad_id_of(self._runtime.vault, taken))

    async def _kept(self, answered: list[Answered]) -> list[Result]:
        """The results, with our id of those that reviewers will see; one whose message comes again
        is found under it, and not queued again. A decision does not fail with the queue."""
        if self._runtime is not None:
            try:
                return await kept(self._runtime, answered)
            except Exception:
                log.exception("ads not kept for review", extra={"ads": len(answered)})
                return [unkept(one, self._runtime.settings) for one in answered]
        return [one.result for one in answered]

    async def _answers(self, ads: Sequence[Ad]) -> list[Answer | None]:
        """In order; ``None`` where scoring failed as often as it may."""
        try:
            return [*await self._answer(ads)]
        except Exception:
            log.exception("a batch failed; its ads are scored one by one")
        return [await self._alone(ad) for ad in ads]

    async def _alone(self, ad: Ad) -> Answer | None:
        for attempt in range(2, TRIES + 1):
            try:
                return (await self._answer([ad]))[0]
            except Exception:
                log.exception("an ad failed", extra={"attempt": attempt})
        return None

    async def _answer(self, ads: Sequence[Ad]) -> list[Answer]:
        if self._runtime is None:
            answers = await self.engine.answer(ads)
            tell_answered(ads, answers)
            return answers
        return await runtime_answer(self._runtime, ads)


def ad_id_of(vault: Vault, taken: Taken) -> str:
    """Our id of the ad: the same whenever the event comes, and another where its source gave its
    id to an ad that says something else, so that reviewers see that one too."""
    named = [taken.source, taken.id, taken.given.model_dump(mode="json")]
    return f"ad_{vault.hashed('stream event', orjson.dumps(named))}"
