"""What a job gives whose rest another thread is doing: its own is free for the next job."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Later(Generic[Done]):
    """What comes of a job once somebody else is done."""

    first: "Future[Any]"
    """What is waited for; by no thread."""

    then: Callable[[Any], Done]
    """Makes the job's own of what came: at once, and on the thread that was waited for."""

    def tell(self, done: "Future[Done]") -> None:
        """Have ``done`` end as ``first`` does, whichever way."""

        def told(first: "Future[Any]") -> None:
            try:
                made = self.then(first.result())
            except BaseException as error:
                done.set_exception(awaitable(error))
            else:
                done.set_result(made)

        self.first.add_done_callback(told)


def awaitable(error: BaseException) -> BaseException:
    """The error, but for a StopIteration: an asyncio future takes none, so that whoever awaits the
    job would wait for ever."""
    if not isinstance(error, StopIteration):
        return error
    wrapped = RuntimeError("a job raised StopIteration")
    wrapped.__cause__ = error
    return wrapped
