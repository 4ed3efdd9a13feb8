"""How code says what it is doing, without knowing who watches."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from models.ad import Ad
from service.missing import OnError, Part, Why

if TYPE_CHECKING:
    from service.engine import Answer

STAGES = (
    "wait", "render", "read", "tokenise", "model", "assess", "policy",  # of each ad
    "score", "campaigns", "incidents", "decide", "store",  # of each call
)  # fmt: skip


class Told(Protocol):
    """Takes counts about a stage, by name."""

    def __call__(self, **counts: float) -> None: ...


class Watching(Protocol):
    """Who is told; see :class:`service.observing.observer.Observer`."""

    def stage(self, name: str) -> AbstractContextManager[Told]:
        """Times what is done inside."""

    def answered(self, ads: Sequence[Ad], answers: Sequence["Answer"]) -> None:
        """Counts ads that were answered, in one order."""

    def left_out(self, part: str) -> None:
        """Counts an ad whose answer lacks a part."""

    def unscored(self, why: str, instead: str) -> None:
        """Counts an ad that got something else than an answer."""


_WATCHING: ContextVar[Watching | None] = ContextVar("watching", default=None)


def stage(name: str) -> AbstractContextManager[Told]:
    """``with stage("store"): …``, one of :data:`STAGES`."""
    watching = _WATCHING.get()
    return nullcontext(untold) if watching is None else watching.stage(name)


def answered(ads: Sequence[Ad], answers: Sequence["Answer"]) -> None:
    """To be called once for ads that a caller gets an answer to."""
    watching = _WATCHING.get()
    if watching is not None:
        watching.answered(ads, answers)


def left_out(part: Part) -> None:
    """To be called once for an ad whose answer lacks a part of the service that comes after
    :func:`answered`."""
    watching = _WATCHING.get()
    if watching is not None:
        watching.left_out(part)


def unscored(why: Why, instead: OnError) -> None:
    """To be called once for an ad that has no score. ``instead``: what its caller asked for."""
    watching = _WATCHING.get()
    if watching is not None:
        watching.unscored(why, instead)


@contextmanager
def watched(watching: Watching | None) -> Iterator[None]:
    """All that is done inside is told to it; to nobody where it is ``None``."""
    token = _WATCHING.set(watching)
    try:
        yield
    finally:
        _WATCHING.reset(token)


def untold(**counts: float) -> None:
    """Nobody listens."""
