"""Functions for rules. All that ask of the same text in one action share one request.

Written against Osprey 1.1.0 (``osprey.async_worker.adaptor.interfaces``).
"""

from functools import lru_cache
from typing import ClassVar

from osprey.async_worker.adaptor.interfaces import AsyncUDFBase
from osprey.engine.executor.execution_context import ExecutionContext, ExpectedUdfException
from osprey.engine.executor.udf_execution_helpers import HasHelper
from osprey.engine.stdlib.udfs.categories import UdfCategories
from osprey.engine.udf.arguments import ArgumentsBase

from . import settings
from .lures import Lures, Verdict


@lru_cache(maxsize=1)
def shared() -> Lures:
    """The one client of all functions. Raises
    :class:`~lurewatch_osprey.settings.SettingsError`, at which the worker does not start."""
    return Lures(settings.read())


class Arguments(ArgumentsBase):
    """The same for every function: give them all the same, and the service is asked once."""

    text: str
    """The post, message, profile or listing."""

    id: str | None = None
    """Your id of it, by which reviewers' words find it again."""

    platform: str | None = None
    """`social`, `dating`, `gaming`, `messaging`, `job_board` or `other`."""

    surface: str | None = None
    """`post`, `direct_message`, `chat`, `profile`, `listing` or `comment`."""


class Asking(HasHelper[Lures]):
    """What the functions share."""

    category: ClassVar[str | None] = UdfCategories.STRING

    @classmethod
    def create_provider(cls) -> Lures:
        """Called once a function when the worker starts."""
        return shared()

    async def verdict(self, context: ExecutionContext, arguments: Arguments) -> Verdict:
        """Of the text. Raises Osprey's exception for a failure that is expected, which leaves out
        the rules that depend on it, where `OSPREY_LUREWATCH_ON_ERROR` is `unknown`."""
        lures: Lures = context.get_udf_helper(self)
        found = await lures.ask(
            arguments.text, arguments.id, arguments.platform, arguments.surface
        )  # fmt: skip
        if found is None:
            raise ExpectedUdfException("lurewatch did not answer")
        return found


class LureScore(Asking, AsyncUDFBase[Arguments, float]):
    """Calibrated probability, 0 to 1, that a text is a recruitment lure."""

    async def async_execute(
        self, execution_context: ExecutionContext, arguments: Arguments
    ) -> float:
        return (await self.verdict(execution_context, arguments)).score


class LureDecision(Asking, AsyncUDFBase[Arguments, str]):
    """What the service's policy advises: `allow`, `nudge`, `review` or `block`."""

    async def async_execute(self, execution_context: ExecutionContext, arguments: Arguments) -> str:
        return (await self.verdict(execution_context, arguments)).decision


class LureKind(Asking, AsyncUDFBase[Arguments, str]):
    """What a text is: `lure`, `recruitment`, `about_lures`, `other_scam`, `other` or
    `insufficient`. Useful to leave warnings and testimonies alone."""

    async def async_execute(self, execution_context: ExecutionContext, arguments: Arguments) -> str:
        return (await self.verdict(execution_context, arguments)).kind


class LureHarms(Asking, AsyncUDFBase[Arguments, list[str]]):
    """What a lure would lead to, the likeliest first; empty for what is none."""

    async def async_execute(
        self, execution_context: ExecutionContext, arguments: Arguments
    ) -> list[str]:
        return list((await self.verdict(execution_context, arguments)).harms)


class LureIndicators(Asking, AsyncUDFBase[Arguments, list[str]]):
    """Published signs that the words show, such as `upfront_fee`. Honest ads show them too: use
    them beside the score, to explain or to sort, never alone."""

    async def async_execute(
        self, execution_context: ExecutionContext, arguments: Arguments
    ) -> list[str]:
        return list((await self.verdict(execution_context, arguments)).indicators)


class LureAnswered(Asking, AsyncUDFBase[Arguments, bool]):
    """Whether the service answered; false: the other functions give what
    `OSPREY_LUREWATCH_ON_ERROR` says."""

    async def async_execute(
        self, execution_context: ExecutionContext, arguments: Arguments
    ) -> bool:
        return (await self.verdict(execution_context, arguments)).answered


UDFS = (LureScore, LureDecision, LureKind, LureHarms, LureIndicators, LureAnswered)
