"""Producing ads to a real broker and reading what came of them, apart from the service's code."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any, Protocol

import nats
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from tests.e2e.brokers import Broker
from tests.e2e.processes import PATIENCE_S

Sent = tuple[bytes | None, bytes]
"""Key and value."""


class Topics(Protocol):
    """Of one broker."""

    async def make(self, *names: str) -> None:
        """New and empty."""

    async def send(self, topic: str, messages: Sequence[Sent]) -> None:
        """Until the broker has them."""

    async def read(self, topic: str, least: int, patience_s: float = PATIENCE_S) -> list[Sent]:
        """All from the beginning, as soon as there are so many, or after ``patience_s``."""


class KafkaTopics:
    """Over aiokafka."""

    def __init__(self, broker: Broker) -> None:
        self.server = f"127.0.0.1:{broker.port}"

    async def make(self, *names: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.server)
        await admin.start()
        await admin.create_topics([NewTopic(name, 4, 1) for name in names])
        await admin.close()

    async def send(self, topic: str, messages: Sequence[Sent]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.server, acks="all")
        await producer.start()
        sent = [await producer.send(topic, value, key=key) for key, value in messages]
        await asyncio.gather(*sent)
        await producer.stop()

    async def read(self, topic: str, least: int, patience_s: float = PATIENCE_S) -> list[Sent]:
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=self.server, auto_offset_reset="earliest"
        )
        await consumer.start()
        found: list[Sent] = []
        deadline = time.monotonic() + patience_s
        while len(found) < least and time.monotonic() < deadline:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.key, record.value) for record in records]
        await consumer.stop()
        return found


class NatsTopics:
    """Over nats-py."""

    def __init__(self, broker: Broker) -> None:
        self.server = broker.url

    async def make(self, *names: str) -> None:
        async with await nats.connect(self.server) as connection:
            for name in names:
                await connection.jetstream().add_stream(name=name, subjects=[name])

    async def send(self, topic: str, messages: Sequence[Sent]) -> None:
        async with await nats.connect(self.server) as connection:
            stream = connection.jetstream()
            await asyncio.gather(*(stream.publish(topic, value) for _, value in messages))

    async def read(self, topic: str, least: int, patience_s: float = PATIENCE_S) -> list[Sent]:
        found: list[Sent] = []
        async with await nats.connect(self.server) as connection:
            pull = await connection.jetstream().pull_subscribe(
                topic,
                config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE),
            )
            deadline = time.monotonic() + patience_s
            while len(found) < least and time.monotonic() < deadline:
                try:
                    found += [(None, one.data) for one in await pull.fetch(256, timeout=0.5)]
                except TimeoutError:
                    continue
        return found


def topics_of(broker: Broker) -> Topics:
    """For a broker of either kind."""
    return KafkaTopics(broker) if broker.kind == "kafka" else NatsTopics(broker)


def ad_event(number: int, text: str) -> Sent:
    """An ad in an envelope, by a producer of one's own."""
    event = {
        "specversion": "1.0", "id": f"event-{number}", "source": "/boards/example",
        "type": "org.lurewatch.ad", "data": {"id": f"ad-{number}", "text": text},
    }  # fmt: skip
    return f"board-{number % 7}".encode(), json.dumps(event).encode()


def opened(messages: Sequence[Sent]) -> list[dict[str, Any]]:
    """As JSON."""
    return [json.loads(value) for _, value in messages]
