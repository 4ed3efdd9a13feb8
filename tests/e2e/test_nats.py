"""Consumers between subjects of one JetStream, on a real server, with a stub for a model: what the
server lets two of them share, and what it refuses. Killed and restarted: test_brokers.py."""

import asyncio
import base64
import contextlib
import gc
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, ConsumerInfo
from nats.js.errors import NotFoundError

from service.engine import Engine
from service.settings import Settings
from service.stream.address import parse
from service.stream.decide import Decider
from service.stream.message import BrokerRefused, GroupTaken, StreamMissing, Topics
from service.stream.run import Options, consume
from tests.e2e.brokers import Nats
from tests.e2e.processes import PATIENCE_S


class Guarded(Nats):
    """Asks for a password."""

    password = "first"

    def command(self) -> list[str]:
        """See :class:`Nats`."""
        return [*super().command(), "--user", "me", "--pass", self.password]


class Plain(Nats):
    """Without JetStream."""

    def command(self) -> list[str]:
        """See :class:`Nats`."""
        return [one for one in super().command() if one != "-js"]


STREAM = "all"
HELD = "ads.*", "decisions.*"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    made = Nats(tmp_path)
    made.start()
    yield made
    made.close()


def between(source: str, decisions: str = "decisions.all") -> Topics:
    return Topics(source, decisions, "decisions.dead")


async def consumed(
    server: Nats,
    engine: Engine,
    topics: Topics,
    group: str = "one",
    create: bool = False,
    login: str = "",
) -> bool:
    """Until the consumer ends by itself. In a task of its own, which is cancelled if the server is
    not there to be left."""
    options = Options(group, 1000, 0, 1 if create else None, None)
    decider, address = Decider(engine), parse(server.url.replace("//", f"//{login}"))
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

    def __init__(self, connection: Client) -> None:
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
                with contextlib.suppress(NotFoundError):  # not made yet
                    if done(await self.context.consumer_info(STREAM, group)):
                        return
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def jetstream(server: Nats, **login: str) -> AsyncIterator[Jetstream]:
    """One stream for all subjects."""
    async with await nats.connect(server.url, **login) as connection:
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


def test_a_header_of_the_senders_is_no_word_of_the_servers(server: Nats, engine: Engine) -> None:
    """Each of these would end or skip a fetch; a dead letter has the header as it was."""

    async def run() -> None:
        async with jetstream(server) as stream:
            for status in ("500", "503", "404", "408", "409", "100", "sent"):
                event = ad("Gardener wanted", f"post-{status}")
                await stream.context.publish("ads.eu", event, headers={"Status": status})
            await stream.context.publish("ads.eu", b"", headers={"Status": "100"})
            await stream.send("ads.eu", ad("Gardener wanted"))
            async with consuming(server, engine, between("ads.eu")):
                await stream.settled("one", 9)
            assert await stream.count("decisions.all") == 8
            dead = await stream.context.get_last_msg(STREAM, "decisions.dead")
        (header,) = json.loads(dead.data or b"")["data"]["original"]["headers"]
        assert header == ["Status", base64.b64encode(b"100").decode()]

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


LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The client gives nobody a connection that was refused, and does not close it."""


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    made = Guarded(tmp_path)
    made.start()
    yield made
    made.close()
    gc.collect()  # with the test whose warnings are left out: LEFT_OPEN


@LEFT_OPEN
def test_a_wrong_password_ends_the_consumer_and_is_not_told(
    guarded: Guarded, engine: Engine
) -> None:
    with pytest.raises(BrokerRefused, match="user and password are refused") as refused:
        asyncio.run(consumed(guarded, engine, between("ads.eu"), login="me:wrong@"))
    assert "wrong" not in str(refused.value)


@LEFT_OPEN
def test_a_password_that_is_changed_meanwhile_ends_the_consumer(
    guarded: Guarded, engine: Engine
) -> None:
    """The client does not connect again after that, however long it is waited for."""

    async def run() -> None:
        async with jetstream(guarded, user="me", password=guarded.password) as stream:
            login = f"me:{guarded.password}@"
            running = asyncio.create_task(consumed(guarded, engine, between("ads.eu"), login=login))
            await stream.settled("one", 0)
        guarded.kill()
        guarded.password = "second"
        guarded.start()
        with pytest.raises(BrokerRefused, match="user and password are refused"):
            await running

    asyncio.run(run())


def test_what_waiting_may_mend_is_told_in_the_servers_words(
    tmp_path: Path, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    server = Plain(tmp_path)
    server.start()

    def found() -> list[Any]:
        return [one for one in caplog.records if "does not serve yet" in one.getMessage()]

    async def run() -> None:
        async with consuming(server, engine, between("ads.eu")), asyncio.timeout(PATIENCE_S):
            while not found():
                await asyncio.sleep(0.02)

    asyncio.run(run())
    server.close()
    assert found()[0].error.startswith("nobody answers: JetStream is off")


def test_a_stream_that_the_server_does_not_make_ends_the_consumer(
    server: Nats, engine: Engine
) -> None:
    topics = Topics("ads.eu", "ads-eu", "dead")  # two subjects, and one name for their streams
    with pytest.raises(StreamMissing, match=r"ads-eu: not made: JetStream 10058: .* in use"):
        asyncio.run(consumed(server, engine, topics, create=True))
