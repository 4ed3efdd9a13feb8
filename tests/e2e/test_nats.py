"""Consumers between subjects of one JetStream, on a real server, with a stub for a model: what the
server lets two of them share, and what it refuses. Killed and restarted: test_brokers.py."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.js.api import ConsumerConfig, ConsumerInfo

from service.engine import Engine
from service.settings import Settings
from service.stream.address import parse
from service.stream.decide import Decider
from service.stream.message import GroupTaken, Topics
from service.stream.run import Options, consume
from tests.e2e.brokers import Nats
from tests.e2e.processes import PATIENCE_S
from tests.live import StubModel, stub_engine

STREAM = "all"
HELD = "ads.*", "decisions.*"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    made = Nats(tmp_path)
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = stub_engine(Settings(workers=1), StubModel())
    yield made
    made.scorer.close()


def between(source: str, decisions: str = "decisions.all") -> Topics:
    return Topics(source, decisions, "decisions.dead")


async def consumed(
    server: Nats, engine: Engine, topics: Topics, group: str = "one", create: bool = False
) -> bool:
    """Until the consumer ends by itself. In a task of its own, which is cancelled if the server is
    not there to be left."""
    options = Options(group, 1000, 0, 1 if create else None, None)
    decider, address = Decider(engine), parse(server.url)
    return await asyncio.create_task(consume(Settings(), decider, address, topics, options))


@contextlib.asynccontextmanager
async def consuming(server: Nats, engine: Engine, *given: Any) -> AsyncIterator[asyncio.Task[bool]]:
    """The same, until the end of a ``with``."""
    task = asyncio.create_task(consumed(server, engine, *given))
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def ad(text: str, event_id: str = "post-1") -> bytes:
    data = {"id": event_id, "text": text}
    event = {"specversion": "1.0", "id": event_id, "source": "/posts", "type": "org.lurewatch.ad"}
    return json.dumps({**event, "data": data}).encode()


class Jetstream:
    """What the server has, asked apart from the service's code."""

    def __init__(self, connection: nats.NATS) -> None:
        self.connection = connection
        self.context = connection.jetstream()

    async def send(self, subject: str, *values: bytes) -> None:
        for value in values:
            await self.context.publish(subject, value)

    async def count(self, subject: str) -> int:
        """Messages that the stream holds."""
        state = (await self.context.stream_info(STREAM, subjects_filter=subject)).state
        return sum((state.subjects or {}).values())

    async def settled(self, group: str, count: int) -> None:
        """Wait until the group has acknowledged so many, and has no more."""

        def done(found: ConsumerInfo) -> bool:
            assert found.ack_floor is not None
            left = (found.num_pending or 0) + (found.num_ack_pending or 0)
            return found.ack_floor.consumer_seq >= count and not left

        async with asyncio.timeout(PATIENCE_S):
            while True:
                with contextlib.suppress(nats.js.errors.NotFoundError):  # not made yet
                    if done(await self.context.consumer_info(STREAM, group)):
                        return
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def jetstream(server: Nats) -> AsyncIterator[Jetstream]:
    """One stream for all subjects."""
    async with await nats.connect(server.url) as connection:
        made = Jetstream(connection)
        await made.context.add_stream(name=STREAM, subjects=[*HELD])
        yield made


def test_an_edited_ad_is_decided_anew_and_a_repetition_is_dropped(
    server: Nats, engine: Engine
) -> None:
    """Also where two groups answer on two subjects of one stream: each has all its decisions."""

    async def run() -> None:
        async with jetstream(server) as stream:
            first, edited = ad("Gardener wanted"), ad("Gardener wanted, leave on Thursday")
            await stream.send("ads.eu", first, edited, first)
            async with (
                consuming(server, engine, between("ads.eu"), "one"),
                consuming(server, engine, between("ads.eu", "decisions.two"), "two"),
            ):
                await stream.settled("one", 3)
                await stream.settled("two", 3)
            assert await stream.count("decisions.all") == 2
            assert await stream.count("decisions.two") == 2

    asyncio.run(run())


def test_a_group_that_reads_another_subject_is_refused(server: Nats, engine: Engine) -> None:
    """Else it would decide that subject's ads as its own, and leave its own unread."""

    async def run() -> None:
        async with jetstream(server) as stream:
            await stream.send("ads.us", ad("Gardener wanted"))
            async with consuming(server, engine, between("ads.eu")):
                await stream.settled("one", 0)
                with pytest.raises(GroupTaken, match=r"--group one: it reads ads\.eu, .* ads\.us"):
                    await consumed(server, engine, between("ads.us"))
            async with consuming(server, engine, between("ads.us"), "two"):
                await stream.settled("two", 1)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("config", "reads"),
    [
        (ConsumerConfig(durable_name="one"), r"ads\.\*, decisions\.\*"),
        (
            ConsumerConfig(durable_name="one", filter_subjects=["ads.eu", "ads.us"]),
            "ads.eu, ads.us",
        ),
    ],
)
def test_a_consumer_that_was_made_for_more_than_the_subject_is_refused(
    config: ConsumerConfig, reads: str, server: Nats, engine: Engine
) -> None:
    async def run() -> None:
        async with jetstream(server) as stream:
            await stream.context.add_consumer(STREAM, config)
            with pytest.raises(GroupTaken, match=f"it reads {reads}, and"):
                await consumed(server, engine, between("ads.eu"))

    asyncio.run(run())
