"""Ads from a stream, without a broker: what is in a message, what makes a batch, what is published
and acknowledged, in which order. With brokers: tests/e2e/test_brokers.py."""

import asyncio
import json
import logging
import ssl
import subprocess
import sys
import threading
import urllib.request
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from prometheus_client import generate_latest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.inference import Logits
from models.rendering import Rendered
from service.review.naming import AD_ID
from service.runtime import Runtime
from service.settings import Settings
from service.store import Database, Vault
from service.store.tables import StoredAd
from service.stream.address import BadAddress, parse
from service.stream.batches import MAX_MESSAGES, USUAL_TOKENS, Item, Waiting
from service.stream.consumer import Consumer, Limits
from service.stream.decide import TRIES, Decider
from service.stream.envelope import Poison, Read, Taken, read
from service.stream.kafka import message_of, security
from service.stream.message import BrokerAway, Message, Outgoing, Place, TooLarge, Topics
from service.stream.meters import Meters
from service.stream.run import PortTaken, metrics_server
from tests.e2e.processes import free_port
from tests.live import WAIT_S, StubModel, stub_engine

TOPICS = Topics("ads", "decisions", "decisions-dead")
AT = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
LIMIT = 100_000
TEXT = "Gardener wanted, mornings, ask for Amaranth"
EVENT = {
    "specversion": "1.0", "id": "7", "source": "/boards/example", "type": "org.lurewatch.ad",
    "data": {"id": "ad-7", "text": TEXT},
}  # fmt: skip


def message(
    value: object,
    number: int = 0,
    key: bytes | None = b"board",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Message:
    """A message of Kafka's; a value that is not bytes becomes JSON."""
    given = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = tuple((name, one.encode()) for name, one in headers.items())
    return Message(given, key, named, "ce_", Place("ads", "2", number), AT)


def over_nats(given: Message) -> Message:
    """The same as NATS would hand it over."""
    headers = tuple((name.replace("ce_", "ce-"), value) for name, value in given.headers)
    place = Place("ads", "all-ads", given.place.number)
    return replace(given, prefix="ce-", headers=headers, key=None, place=place)


def event(**changed: Any) -> dict[str, Any]:
    """:data:`EVENT` with other attributes; ``None`` leaves one out."""
    return {name: value for name, value in {**EVENT, **changed}.items() if value is not None}


def taken(given: Message) -> Taken:
    content = read(given, LIMIT).content
    assert isinstance(content, Taken), content
    return content


BINARY = {
    "ce_specversion": "1.0", "ce_id": "7", "ce_source": "/b", "ce_type": "org.lurewatch.ad",
}  # fmt: skip


def test_an_ad_comes_in_an_envelope_or_headers_or_bare() -> None:
    bare = message(EVENT["data"], number=41)
    for given, source, event_id in [
        (message(EVENT), "/boards/example", "7"),
        (message(EVENT, headers={"content-type": "application/cloudevents+json"}),
         "/boards/example", "7"),
        (message(event(data=None, data_base64=b64encode(bare.value).decode())),
         "/boards/example", "7"),
        (message(EVENT["data"], headers=BINARY), "/b", "7"),
        (over_nats(message(EVENT["data"], headers={**BINARY, "ce_source": "/b%20%C3%A9"})),
         "/b é", "7"),
        # Nobody gave these an id: it is where they stand.
        (bare, "/ads", "2/41"),
        (over_nats(bare), "/ads", "all-ads/41"),
    ]:  # fmt: skip
        found = taken(given)
        assert (found.source, found.id) == (source, event_id)
        assert found.given.text == TEXT
        assert found.time == AT


def test_an_event_may_ask_as_a_request_may() -> None:
    data = {"text": TEXT, "answer_language": "th", "entity_values": True}
    found = taken(message(event(data=data, time="2026-01-02T03:04:05Z", extension="kept")))
    assert (found.given.answer_language, found.given.entity_values) == ("th", True)
    assert found.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


POISON = [
    (b"not json", "bad-json"),
    (b"", "bad-json"),  # Kafka's tombstone
    (b'{"text": "\xff"}', "bad-json"),
    (b'{"text": "\\ud800"}', "bad-json"),  # half a character
    (b"[" * 5000, "bad-json"),
    (b"\x80" * (LIMIT + 1), "body-too-large"),
    ([EVENT], "invalid-request"),
    ("just words", "invalid-request"),
    (event(specversion="0.3"), "not-an-event"),
    (event(id=None), "not-an-event"),
    (event(source=""), "not-an-event"),
    (event(id=7), "not-an-event"),
    (event(time="yesterday"), "not-an-event"),
    (event(time="2026-01-02T03:04:05"), "not-an-event"),  # where?
    (event(Amaranth="upper case is none of CloudEvents'"), "not-an-event"),
    (event(data=None, data_base64="?"), "not-an-event"),
    (event(type="org.lurewatch.decision"), "unknown-type"),
    (event(type="org.lurewatch.dead-letter", data={"reason": "x"}), "not-an-event"),
    (event(data=None), "invalid-request"),
    (event(data={"text": TEXT, "Amaranth secret": 1}), "invalid-request"),
    (event(data={"text": "Amaranth" * 3000}), "invalid-request"),
    (event(data={"text": " \u200b "}), "empty-ad"),
]


@pytest.mark.parametrize(("value", "reason"), POISON)
def test_what_cannot_be_decided_is_told_without_its_words(value: object, reason: str) -> None:
    for given in (message(value), over_nats(message(value))):
        content = read(given, LIMIT).content
        assert isinstance(content, Poison)
        assert content.reason == reason
        assert str(content)
        assert "Amaranth" not in str(content)


def test_headers_that_are_no_text_are_no_end() -> None:
    odd = message(EVENT)
    odd = replace(odd, headers=(("trace", b"\xff\xfe"), ("content-type", b"\xff")))
    assert taken(odd).id == "7"
    binary = message(EVENT["data"], headers=BINARY)
    broken = replace(binary, headers=(*binary.headers, ("ce_source", b"\xff")))
    assert taken(broken).source == "\N{REPLACEMENT CHARACTER}"


def test_data_that_is_declared_as_something_else_is_not_read_as_an_ad() -> None:
    given = message(EVENT["data"], headers={**BINARY, "content-type": "text/plain"})
    content = read(given, LIMIT).content
    assert isinstance(content, Poison)
    assert content.reason == "not-an-event"


@hypothesis.given(st.lists(st.integers(0, 900), max_size=600), st.integers(1, 1000))
def test_batches_keep_order_and_budget(sizes: list[int], budget: int) -> None:
    waiting = Waiting(budget, linger_s=0)
    one = Read(message(b""), message(b""), Poison("bad-json", "none"))
    items = [Item(one, tokens) for tokens in sizes]
    waiting.add(items)
    batches = []
    while len(waiting):
        batches.append(waiting.batch())
    assert [item for batch in batches for item in batch] == items
    for batch in batches:
        assert len(batch) <= MAX_MESSAGES
        assert len(batch) == 1 or sum(item.tokens for item in batch) <= budget


def test_a_message_waits_for_others_no_longer_than_its_linger() -> None:
    waiting = Waiting(100, linger_s=3600)
    assert waiting.patience_s(idle_s=5) == 5
    one = Read(message(b""), message(b""), Poison("bad-json", "none"))
    waiting.add([Item(one, 10)])
    assert 3500 < waiting.patience_s(idle_s=5) <= 3600
    assert waiting.room() == 1, "another as long as usual may not fit, and is taken all the same"
    waiting.add([Item(one, 90)])
    assert waiting.room() == 0, "the budget is spent"


class MemoryWire:
    """A log and its reader. What it was asked to do is kept in order."""

    on_revoked: Callable[[], Awaitable[None]]

    def __init__(self, messages: Sequence[Message] = (), largest: int = LIMIT) -> None:
        self.log = deque(messages)
        self.largest = largest
        self.away = 0
        """Publications that fail first."""

        self.done: list[tuple[str, list[Any]]] = []

    async def take(self, limit: int, wait_s: float) -> list[Message]:
        if not self.log:
            await asyncio.sleep(0.001)
        found = [self.log.popleft() for _ in range(min(limit, len(self.log)))]
        if found:
            self.done.append(("take", found))
        return found

    async def publish(self, outgoing: Sequence[Outgoing]) -> list[BrokerAway | TooLarge | None]:
        if self.away:
            self.away -= 1
            return [BrokerAway("gone")] * len(outgoing)
        self.done.append(("publish", list(outgoing)))
        return [TooLarge("big") if len(one.value) > self.largest else None for one in outgoing]

    async def settle(self, messages: Sequence[Message]) -> None:
        self.done.append(("settle", list(messages)))

    async def release(self, messages: Sequence[Message]) -> None:
        self.done.append(("release", list(messages)))

    async def lag(self) -> int:
        return len(self.log)

    def all(self, what: str) -> list[Any]:
        """Everything that was published, settled, … so far."""
        return [one for name, several in self.done if name == what for one in several]


class FailingModel(StubModel):
    """Fails at a text with a certain word in it."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.failed = 0

    def logits(self, rendered: Rendered) -> Logits:
        if self.word in rendered.text:
            self.failed += 1
            raise RuntimeError(rendered.text)
        return super().logits(rendered)


@dataclass
class Running:
    """A consumer over a log in memory."""

    wire: MemoryWire
    model: StubModel = field(default_factory=StubModel)
    batch_tokens: int = 1000
    meters: Meters = field(default_factory=Meters)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.engine = stub_engine(Settings(workers=2), self.model)
        limits = Limits(self.batch_tokens, 0.0, LIMIT)
        self.consumer = Consumer(self.wire, Decider(self.engine), TOPICS, limits, self.meters)

    async def until(self, true: Callable[[], bool]) -> None:
        """Run until it is true, then stop."""
        task = asyncio.create_task(self.consumer.run(self.stop))
        await self.wait(true)
        self.stop.set()
        self.model.gate.set()
        await task
        self.engine.scorer.close()

    @staticmethod
    async def wait(true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not true():
                await asyncio.sleep(0.001)


def ads(count: int, text: str = TEXT) -> list[Message]:
    return [
        message(event(id=str(number), data={"id": f"ad-{number}", "text": text}), number)
        for number in range(count)
    ]


LONG = ads(8, " ".join([TEXT] * 40))
"""Longer than usual: of those that are taken together, one alone fits a batch of 600 tokens."""


def consumed(messages: Sequence[Message], **options: Any) -> Running:
    """Until all of them are settled."""

    async def run() -> Running:
        running = Running(MemoryWire(messages), **options)
        await running.until(lambda: len(running.wire.all("settle")) == len(messages))
        return running

    return asyncio.run(run())


def test_every_message_is_published_before_it_is_acknowledged() -> None:
    given = [*ads(20), message(b"poison", 20)]
    running = consumed(given, batch_tokens=40)
    assert running.wire.all("settle") == given
    published = 0
    for what, several in running.wire.done:
        published += len(several) if what == "publish" else 0
        settled = len(several) if what == "settle" else 0
        published -= settled
        assert published >= 0, "acknowledged first"


def test_a_decision_is_an_event_with_the_result() -> None:
    (sent,) = consumed(ads(1)).wire.all("publish")
    found = json.loads(sent.value)
    result = found.pop("data")
    assert found == {
        "specversion": "1.0", "source": "/lurewatch", "type": "org.lurewatch.decision",
        "id": sent.id, "causationid": "0", "subject": "ad-0", "time": "2026-11-26T23:00:00Z",
        "datacontenttype": "application/json",
    }  # fmt: skip
    assert (sent.topic, sent.key) == ("decisions", b"board")
    assert (result["id"], result["decision"]) == ("ad-0", "review")
    assert not any(word in sent.value.decode() for word in ("Gardener", "mornings", "Amaranth"))


def test_the_same_event_gets_the_same_bytes_and_another_gets_another_id() -> None:
    first = ads(3)
    again = [replace(one, at=AT, place=Place("ads", "3", 900)) for one in first]
    other = message(event(id="0", source="/boards/another"))
    edited = message(event(id="0", data={"id": "ad-0", "text": f"{TEXT}, nights"}))
    sent = consumed([*first, *again, other, edited]).wire.all("publish")
    assert sent[:3] == sent[3:6]
    assert len({one.id for one in sent}) == 5
    assert [json.loads(sent[place].value)["causationid"] for place in (0, -1)] == ["0", "0"]


def test_a_dead_letter_holds_all_that_the_message_was_and_is_taken_again() -> None:
    broken = message({"text": " "}, 5, b"\xff", BINARY)
    (dead,) = consumed([broken]).wire.all("publish")
    found = json.loads(dead.value)
    assert (found["type"], found["time"]) == ("org.lurewatch.dead-letter", "2026-11-26T23:00:00Z")
    assert (dead.topic, dead.key) == ("decisions-dead", b"\xff")
    data = found["data"]
    assert (data["reason"], data["topic"]) == ("empty-ad", "ads")
    assert (data["partition"], data["offset"]) == (2, 5)
    assert b64decode(data["original"]["value"]) == broken.value
    # Two ads that were dead for a reason that is mended since: decided as if they came now.
    mended = [message(EVENT["data"], 8), message(EVENT["data"], 9, headers=BINARY)]
    letters = [
        message({**found, "data": {**data, "offset": one.place.number, "original": original(one)}})
        for one in mended
    ]
    now, then = (consumed(several).wire.all("publish") for several in (mended, letters))
    assert now == then
    # What is still wrong is dead again, as it was at first.
    (still,) = consumed([message(dead.value)]).wire.all("publish")
    assert still == dead


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({}, "empty-ad"),
        ({"offset": 1e300}, "empty-ad"),
        ({"offset": "x"}, "not-an-event"),
        ({"partition": "x"}, "not-an-event"),
        ({"partition": None}, "not-an-event"),
        ({"taken_at": 7}, "not-an-event"),
        ({"taken_at": "2026-11-26T23:00:00"}, "not-an-event"),  # where?
    ],
)
@pytest.mark.parametrize("held", [{"text": " "}, event(data={"text": " "})])
def test_a_dead_letter_that_none_of_ours_wrote_is_dead(
    odd: dict[str, Any], reason: str, held: object
) -> None:
    data = {
        "topic": "ads", "partition": "0", "offset": 4, "taken_at": AT.isoformat(),
        "original": original(message(held)), **odd,
    }  # fmt: skip
    letter = message(event(type="org.lurewatch.dead-letter", data=data))
    dead, decision = consumed([letter, *ads(1)]).wire.all("publish")
    assert json.loads(dead.value)["data"]["reason"] == reason
    assert decision.topic == "decisions", "it does not hold up the next"


def original(given: Message) -> dict[str, Any]:
    """As in a dead letter."""

    def encoded(value: bytes) -> str:
        return b64encode(value).decode()

    return {
        "key": encoded(given.key or b""),
        "headers": [[name, encoded(value)] for name, value in given.headers],
        "value": encoded(given.value),
    }


def test_a_defect_at_one_ad_leaves_the_others_decided(caplog: pytest.LogCaptureFixture) -> None:
    model = FailingModel("Amaranth")
    given = [*ads(3, "Baker, nights"), *ads(1), *ads(2, "Driver, days")]
    with caplog.at_level(logging.INFO):
        running = consumed(given, model=model)
    sent = [json.loads(one.value) for one in running.wire.all("publish")]
    dead = [one for one in sent if one["type"] == "org.lurewatch.dead-letter"]
    assert len(sent) == 6
    assert [one["data"]["reason"] for one in dead] == ["internal"]
    assert model.failed == TRIES
    assert all("Amaranth" not in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "defective", ["service.stream.envelope.taken", "service.stream.results.decision"]
)
def test_a_defect_while_a_message_is_read_or_answered_leaves_the_others_decided(
    defective: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that was raised would stop every consumer of the group, again at each start."""
    module, name = defective.rsplit(".", 1)
    whole = getattr(sys.modules[module], name)

    def fails(first: Any, *others: Any) -> Any:
        if (first.get_id() if name == "taken" else first.id) == "1":
            raise RuntimeError(TEXT)
        return whole(first, *others)

    monkeypatch.setattr(defective, fails)
    sent = consumed(ads(3)).wire.all("publish")
    assert sorted(one.topic for one in sent) == ["decisions", "decisions", "decisions-dead"]
    (dead,) = (json.loads(one.value)["data"] for one in sent if one.topic == "decisions-dead")
    assert (dead["reason"], dead["offset"]) == ("internal", 1)
    assert b64decode(dead["original"]["value"]) == ads(3)[1].value
    assert all("Amaranth" not in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(("largest", "whole"), [(1000, True), (600, False)])
def test_what_the_broker_finds_too_large_is_told_in_something_shorter(
    largest: int, whole: bool
) -> None:
    async def run() -> list[Outgoing]:
        wire = MemoryWire(ads(1), largest)
        await Running(wire).until(lambda: bool(wire.all("settle")))
        return wire.all("publish")

    tried = asyncio.run(run())
    assert tried[0].topic == "decisions"
    last = json.loads(tried[-1].value)
    assert tried[-1].topic == "decisions-dead"
    assert last["data"]["reason"] == "answer-too-large"
    assert (last["data"]["original"] is not None) == whole


def test_a_broker_that_goes_away_is_waited_for_and_nothing_is_scored_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.stream.consumer.PAUSE_S", 0.001)

    async def run() -> Running:
        running = Running(MemoryWire(ads(8)))
        running.wire.away = 5
        await running.until(lambda: len(running.wire.all("settle")) == 8)
        return running

    running = asyncio.run(run())
    assert len({one.id for one in running.wire.all("publish")}) == 8
    assert running.model.begun == 8


def test_nothing_is_taken_beyond_the_batch_that_is_filled() -> None:
    async def run() -> None:
        running = Running(MemoryWire(ads(500)), batch_tokens=1000)
        running.model.gate.clear()
        task = asyncio.create_task(running.consumer.run(running.stop))
        await running.wait(lambda: running.model.begun == 2)
        for _ in range(50):
            await asyncio.sleep(0.001)
        held = len(running.wire.all("take"))
        assert held <= 1000 / USUAL_TOKENS, "the rest stays with the broker"
        running.model.gate.set()
        await running.wait(lambda: len(running.wire.all("settle")) == 500)
        running.stop.set()
        await task

    asyncio.run(run())


def test_a_stop_finishes_what_is_in_hand_and_gives_the_rest_back() -> None:
    async def run() -> MemoryWire:
        running = Running(MemoryWire(LONG), batch_tokens=600)
        running.model.gate.clear()
        await running.until(lambda: running.model.begun == 1)
        return running.wire

    wire = asyncio.run(run())
    settled, released = wire.all("settle"), wire.all("release")
    assert settled
    assert released
    assert settled + released == wire.all("take")
    assert len(wire.all("publish")) == len(settled)


def test_a_change_of_the_group_waits_for_the_batch_and_forgets_what_waits() -> None:
    async def run() -> None:
        running = Running(MemoryWire(LONG), batch_tokens=600)
        running.model.gate.clear()
        task = asyncio.create_task(running.consumer.run(running.stop))
        await running.wait(lambda: running.model.begun == 1)
        revoked = asyncio.ensure_future(running.wire.on_revoked())
        await asyncio.sleep(0.01)
        assert not revoked.done()
        running.model.gate.set()
        await revoked
        running.stop.set()
        await task
        settled = running.wire.all("settle")
        assert LONG[0] in settled
        assert LONG[1] not in settled, "it waited"
        assert LONG[1] not in running.wire.all("release"), "it is not ours to give back"

    asyncio.run(run())


class GroupWire(MemoryWire):
    """With Kafka's rules: one offset is committed, and after a change of the group all comes again
    from there. It gives one message at a time."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(messages)
        self.whole = list(messages)
        self.committed = 0

    async def take(self, limit: int, wait_s: float) -> list[Message]:
        return await super().take(1, wait_s)

    async def settle(self, messages: Sequence[Message]) -> None:
        await super().settle(messages)
        self.committed = max(one.place.number for one in messages) + 1
        done = {one.place.number for one in self.all("settle")}
        assert done >= set(range(self.committed)), "an offset is committed past undecided ads"

    async def change(self) -> None:
        """The group changes, and this member keeps what it had."""
        await self.on_revoked()
        self.log = deque(self.whole[self.committed :])


class SlowReader(Consumer):
    """Its second portion is read once the gate is open."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.gate = threading.Event()
        self.portions = 0

    def _read(self, messages: Sequence[Message]) -> list[Item]:
        self.portions += 1
        if self.portions == 2:
            assert self.gate.wait(WAIT_S)
        return super()._read(messages)


def test_what_is_being_read_while_the_group_changes_comes_again_in_its_turn() -> None:
    short, long = ads(4), ads(4, " ".join([TEXT] * 40))
    given = [short[0], long[1], short[2], long[3]]  # a long one fills a batch by itself

    async def run() -> GroupWire:
        wire, engine = GroupWire(given), stub_engine(Settings(workers=2), StubModel())
        limits = Limits(batch_tokens=200, linger_s=600.0, max_bytes=LIMIT)
        consumer, stop = (
            SlowReader(wire, Decider(engine), TOPICS, limits, Meters()),
            asyncio.Event(),
        )
        task = asyncio.create_task(consumer.run(stop))
        await Running.wait(lambda: consumer.portions == 2)
        await wire.change()
        consumer.gate.set()
        await Running.wait(lambda: wire.committed == len(given) or task.done())
        stop.set()
        await task
        engine.scorer.close()
        return wire

    assert asyncio.run(run()).all("settle") == given


def test_a_consumer_that_dies_before_the_broker_has_its_decisions_acknowledges_nothing() -> None:
    async def run() -> MemoryWire:
        running = Running(MemoryWire(ads(4)))
        running.wire.away = 10**6
        task = asyncio.create_task(running.consumer.run(running.stop))
        await running.wait(lambda: running.wire.away < 10**6)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return running.wire

    assert asyncio.run(run()).all("settle") == []


def test_figures_are_counted_for_prometheus_and_the_log() -> None:
    running = consumed([*ads(3), message(b"poison", 3)])
    running.meters.lagging(12)
    text = generate_latest(running.meters.registry).decode()
    for figure in (
        "lurewatch_stream_messages_total 4.0",
        'lurewatch_stream_decisions_total{decision="review"} 3.0',
        'lurewatch_stream_dead_total{reason="bad-json"} 1.0',
        "lurewatch_stream_lag 12.0",
    ):
        assert figure in text.splitlines()
    batches = running.meters.interval.batches
    assert f"lurewatch_stream_batch_tokens_count {float(batches)}" in text
    assert f"lurewatch_stream_batch_seconds_count {float(batches)}" in text
    line = running.meters.line()
    assert (line["messages"], line["decisions"], line["dead"]) == (
        4, {"review": 3}, {"bad-json": 1},
    )  # fmt: skip
    assert running.meters.line() == {}, "nothing happened since"


def test_figures_are_served_and_a_port_that_is_taken_is_told() -> None:
    meters, port = Meters(), free_port()
    meters.took(3)
    with metrics_server(meters, "127.0.0.1", port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=WAIT_S) as answer:
            assert b"lurewatch_stream_messages_total 3.0" in answer.read()
        with (
            pytest.raises(PortTaken, match=str(port)),
            metrics_server(meters, "127.0.0.1", port),
        ):
            pass


@pytest.mark.parametrize(
    ("text", "shown", "user", "password"),
    [
        ("kafka://one", "kafka://one:9092", None, None),
        ("kafka://one:1,two:2", "kafka://one:1,two:2", None, None),
        ("nats://token@one", "nats://one:4222", "token", None),
        ("kafka://me:p%40ss@[::1]:9?tls=true&sasl=scram-sha-512", "kafka://[::1]:9", "me", "p@ss"),
    ],
)
def test_addresses_are_shown_without_who_logs_in(
    text: str, shown: str, user: str | None, password: str | None
) -> None:
    address = parse(text)
    assert (str(address), address.user, address.password) == (shown, user, password)
    assert password is None or password not in repr(address)


@pytest.mark.parametrize(
    "text", ["", "redis://one", "kafka://", "kafka://secret@a b", "nats://one:99999",
             "kafka://me:secret@one?sasl=md5", "kafka://me:secret@one?ssl=true"],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_not_repeated(text: str) -> None:
    with pytest.raises(BadAddress) as refused:
        parse(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("login", ["", "me:secret@"])
@pytest.mark.parametrize("query", ["?tls=true", "?tls=true&sasl=scram-sha-512"])
def test_kafka_over_tls_is_asked_with_certificates_checked(login: str, query: str) -> None:
    context = security(parse(f"kafka://{login}one{query}")).ssl_context
    assert context is not None, "the client refuses to start without"
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("timestamp", "year"),
    [(1_795_000_000_000, 2026), (1_795_000_000_000_000, 1970), (2**62, 1970), (-1, 1970),
     (None, 1970)],
)  # fmt: skip
def test_a_record_of_kafka_s_is_decided_whatever_time_its_sender_gave(
    timestamp: int | None, year: int
) -> None:
    given = SimpleNamespace(
        value=json.dumps({"text": TEXT}).encode(), key=None, headers=(), topic="ads", partition=0,
        offset=1, timestamp=timestamp,
    )  # fmt: skip
    (decision,) = consumed([message_of(given)]).wire.all("publish")
    assert decision.topic == TOPICS.decisions
    assert datetime.fromisoformat(json.loads(decision.value)["time"]).year == year


def test_campaigns_are_counted_and_reviewers_see_the_ad_where_that_is_on(
    database: Database, vault: Vault
) -> None:
    text = "Packing work near the port, all paid, write to @amaranth_jobs today, leave on Friday."

    async def run() -> list[Outgoing]:
        running = Running(MemoryWire(ads(2, text)))
        settings = Settings(campaigns=True, review_queue=True)
        runtime = Runtime(settings, running.engine, database, vault)
        limits = Limits(10, 0.0, LIMIT)
        decider = Decider(running.engine, runtime)
        running.consumer = Consumer(running.wire, decider, TOPICS, limits, running.meters)
        await running.until(lambda: len(running.wire.all("settle")) == 2)
        return running.wire.all("publish")

    first, second = (json.loads(one.value)["data"] for one in asyncio.run(run()))
    assert second["campaign"] == {**first["campaign"], "copies": 2}
    with Session(database.engine) as session:
        queued = set(session.scalars(select(StoredAd.id).where(StoredAd.queue == "open")))
    assert queued == {first["ad_id"], second["ad_id"]}


def test_reviewers_see_an_ad_once_however_often_its_message_comes(
    database: Database, vault: Vault
) -> None:
    """In one batch, in a later one, by another process; edited under the same id it is another."""
    one = ads(1, f"{TEXT}, call +44 7700 900461, leave on Friday")[0]
    edited = ads(1, f"{TEXT}, and leave your passport with us")[0]

    def published(*messages: Message) -> list[Outgoing]:
        async def run() -> list[Outgoing]:
            running = Running(MemoryWire(messages))
            runtime = Runtime(Settings(review_queue=True), running.engine, database, vault)
            decider = Decider(running.engine, runtime)
            limits = Limits(1000, 0.0, LIMIT)
            running.consumer = Consumer(running.wire, decider, TOPICS, limits, running.meters)
            await running.until(lambda: len(running.wire.all("settle")) == len(messages))
            return running.wire.all("publish")

        return asyncio.run(run())

    first, second = published(one, one)
    with Session(database.engine) as session:
        session.execute(update(StoredAd).values(queue="done"))
        session.commit()
    again, other = published(one, edited)
    assert first.value == second.value == again.value
    known, new = (json.loads(each.value)["data"]["ad_id"] for each in (first, other))
    with Session(database.engine) as session:
        rows = dict(session.execute(select(StoredAd.id, StoredAd.queue)).all())
    assert rows == {known: "done", new: "open"}
    assert AD_ID.fullmatch(known)


def test_two_processes_that_keep_one_ad_at_once_keep_it_once(
    database: Database, vault: Vault
) -> None:
    running = Running(MemoryWire())
    runtime = Runtime(Settings(review_queue=True), running.engine, database, vault)
    decider = Decider(running.engine, runtime)

    async def run() -> list[Any]:
        batches = [[read(one, LIMIT) for one in ads(20)] for _ in range(4)]
        return await asyncio.gather(*(decider.decide(batch) for batch in batches))

    decided = asyncio.run(run())
    running.engine.scorer.close()
    results = [[result for _, result in batch] for batch in decided]
    assert results[0] == results[1] == results[2] == results[3]
    assert not any(result.degraded for result in results[0])
    with Session(database.engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredAd)) == 20


WITHOUT = """
import sys
import threading
for name in ("faststream", "aiokafka", "nats", "cloudevents"):
    sys.modules[name] = None
import service.app
from service.__main__ import main
raise SystemExit(main(["consume", "--broker", "nats://one", "--from", "a", "--to", "b"]))
"""


def test_without_the_extra_the_command_says_what_to_install_and_the_service_is_whole() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=Path(__file__).parents[2], capture_output=True
    )
    assert done.returncode == 2, done.stderr
    assert b"pip install 'lurewatch[stream]'" in done.stderr


@pytest.mark.parametrize(
    "wrong", [(), ("--broker", "nats://one", "--dead-letter", "a"), ("--broker", "ftp://one")]
)
def test_a_command_that_cannot_be_carried_out_is_refused(
    wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from service.__main__ import main

    assert main(["consume", "--from", "a", "--to", "b", *wrong]) == 2
    assert "--" in capsys.readouterr().err
