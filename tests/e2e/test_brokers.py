"""``python -m service consume`` between real brokers: killed, restarted, shared, stopped."""

import asyncio
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.engine import Engine
from service.settings import Settings
from service.stream import message
from service.stream.address import parse
from service.stream.decide import Decider
from service.stream.message import StreamMissing
from service.stream.run import Options, consume
from tests.conftest import TinyRun
from tests.e2e.brokers import Broker, Nats, Tansu
from tests.e2e.processes import PATIENCE_S, Consumer, free_port
from tests.e2e.topics import Sent, Topics, ad_event, opened, topics_of
from tests.live import until

OFFER = "Pickers wanted near Spalding, 12.60 an hour, contract before you travel. "
ADS = 40
SOON = {"nats": (120, 60), "kafka": (10, PATIENCE_S)}
"""A lease, and how soon what a stopped consumer left is decided, in seconds. Of Kafka no more is
asked than that it comes, and once: our broker numbers a group's first generation 0, at which the
client leaves without a word, so that the next member waits for the lease there."""


@pytest.fixture(params=[Nats, Tansu], ids=["nats", "kafka"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    made: Broker = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture
def options(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Small batches and one thread, so that there is a middle to be killed in, after which it is
    not long until others take over."""
    monkeypatch.setenv("LUREWATCH_WORKERS", "1")
    monkeypatch.setenv("LUREWATCH_LEASE_S", "6")
    return ["--broker", broker.url, "--from", "ads", "--to", "decisions", "--batch-tokens", "2000"]


def ads(first: int = 0, count: int = ADS) -> list[Sent]:
    """Each as long as many windows."""
    return [ad_event(number, OFFER * 30 + str(number)) for number in range(first, first + count)]


def lag(port: int) -> float:
    """As a consumer's metrics tell it; NaN while it has not been asked for."""
    url = f"http://127.0.0.1:{port}/metrics"
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        told = dict(
            line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#"
        )
    return float(told["lurewatch_stream_lag"])


async def decided(topics: Topics, count: int) -> list[Sent]:
    """All decisions, as soon as there are so many different ones."""
    deadline = time.monotonic() + PATIENCE_S
    found: list[Sent] = []
    while len(set(found)) < count:
        assert time.monotonic() < deadline, f"{len(set(found))} of {count} decided"
        found = await topics.read("decisions", max(count, len(found)))
    return found


def check(found: list[Sent], count: int) -> None:
    """Each ad has one decision, however often it was sent; its key is the ad's."""
    by_ad = defaultdict(set)
    for key, value in found:
        by_ad[opened([(key, value)])[0]["subject"]].add((key, value))
    assert set(by_ad) == {f"ad-{number}" for number in range(count)}
    assert all(len(several) == 1 for several in by_ad.values()), "repeated and not the same"


def test_every_message_is_decided_though_consumer_and_broker_are_killed(
    broker: Broker, options: list[str], tiny_run: TinyRun, tmp_path: Path
) -> None:
    async def run() -> None:
        broker.start()
        topics = topics_of(broker)
        await topics.make("ads", "decisions", "decisions-dead")
        poison: list[Sent] = [(b"k", b"no ad at all"), (None, b'{"text": " "}')]
        await topics.send("ads", [*ads(), *poison])
        with Consumer(tmp_path / "first.log", tiny_run.bundle, *options) as first:
            first.until("ready")
            await topics.read("decisions", 5)
            first.kill()
        left = len(await topics.read("decisions", 5))
        assert left < ADS, "it was not killed in the middle"
        broker.kill()
        with Consumer(tmp_path / "second.log", tiny_run.bundle, *options) as second:
            second.until("no broker")
            broker.start()
            second.until("ready")
            await topics.read("decisions", left + 5)
            broker.kill()
            broker.start()
            found = await decided(topics, ADS)
            dead = opened(await topics.read("decisions-dead", len(poison)))
            assert await asyncio.to_thread(second.stop) == 0
        check(found, ADS)
        assert {one["data"]["reason"] for one in dead} == {"bad-json", "empty-ad"}
        for log in ("first.log", "second.log"):
            assert "Spalding" not in (tmp_path / log).read_text("utf-8")

    asyncio.run(run())


def test_two_consumers_share_the_ads_and_one_that_is_stopped_leaves_the_rest_to_the_other(
    broker: Broker, options: list[str], tiny_run: TinyRun, tmp_path: Path
) -> None:
    async def run() -> None:
        broker.start()
        topics = topics_of(broker)
        with (
            Consumer(tmp_path / "one.log", tiny_run.bundle, *options, "--create") as one,
            Consumer(tmp_path / "two.log", tiny_run.bundle, *options, "--create") as two,
        ):
            one.until("ready")
            two.until("ready")
            await topics.send("ads", ads())
            await topics.read("decisions", 6)
            assert await asyncio.to_thread(one.stop) == 0
            await topics.send("ads", ads(ADS))
            check(await decided(topics, 2 * ADS), 2 * ADS)
            assert await asyncio.to_thread(two.stop) == 0
        counts = [
            sum(line.get("decisions", {}).get("allow", 0) for line in each.lines())
            for each in (one, two)
        ]
        assert min(counts) > 0, counts
        assert sum(counts) >= 2 * ADS

    asyncio.run(run())


def test_after_a_stop_nothing_waits_for_the_lease_and_the_lag_is_told(
    broker: Broker, options: list[str], tiny_run: TinyRun, tmp_path: Path
) -> None:
    """What a consumer had taken and not decided when it was told to stop goes to another, nothing
    of it twice, and the gauge follows what is left of a backlog."""
    lease_s, patience_s = SOON[broker.kind]
    count, port = 6 * ADS, free_port()
    own = {"LUREWATCH_LEASE_S": str(lease_s)}
    options = [*options, "--metrics-port", str(port)]

    async def run() -> tuple[int, float]:
        broker.start()
        topics = topics_of(broker)
        await topics.make("ads", "decisions", "decisions-dead")
        await topics.send("ads", ads(count=count))
        with Consumer(tmp_path / "one.log", tiny_run.bundle, *options, **own) as one:
            one.until("ready")
            until(lambda: 0 < lag(port) < count)
            assert await asyncio.to_thread(one.stop) == 0
        stopped = time.monotonic()
        with Consumer(tmp_path / "two.log", tiny_run.bundle, *options, **own) as two:
            left = count - len(set(await topics.read("decisions", count, 1)))
            found = await decided(topics, count)
            waited = time.monotonic() - stopped
            until(lambda: lag(port) == 0)
            assert await asyncio.to_thread(two.stop) == 0
        check(found, count)
        assert len(found) == count, "nothing was decided twice: the first one finished its batch"
        return left, waited

    left, waited = asyncio.run(run())
    print(f"{broker.kind}: {left} ads left at the stop, decided {waited:.1f} s later")
    assert left > 0, "it was not stopped in the middle"
    assert waited < patience_s


def test_a_topic_that_is_missing_is_named(broker: Broker, tiny_engine: Engine) -> None:
    broker.start()
    names = message.Topics("ads", "decisions", "dead")
    options = Options("lurewatch", 1000, 10, None, None)
    decider = Decider(tiny_engine)
    with pytest.raises(StreamMissing, match=r"ads, decisions, dead: no .* --create"):
        asyncio.run(consume(Settings(), decider, parse(broker.url), names, options))
