"""A consumer of a broker that speaks Kafka's protocol, with a stub for a model: records that the
client cannot read. Killed and restarted: test_brokers.py."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.engine import Engine
from service.settings import Settings
from service.stream.address import parse
from service.stream.decide import Decider
from service.stream.message import Topics
from service.stream.run import Options, consume
from tests.e2e.brokers import Tansu
from tests.e2e.topics import KafkaTopics, opened

TOPICS = Topics("ads", "decisions", "decisions-dead")
PARTITIONS = 4
EACH = 3


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Tansu]:
    made = Tansu(tmp_path)
    made.start()
    yield made
    made.close()


SEND = """
import asyncio, sys
from aiokafka import AIOKafkaProducer

class Name(str):
    def encode(self, *_):
        return b"caf\\xe9"

async def send():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1], acks="all")
    await producer.start()
    for line in sys.stdin.read().splitlines():
        partition, bad, value = line.split(" ", 2)
        headers = [(Name("name") if bad == "bad" else "name", b"\\xff\\xfe")]
        await producer.send_and_wait(
            "ads", value.encode(), partition=int(partition), headers=headers
        )
    await producer.stop()

asyncio.run(send())
"""
"""The client has no way to send a name that is not UTF-8; its part in plain Python can be led to
one, and is all there is where its compiled part is switched off."""


def send(broker: Tansu) -> set[str]:
    """Ads to each partition, two of which have one in the middle that cannot be read; the others'
    names."""
    names, lines = set(), []
    for partition in range(PARTITIONS):
        for number in range(EACH):
            bad = number == 1 and partition in (1, 3)
            name = f"ad-{partition}-{number}"
            ad = {"id": name, "text": "Pickers wanted near Spalding, 12.60 an hour."}
            lines.append(f"{partition} {'bad' if bad else 'good'} {json.dumps(ad)}")
            names |= set() if bad else {name}
    subprocess.run(
        [sys.executable, "-c", SEND, f"127.0.0.1:{broker.port}"],
        input="\n".join(lines), text=True, check=True,
        env=os.environ | {"AIOKAFKA_NO_EXTENSIONS": "1"},
    )  # fmt: skip
    return names


def test_a_record_with_a_header_that_cannot_be_read_is_passed_over_and_told(
    broker: Tansu, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def run() -> None:
        topics = KafkaTopics(broker)
        await topics.make(*TOPICS.all())
        names = await asyncio.to_thread(send, broker)
        options = Options("one", 1000, 0, None, None)
        address = parse(broker.url)
        task = asyncio.create_task(consume(Settings(), Decider(engine), address, TOPICS, options))
        try:
            found = opened(await topics.read("decisions", len(names)))
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert sorted(one["subject"] for one in found) == sorted(names)

    asyncio.run(run())
    told = [one for one in caplog.records if "not UTF-8" in one.getMessage()]
    assert {(one.topic, one.partition, one.offset) for one in told} == {  # type: ignore[attr-defined]
        ("ads", 1, 1),
        ("ads", 3, 1),
    }
    assert "Spalding" not in caplog.text
