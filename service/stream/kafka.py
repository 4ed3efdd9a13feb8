"""Kafka, by FastStream's broker and the consumer of its subscriber.

The consumer is asked directly (``getmany``, ``commit``) rather than through FastStream's
``get_one`` and ``ack``: those take one message at a time, decode headers before we see the message
(one that is not UTF-8 would be lost with an exception), and commit all that was taken, though some
of it may still wait. Committed here is, for each partition, what lies before the first message
that is not settled.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    MessageSizeTooLargeError,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.schemas import Topic
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from service.stream.address import Address
from service.stream.message import (
    BrokerAway,
    Message,
    Outgoing,
    Place,
    StreamMissing,
    TooLarge,
    Topics,
)
from service.stream.results import MEDIA_TYPE

REQUEST_BYTES = 8 * 2**20
"""Largest message that is tried; the broker has its own limit, usually 1 MiB."""

FETCH_BYTES = 4 * 2**20
"""What the client reads ahead, at most, from one broker."""

LEAST_SESSION_S = 6
"""Brokers refuse a shorter one unless told otherwise (``group.min.session.timeout.ms``)."""

MOST_SESSION_S = 45
"""Kafka's own default. A member gives its signs of life beside its work, however long that takes;
a longer one would only leave the ads of one that was killed waiting. And some brokers let a first
member wait for half of it."""

LOOK_S = 0.05
"""How often it is asked whether a change of the group is over."""

PATIENCE_S = 10.0
"""For a question about offsets."""

SASL = {"plain": SASLPlaintext, "scram-sha-256": SASLScram256, "scram-sha-512": SASLScram512}

log = logging.getLogger(__name__)


class KafkaWire:
    """A member of a consumer group, and a producer."""

    on_revoked: Callable[[], Awaitable[None]]

    def __init__(
        self, address: Address, topics: Topics, group: str, lease_s: int, partitions: int | None
    ) -> None:
        """``lease_s``: how long a killed member keeps its partitions, at most
        :data:`MOST_SESSION_S`. ``partitions``: make topics that are missing, with so many."""
        self._topics = topics
        self._group = group
        self._session_ms = 1000 * min(max(LEAST_SESSION_S, lease_s), MOST_SESSION_S)
        self._partitions = partitions
        self._next: dict[TopicPartition, int] = {}
        """What follows the last record taken, of partitions that any was taken from."""
        self._one_by_one = False
        """Whether a record that the client cannot read is looked for."""
        self.assigned = asyncio.Event()
        self.broker = KafkaBroker(
            address.hosts(),
            client_id="lurewatch",
            acks="all",
            max_request_size=REQUEST_BYTES,
            security=security(address),
            logger=None,
            apply_types=False,
        )

    async def prepare(self) -> None:
        """Connect, see that the topics are there, and declare the subscriber; FastStream starts
        it. Raises :class:`BrokerAway` or :class:`StreamMissing`."""
        try:
            await self.broker.connect()
            await self._find_topics()
        except (KafkaError, OSError) as error:
            await self.broker.stop()  # what it began would stay open, once for each try
            raise BrokerAway(type(error).__name__) from None
        self._subscriber = self.broker.subscriber(
            self._topics.source,
            group_id=self._group,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=Revoked(self),
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=self._session_ms // 6,
            fetch_max_bytes=FETCH_BYTES,
            isolation_level="read_committed",
        )

    async def _find_topics(self) -> None:
        known = set(await self.broker.config.admin_client.list_topics())
        missing = [topic for topic in self._topics.all() if topic not in known]
        if missing and self._partitions is None:
            raise StreamMissing(
                f"{', '.join(missing)}: no such topic; make it, or run once with --create"
            )
        made = [Topic(topic, num_partitions=self._partitions or 1) for topic in missing]
        for outcome in await self.broker.config.admin.create_topics(made):
            if outcome.error:
                raise StreamMissing(f"{outcome.topic}: not made: {type(outcome.error).__name__}")

    @property
    def _consumer(self) -> Any:
        return self._subscriber.consumer

    async def take(self, limit: int, wait_s: float) -> list[Message]:
        """See :class:`service.stream.message.Wire`."""
        if not self.assigned.is_set():  # the group changes: what is read ahead may be another's
            await asyncio.sleep(min(wait_s, LOOK_S))
            return []
        try:
            found = await self._read(limit, wait_s)
        except KafkaError as error:
            raise BrokerAway(type(error).__name__) from None
        self._next |= {one: records[-1].offset + 1 for one, records in found.items()}
        return [message_of(record) for records in found.values() for record in records]

    async def _read(self, limit: int, wait_s: float) -> dict[TopicPartition, list[Any]]:
        """What the client has read. It raises at a header whose name is not UTF-8, whoever sent it,
        and would at every try: such a record is looked for, and passed over."""
        consumer = self._consumer
        try:
            if not self._one_by_one:
                found = await consumer.getmany(timeout_ms=int(1000 * wait_s), max_records=limit)
                return dict(found)
            for partition in consumer.assignment():
                if found := await self._read_one(partition):
                    return found
        except UnicodeDecodeError:
            self._one_by_one = True
            with contextlib.suppress(IllegalStateError):  # the group has changed meanwhile
                await self._rewind()
        await asyncio.sleep(min(wait_s, LOOK_S))
        return {}

    async def _rewind(self) -> None:
        """To what follows the last record taken: what the client had read of other partitions when
        it raised is lost to us, and would be committed past."""
        for partition in self._consumer.assignment():
            follows = self._next.get(partition)
            if follows is None:
                follows = await self._consumer.committed(partition)
            if follows is None:
                await self._consumer.seek_to_beginning(partition)
            else:
                self._consumer.seek(partition, follows)

    async def _read_one(self, partition: TopicPartition) -> dict[TopicPartition, list[Any]]:
        """The next record of a partition, if there is one that can be read."""
        try:
            return dict(await self._consumer.getmany(partition, timeout_ms=0, max_records=1))
        except UnicodeDecodeError:
            self._one_by_one = False
        with contextlib.suppress(IllegalStateError):
            unread = await self._consumer.position(partition)
            self._consumer.seek(partition, unread + 1)
            self._next[partition] = unread + 1
            log.error(
                "a record with a header whose name is not UTF-8 was passed over",
                extra={
                    "topic": partition.topic, "partition": partition.partition, "offset": unread,
                },
            )  # fmt: skip
        return {}

    async def publish(self, outgoing: Sequence[Outgoing]) -> list[BrokerAway | TooLarge | None]:
        """In order within a partition: all are handed to the producer before any is waited for."""
        handed = [await self._hand_over(one) for one in outgoing]
        return [await outcome(one) for one in handed]

    async def _hand_over(self, one: Outgoing) -> Awaitable[Any] | KafkaError:
        try:
            return await self.broker.publish(
                one.value, one.topic, key=one.key, headers={"content-type": MEDIA_TYPE},
                correlation_id=one.id, no_confirm=True,
            )  # fmt: skip
        except KafkaError as error:
            return error

    async def settle(self, messages: Sequence[Message]) -> None:
        """Commit. It waits for a broker that is away; where the group has changed it gives up."""
        offsets: dict[TopicPartition, int] = {}
        mine = self._consumer.assignment()
        for message in messages:
            partition = message.handle
            if partition in mine:
                after = message.place.number + 1
                offsets[partition] = max(after, offsets.get(partition, 0))
        try:
            if offsets:
                await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            log.info("the group has changed; some ads will be decided again")
        except KafkaError as error:
            log.warning("not committed", extra={"error": type(error).__name__})

    async def release(self, messages: Sequence[Message]) -> None:
        """Nothing to do: what is not committed comes again."""

    async def lag(self) -> int:
        """Of the partitions that this member has: end minus position. The end is what the broker
        says, or the last fetch said, whichever is more: there are brokers that count a batch of
        records as one when they are asked."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                mine = self._consumer.assignment()
                ends = await self._consumer.end_offsets(mine)
                return sum([await self._behind(one, ends[one]) for one in mine])
        except (KafkaError, TimeoutError) as error:
            raise BrokerAway(type(error).__name__) from None

    async def _behind(self, partition: TopicPartition, end: int) -> int:
        seen = self._consumer.highwater(partition) or 0
        return max(0, max(end, seen) - int(await self._consumer.position(partition)))

    def begin(self) -> None:
        """With the partitions that the group gives, each where it was committed last."""
        self._next.clear()
        self.assigned.set()

    async def close(self) -> None:
        """Nothing is open but what FastStream closes."""


class Revoked(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the wire when its partitions go."""

    def __init__(self, wire: KafkaWire) -> None:
        self._wire = wire

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Before another member gets them. All go, and some come back, from what is committed."""
        self._wire.assigned.clear()
        if revoked:
            await self._wire.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Told in the log, for it explains a lag."""
        self._wire.begin()
        log.info("partitions", extra={"partitions": len(assigned)})


async def outcome(handed: Awaitable[Any] | KafkaError) -> BrokerAway | TooLarge | None:
    """Of a message that was handed to the producer."""
    try:
        if isinstance(handed, KafkaError):
            raise handed
        await handed
    except MessageSizeTooLargeError as error:
        return TooLarge(type(error).__name__)
    except KafkaError as error:
        return BrokerAway(type(error).__name__)
    return None


def message_of(record: Any) -> Message:
    """A record of Kafka's. One without a value (a tombstone) is empty, and will be told as such."""
    return Message(
        value=record.value or b"",
        key=record.key,
        headers=tuple((name, value or b"") for name, value in record.headers),
        prefix="ce_",
        place=Place(record.topic, str(record.partition), record.offset),
        at=moment(record.timestamp),
        handle=TopicPartition(record.topic, record.partition),
    )


def moment(milliseconds: int | None) -> datetime:
    """Of a record. Who sends it says when, some in microseconds: what is no date is 1970, as where
    nothing is said. Raised, it would stop every consumer of the group at the same record."""
    try:
        return datetime.fromtimestamp(max(0, milliseconds or 0) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def security(address: Address) -> BaseSecurity:
    """How to log in. The client makes no TLS of its own: certificates are checked against those
    that the system trusts."""
    tls = ssl.create_default_context() if address.tls else None
    if address.user is None:
        return BaseSecurity(tls)
    return SASL[address.sasl](address.user, address.password or "", tls)
