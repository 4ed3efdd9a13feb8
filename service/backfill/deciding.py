"""Rows through the engine: as many at once as it has workers, results in the order of the rows."""

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from service.api.results import Wanted, result
from service.api.schemas import AdIn, Result
from service.backfill.columns import Columns
from service.backfill.copies import MAX_ANSWERS, Recent, key_of
from service.backfill.rows import Bad, Row
from service.engine import Answer, Engine
from service.errors import ServiceError
from service.settings import Settings

AHEAD = 32
"""Rows read ahead of the one whose answer is waited for, for each worker: a text of 20,000
characters takes as long as a hundred usual ones, and meanwhile the others have work."""


@dataclass(slots=True)
class Said:
    """What was answered, for the ad and its copies."""

    result: bytes | None = None
    """JSON, which takes a tenth of the memory; ``None`` where scoring failed."""

    reason: str = ""

    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """A row and what became of it."""

    number: int
    id: str | None
    result: Result | None
    """``None`` where the row was rejected."""

    reason: str = ""
    tokens: int = 0
    copy: bool = False


@dataclass(slots=True)
class Waiting:
    """A row that was read."""

    number: int
    id: str | None
    given: AdIn | Bad
    answer: Callable[[], Answer] | None = None
    """Waits for it. ``None`` for a copy, and where the row is bad."""

    said: Said = field(default_factory=Said)


class Decider:
    """One bundle, one policy, and the memory of one shard."""

    def __init__(self, settings: Settings, columns: Columns, copies: bool) -> None:
        """Raises :class:`~models.errors.BundleError` or
        :class:`~service.policy.errors.PolicyError`."""
        if not copies:
            settings = settings.model_copy(update={"cache_mb": 0})
        self.engine: Engine = Engine.start(settings)
        self._ahead: int = AHEAD * settings.workers
        self._columns: Columns = columns
        self._copies: bool = copies
        self._said: Recent[bytes, Said] = Recent(MAX_ANSWERS)

    def close(self) -> None:
        """End its threads."""
        self.engine.scorer.close()

    @property
    def disguised(self) -> int:
        """Texts of this shard that read as one before."""
        return 0 if self.engine.memory is None else self.engine.memory.use().hits

    def forget(self) -> None:
        """Another shard begins."""
        if self.engine.memory is not None:
            self.engine.memory.forget()
        self._said.clear()

    def decide(self, rows: Iterable[tuple[int, Row | Bad]]) -> Iterator[Decided]:
        """In order."""
        waiting: deque[Waiting] = deque()
        for number, row in rows:
            waiting.append(self._begin(number, row))
            if len(waiting) >= self._ahead:
                yield self._finish(waiting.popleft())
        while waiting:
            yield self._finish(waiting.popleft())

    def _begin(self, number: int, row: Row | Bad) -> Waiting:
        if isinstance(row, Bad):
            return Waiting(number, None, row)
        given = self._columns.ad(row)
        if isinstance(given, Bad):
            return Waiting(number, self._columns.id_of(row), given)
        begun = Waiting(number, given.id, given)
        if self._copies:
            key = key_of(given)
            if (said := self._said.get(key)) is not None:
                begun.said = said
                return begun
            self._said.put(key, begun.said)
        begun.answer = self.engine.begin(given.ad())
        return begun

    def _finish(self, one: Waiting) -> Decided:
        if isinstance(one.given, Bad):
            return Decided(one.number, one.id, None, one.given.reason)
        if one.answer is not None:
            return self._answered(one, one.given, one.answer)
        if one.said.result is None:
            return Decided(one.number, one.id, None, one.said.reason, copy=True)
        found = Result.model_validate_json(one.said.result).model_copy(update={"id": one.id})
        return Decided(one.number, one.id, found, tokens=one.said.tokens, copy=True)

    def _answered(self, one: Waiting, given: AdIn, wait: Callable[[], Answer]) -> Decided:
        try:
            answer = wait()
            found = result(given, answer, self.engine.name, Wanted())
        except (ServiceError, MemoryError):  # not the ad's fault
            raise
        except Exception as error:
            one.said.reason = f"scoring failed: {place_of(error)}"
            return Decided(one.number, one.id, None, one.said.reason)
        one.said.tokens = answer.assessment.tokens
        if self._copies:
            one.said.result = found.model_dump_json().encode()
        return Decided(one.number, one.id, found, tokens=one.said.tokens)


def place_of(error: BaseException) -> str:
    """Type and place of a defect; its message may hold what was scored."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
