"""What goes in and out of a broker, whichever it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from service.errors import OperatorError


class BrokerAway(Exception):
    """The broker does not answer, or refuses for now."""


class BrokerRefused(OperatorError):
    """The broker says no, and will however long it is waited for."""


class TooLarge(Exception):
    """A message has more bytes than the broker takes."""


class StreamMissing(OperatorError):
    """A topic or stream that is to be read or written does not exist."""


class GroupTaken(OperatorError):
    """The group reads something else."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Where messages come from and go to."""

    source: str
    decisions: str
    dead: str

    def all(self) -> tuple[str, str, str]:
        """The three, the source first."""
        return self.source, self.decisions, self.dead


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands."""

    topic: str
    """Kafka's topic, or the NATS subject."""

    log: str
    """Kafka's partition, or the JetStream stream."""

    number: int
    """The offset, or the stream's sequence."""


@dataclass(frozen=True, slots=True)
class Message:
    """One that a broker handed over."""

    value: bytes
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    prefix: Literal["ce_", "ce-"]
    """Of headers that are attributes of an event: Kafka's, or that of NATS."""

    place: Place
    at: datetime
    """When the broker took it."""

    handle: Any = None
    """The broker's own, to acknowledge by."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One to publish."""

    topic: str
    key: bytes | None
    id: str
    """The event's."""

    value: bytes


class Wire(Protocol):
    """A connection to a broker, ready to take messages."""

    on_revoked: Callable[[], Awaitable[None]]
    """Called when what was taken and not settled may go to another consumer. Kafka alone."""

    async def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to ``limit`` messages as soon as there are some; none after ``wait_s``. Raises
        :class:`BrokerAway`."""

    async def publish(self, outgoing: Sequence[Outgoing]) -> list[BrokerAway | TooLarge | None]:
        """Publish, and wait until the broker has them. One outcome each; ``None`` is done."""

    async def settle(self, messages: Sequence[Message]) -> None:
        """Acknowledge. Where that fails the messages come again."""

    async def release(self, messages: Sequence[Message]) -> None:
        """Give messages back undecided, for another consumer to take."""

    async def lag(self) -> int:
        """Messages of the topic that nobody of the group has taken yet. Raises
        :class:`BrokerAway`."""
