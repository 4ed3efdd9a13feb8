"""One request without its sending: what is asked, how the answer is read, when it is asked again.

A step is a generator that yields what is to be done (a :class:`Call` or a :class:`Pause`), is given
what came of it, and returns the answer. The two clients do what steps ask for, one waiting, one
awaiting; nothing else is in them.
"""

import json
import logging
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from service.client.errors import AnswerLost, Problem, Unreachable, Unreadable, problem
from service.client.results import Answer
from service.client.retrying import AGAIN, UNDONE, Attempts, Patience, seconds_of

Read = TypeVar("Read")
Shape = TypeVar("Shape", bound=Answer)

PROBLEM = "application/problem+json"

log = logging.getLogger("service.client")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Call(Generic[Read]):
    """A request."""

    method: str
    path: str
    read: Callable[[Reply], Read]
    content: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    """Whether asking twice does what asking once does. If not, it is not sent again where an
    attempt may have been carried out."""


class Lost(Exception):
    """An attempt without an answer."""

    def __init__(self, reason: str, sent: bool) -> None:
        """``reason``: the kind of failure; ``sent``: whether the service may have heard it."""
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


Steps = Generator[Call[Any] | Pause, Any, Read]


def answered(call: Call[Read], patience: Patience) -> Steps[Read]:
    """The answer to a call, asked for again where that may help. Raises
    :class:`~service.client.errors.ClientError`."""
    attempts = Attempts(patience)
    while True:
        try:
            reply: Reply = yield call
        except Lost as lost:
            yield Pause(pause_after_loss(attempts, lost, call.repeatable))
            continue
        if reply.status < 300:
            return call.read(reply)
        yield Pause(pause_after_problem(attempts, reply, call.repeatable))


def pause_after_loss(attempts: Attempts, lost: Lost, repeatable: bool = True) -> float:
    """Seconds until the next attempt. Raises :class:`~service.client.errors.Unreachable`."""
    if lost.sent and not repeatable:
        raise AnswerLost(f"no answer: {lost.reason}; it may have been done") from lost
    pause = attempts.pause()
    if pause is None:
        raise Unreachable(f"no answer: {lost.reason}") from lost
    log.debug("asking again after %s in %.1f s", lost.reason, pause)
    return pause


def pause_after_problem(attempts: Attempts, reply: Reply, repeatable: bool = True) -> float:
    """Seconds until the next attempt. Raises :class:`~service.client.errors.Problem`."""
    pause = None
    if reply.status in AGAIN if repeatable else is_undone(reply):
        pause = attempts.pause(seconds_of(reply.headers.get("retry-after")))
    if pause is None:
        raise problem_of(reply, left_open=not repeatable and is_left_open(reply))
    log.debug("asking again after status %d in %.1f s", reply.status, pause)
    return pause


def is_undone(reply: Reply) -> bool:
    """Whether the service itself says that it did nothing. A proxy that says 503 may have handed
    the request on before."""
    told = reply.headers.get("content-type", "").startswith(PROBLEM)
    return reply.status in UNDONE and (told or reply.status == HTTPStatus.TOO_MANY_REQUESTS)


def is_left_open(reply: Reply) -> bool:
    """Whether it may have been done all the same: a proxy gave up waiting, or something broke after
    the work."""
    return reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not is_undone(reply)


def problem_of(reply: Reply, left_open: bool = False) -> Problem:
    """The error in an answer; of one that is not from the service only the status is kept."""
    told: object = None
    if reply.headers.get("content-type", "").startswith(PROBLEM):
        try:
            told = json.loads(reply.body)
        except ValueError:
            told = None
    return problem(reply.status, told if isinstance(told, dict) else {}, left_open)


def reader(shape: type[Shape]) -> Callable[[Reply], Shape]:
    """Reads an answer of that shape. It raises :class:`~service.client.errors.Unreadable`."""

    def read(reply: Reply) -> Shape:
        try:
            return shape.model_validate_json(reply.body)
        except ValidationError as error:  # its message may hold what was answered
            first = error.errors(include_url=False, include_input=False)[0]
            place = "/".join(map(str, first["loc"]))
            raise Unreadable(
                f"this is no {shape.__name__} of the service (at '{place}': {first['type']}); "
                "check the base address, and that client and service are of one version"
            ) from None

    return read


def nothing(reply: Reply) -> None:
    """Reads an answer without content."""
    if reply.status != HTTPStatus.NO_CONTENT:
        raise Unreadable(f"status {reply.status} where 204 was expected; check the base address")
