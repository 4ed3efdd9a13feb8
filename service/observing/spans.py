"""What a trace is told, without the library that sends it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from starlette.datastructures import Headers


class Span(Protocol):
    """A piece of work in a trace."""

    def told(self, **counts: float) -> None:
        """Counts and seconds about it."""

    def answered(self, status: int, problem: str | None) -> None:
        """How a request ended."""


class Traces(Protocol):
    """Makes spans; each is ended where the ``with`` ends."""

    def request(
        self, method: str, route: str, request_id: str, headers: Headers
    ) -> AbstractContextManager[Span]:
        """A request, in the trace of its caller where it has one."""

    def job(self, name: str, about: Mapping[str, str | int]) -> AbstractContextManager[Span]:
        """The root of a trace of its own."""

    def stage(self, name: str) -> AbstractContextManager[Span]:
        """A part of what is being done."""

    def trace_id(self) -> str | None:
        """Of the trace that is being written, in hexadecimal."""

    def close(self) -> None:
        """Send what is still to be sent."""


class NoSpan:
    """Nobody looks."""

    def told(self, **counts: float) -> None:
        """Forgotten."""

    def answered(self, status: int, problem: str | None) -> None:
        """Forgotten."""


NO_SPAN: AbstractContextManager[Span] = nullcontext(NoSpan())


class NoTraces:
    """As long as the operator names no collector."""

    def request(
        self, method: str, route: str, request_id: str, headers: Headers
    ) -> AbstractContextManager[Span]:
        """Nothing."""
        return NO_SPAN

    def job(self, name: str, about: Mapping[str, str | int]) -> AbstractContextManager[Span]:
        """Nothing."""
        return NO_SPAN

    def stage(self, name: str) -> AbstractContextManager[Span]:
        """Nothing."""
        return NO_SPAN

    def trace_id(self) -> str | None:
        """None."""
        return None

    def close(self) -> None:
        """Nothing."""
