"""NATS JetStream, by FastStream's broker and the consumer that its subscriber declares.

Messages are fetched and acknowledged directly: FastStream's loops acknowledge one by one when a
handler returns, without waiting for the server, and what they hold when they are stopped is left
for the server to miss. Here an acknowledgement is confirmed, and what is not begun is given back.
"""

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.errors import AuthorizationError, MaxPayloadError
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy as Acknowledge
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from service.background import unless_stopped
from service.stream.address import Address
from service.stream.message import (
    BrokerAway,
    BrokerRefused,
    GroupTaken,
    Message,
    Outgoing,
    Place,
    StreamMissing,
    TooLarge,
    Topics,
)
from service.stream.nats_headers import as_sent, keep_apart
from service.stream.nats_tls import require_tls
from service.stream.results import MEDIA_TYPE

MAX_ACK_PENDING = 5000
"""Messages that all consumers of a group may hold together; one holds fewer than 300."""

CONNECT_S = 10.0

PUBLISH_S = 5.0
"""How long the server may take to confirm a message."""

ACK_S = 2.0
"""The same for an acknowledgement. It confirms none of a delivery that it has forgotten, as when it
was killed; the message comes again."""

LEAST_WAIT_S = 0.05
"""Shortest request for messages; the client refuses 0."""

ACK_TRIES = 2

TOO_LARGE = 10054
"""JetStream's code for a message above the stream's own limit."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

log = logging.getLogger(__name__)


class NatsWire:
    """A durable pull consumer that its group shares, and a publisher."""

    on_revoked: Callable[[], Awaitable[None]]

    def __init__(
        self, address: Address, topics: Topics, group: str, lease_s: int, create: bool
    ) -> None:
        """``lease_s``: what a killed consumer held is given to another after so long. ``create``:
        make streams that are missing."""
        if not NAME.fullmatch(group):
            raise StreamMissing("--group: letters, digits, '_' and '-' alone, for NATS")
        self._address = address
        self._topics = topics
        self._group = group
        self._lease_s: float = lease_s
        self._create = create
        self._streams: dict[str, str] = {}
        self._held: dict[int, Any] = {}
        self._pull: Any = None
        self._closing = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._heard: Exception | None = None
        """The client's last failure while it connects."""

        self.broker = NatsBroker(
            address.urls(),
            name="lurewatch",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            error_cb=self._hear,
            logger=None,
            apply_types=False,
        )

    async def _hear(self, error: Exception) -> None:
        """The client's own words on each failed try. What ends it is often no more than a timeout,
        and the last of them says why."""
        self._heard = error

    async def prepare(self) -> None:
        """Connect, see that streams take the subjects, and declare the subscriber; FastStream
        starts it. Raises :class:`BrokerAway`, :class:`BrokerRefused` or
        :class:`StreamMissing`."""
        self._heard = None
        if self._address.tls:
            await require_tls(self._address.servers, CONNECT_S)
        try:
            async with asyncio.timeout(CONNECT_S):  # it would try for ever
                await self.broker.connect()
            await self._find_streams()
        except (TimeoutError, NatsError, OSError, ssl.SSLError) as error:
            if isinstance(error, TimeoutError) and self._heard is not None:
                error = self._heard
            if is_refusal(error):
                raise self._refused(error) from None
            raise BrokerAway(told(error)) from None
        self._subscriber = self.broker.subscriber(
            self._topics.source,
            durable=self._group,
            stream=JStream(self._streams[self._topics.source], declare=False),
            pull_sub=PullSub(),
            config=ConsumerConfig(
                ack_policy=Acknowledge.EXPLICIT,
                ack_wait=self._lease_s,
                deliver_policy=DeliverPolicy.ALL,
                max_ack_pending=MAX_ACK_PENDING,
            ),
            ack_policy=AckPolicy.MANUAL,
        )

    async def _find_streams(self) -> None:
        jetstream = self.broker.config.connection_state.stream
        missing = []
        for subject in self._topics.all():
            try:
                self._streams[subject] = await jetstream.find_stream_name_by_subject(subject)
            except NotFoundError:
                missing.append(subject)
        if missing and not self._create:
            raise StreamMissing(
                f"{', '.join(missing)}: no stream takes this; make one, or run once with --create"
            )
        for subject in missing:
            name = re.sub(r"[^A-Za-z0-9_-]", "-", subject)
            try:
                await jetstream.add_stream(name=name, subjects=[subject])
            except ServiceUnavailableError:
                raise
            except APIError as error:
                raise StreamMissing(f"{subject}: not made: {told(error)}") from None
            self._streams[subject] = name

    async def take(self, limit: int, wait_s: float) -> list[Message]:
        """See :class:`service.stream.message.Wire`. Raises :class:`BrokerRefused`, and
        :class:`GroupTaken` at first."""
        self._see_connection()
        try:
            if self._pull is None:
                await self._subscribe()
            found = await self._pull.fetch(limit, max(wait_s, LEAST_WAIT_S))
        except TimeoutError:
            return []
        except (NatsError, OSError) as error:
            await self._unsubscribe()  # the consumer may have been deleted: it is made anew
            raise BrokerAway(told(error)) from None
        messages = [message_of(one) for one in found]
        self._held |= {message.place.number: message.handle for message in messages}
        return messages

    async def _subscribe(self) -> None:
        pull = await self._subscriber.jetstream.pull_subscribe(
            self._topics.source,
            durable=self._group,
            stream=self._streams[self._topics.source],
            config=self._subscriber.config,
        )
        keep_apart(pull)
        # The group's consumer may have been made with another setting, and is not changed.
        config = (await pull.consumer_info()).config
        await self._see_subject(config)
        self._lease_s = config.ack_wait or self._lease_s
        self._pull = pull
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def _see_subject(self, config: ConsumerConfig) -> None:
        """The client binds to a group's consumer without a look at what that reads. Raises
        :class:`GroupTaken` where it is not the subject that is asked for, and that alone."""
        reads = config.filter_subjects or [config.filter_subject or ""]
        if reads == [""]:  # no filter: all of the stream; older servers say so of its only subject
            stream = self._streams[self._topics.source]
            reads = (await self._subscriber.jetstream.stream_info(stream)).config.subjects or []
        if reads != [self._topics.source]:
            raise GroupTaken(
                f"--group {self._group}: it reads {', '.join(reads)}, and --from is "
                f"{self._topics.source}; give a group of its own to each"
            )

    def _see_connection(self) -> None:
        """The client connects again after a loss, but never after a refusal. Raises
        :class:`BrokerRefused` then."""
        connection = self.broker.config.connection_state.connection
        if connection.is_closed or is_refusal(connection.last_error):
            raise self._refused(connection.last_error)

    def _refused(self, error: Exception | None) -> BrokerRefused:
        if is_refusal(error):
            fix = "give those that the server knows in LUREWATCH_BROKER"
            return BrokerRefused(f"{self._address}: user and password are refused; {fix}")
        why = "it gave no reason" if error is None else told(error)
        return BrokerRefused(f"{self._address}: the server has closed the connection: {why}")

    async def publish(self, outgoing: Sequence[Outgoing]) -> list[BrokerAway | TooLarge | None]:
        """All at once; the server drops a repetition within its window (``Nats-Msg-Id``). It looks
        for one in the whole stream, which may hold several of our subjects."""
        return await asyncio.gather(*map(self._publish, outgoing))

    async def _publish(self, one: Outgoing) -> BrokerAway | TooLarge | None:
        headers = {"content-type": MEDIA_TYPE, "Nats-Msg-Id": f"{one.topic} {one.id}"}
        try:
            await self.broker.publish(
                one.value, one.topic, headers=headers, correlation_id=one.id,
                stream=self._streams[one.topic], timeout=PUBLISH_S,
            )  # fmt: skip
        except MaxPayloadError as error:
            return TooLarge(type(error).__name__)
        except APIError as error:
            kind = TooLarge if error.err_code == TOO_LARGE else BrokerAway
            return kind(told(error))
        except (NatsError, OSError) as error:
            self._see_connection()
            return BrokerAway(told(error))
        return None

    async def settle(self, messages: Sequence[Message]) -> None:
        """Acknowledge each, and have it confirmed."""
        missed = sum(await asyncio.gather(*map(self._acknowledge, messages)))
        if missed:
            log.info("not acknowledged; they come again", extra={"messages": missed})

    async def _acknowledge(self, message: Message) -> bool:
        """True where it failed."""
        try:
            for _ in range(ACK_TRIES):
                with contextlib.suppress(NatsError, OSError):
                    await message.handle.ack_sync(timeout=ACK_S)
                    return False
            return True
        finally:
            self._held.pop(message.place.number, None)

    async def release(self, messages: Sequence[Message]) -> None:
        """Give them back at once, rather than when the lease ends."""
        for message in messages:
            self._held.pop(message.place.number, None)
            try:
                await message.handle.nak()
            except (NatsError, OSError):
                return  # they come again all the same

    async def lag(self) -> int:
        """See :class:`service.stream.message.Wire`."""
        try:
            if self._pull is None:
                raise BrokerAway("not subscribed")
            return int((await self._pull.consumer_info()).num_pending)
        except (NatsError, OSError) as error:
            raise BrokerAway(told(error)) from None

    async def close(self) -> None:
        """Give back what came after the last message was taken."""
        self._closing.set()
        if self._keeping is not None:
            await self._keeping
        if self._pull is not None and self._pull.pending_msgs:
            with contextlib.suppress(BrokerAway, BrokerRefused):
                await self.release(await self.take(self._pull.pending_msgs, LEAST_WAIT_S))
        await self._unsubscribe()

    async def _unsubscribe(self) -> None:
        """Not left to the client's draining: that waits for messages which ``fetch`` has taken."""
        pull, self._pull = self._pull, None
        if pull is not None:
            with contextlib.suppress(NatsError, OSError):
                await pull.unsubscribe()

    async def _keep(self) -> None:
        """Ask for more time for what is in hand, until the wire is closed."""
        while not await unless_stopped(self._closing, self._lease_s / 3):
            for held in list(self._held.values()):
                try:
                    await held.in_progress()
                except (NatsError, OSError):
                    break  # away; whatever comes again is decided again


def message_of(given: Any) -> Message:
    """A message of JetStream's."""
    about = given.metadata
    return Message(
        value=given.data,
        key=None,
        headers=tuple(
            (name, value.encode("utf-8", "surrogateescape"))
            for name, value in as_sent(given.headers)
        ),
        prefix="ce-",
        place=Place(given.subject, about.stream, about.sequence.stream),
        at=about.timestamp.astimezone(UTC),
        handle=given,
    )


def told(error: Exception) -> str:
    """What a server said, where the type alone would not tell; it knows no more of a message than
    its subject."""
    if isinstance(error, APIError) and error.description:
        return f"JetStream {error.err_code or error.code}: {error.description}"
    if isinstance(error, ServiceUnavailableError):
        return "nobody answers: JetStream is off, or what was asked for is gone"
    if type(error) is NatsError:
        return str(error).removeprefix("nats: ").strip("'")
    return type(error).__name__


def is_refusal(error: Exception | None) -> bool:
    """Whether user and password are wrong. As a first answer the client gives it no type."""
    violation = type(error) is NatsError and "authorization violation" in str(error).lower()
    return violation or isinstance(error, AuthorizationError)
