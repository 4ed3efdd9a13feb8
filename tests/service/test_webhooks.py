"""From the outbox to a receiver, on SQLite and on PostgreSQL. The receiver is a real server."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from service.errors import StoreUnavailable
from service.logs import JsonLines
from service.settings import Settings
from service.store import Database, Vault
from service.store.base import now
from service.store.retention import prune
from service.store.tables import Delivery, WebhookEndpoint
from service.webhooks import claims, letters, registry
from service.webhooks.claims import Claimed, Failure
from service.webhooks.outbox import enqueue
from service.webhooks.schedule import SCHEDULE_S
from service.webhooks.sender import PLACES_EACH, RECORDING_S, Sender
from service.webhooks.targets import Resolver, Targets
from tests.service.receiver import PATIENCE_S, Received, Receiver, Say

BODY = b'{"type":"submission.done","data":{"id":"sub_1"}}'
NAME = "moderation"
TIMEOUT_S = 30.0


@dataclass
class Clock:
    """Stands still until it is moved."""

    moment: datetime = field(default_factory=now)

    def __call__(self) -> datetime:
        return self.moment

    def catch_up(self) -> None:
        """With the clock of the outbox, which is the real one."""
        self.moment = max(self.moment, now())


@dataclass
class House:
    """One installation with its sender."""

    database: Database
    vault: Vault
    clock: Clock = field(default_factory=Clock)
    private: bool = True
    resolver: Resolver | None = None
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def register(self, url: str, name: str = NAME) -> str:
        secret = self.database.write_now(registry.register, self.vault, name, url)
        assert secret is not None
        return secret

    def put(self, name: str = NAME, payload: bytes = BODY) -> str:
        message = self.database.write_now(
            enqueue, self.vault, endpoint=name, submission="sub_1", payload=payload
        )
        self.clock.catch_up()
        return message

    def row(self, message: str) -> Delivery:
        return self.database.read_now(lambda session: session.get_one(Delivery, message))

    def endpoint(self, name: str = NAME) -> WebhookEndpoint:
        return self.database.read_now(lambda session: session.get_one(WebhookEndpoint, name))

    def sender(self, database: Database | None = None) -> Sender:
        resolver = () if self.resolver is None else (self.resolver,)
        targets = Targets(self.private, TIMEOUT_S, *resolver)
        return Sender(
            database or self.database, self.vault, targets, TIMEOUT_S, self.bell,
            clock=self.clock, uniform=lambda low, high: high,
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        job = asyncio.create_task(self.sender().run(stop))
        try:
            yield
        finally:
            stop.set()
            await job

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until it holds, the sender looking meanwhile."""
        async with asyncio.timeout(PATIENCE_S):
            while not await asyncio.to_thread(condition):
                self.bell.set()
                await asyncio.sleep(0.02)

    async def ended(self, *messages: str, attempts: int = 1) -> None:
        """Until each was tried that often."""
        await self.until(lambda: all(self.row(one).attempts >= attempts for one in messages))

    def send(self, *messages: str) -> None:
        """Send until each was tried once."""
        self.clock.catch_up()

        async def work() -> None:
            async with self.sending():
                await self.ended(*messages)

        asyncio.run(work())

    def claim(self, moment: datetime) -> list[Claimed]:
        """As a sender does that is then killed."""
        return self.database.write_now(
            claims.claim, {NAME: 9}, 9, moment, timedelta(seconds=RECORDING_S)
        )


@pytest.fixture
def house(database: Database, vault: Vault) -> House:
    return House(database, vault)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().open() as receiver:
        yield receiver


def test_a_message_arrives_signed_and_nothing_of_it_is_kept(
    house: House, receiver: Receiver
) -> None:
    secret = house.register(receiver.url + "?token=hidden")
    message = house.put(payload='{"kind":"ข้อความ"}'.encode())
    assert "ข้อความ".encode() not in house.row(message).payload
    kept = house.endpoint()
    assert b"hidden" not in kept.url
    assert secret.encode() not in kept.secrets
    house.send(message)
    (one,) = receiver.received
    assert Webhook(secret).verify(one.body, dict(one.headers)) == {"kind": "ข้อความ"}
    assert (one.id, one.path) == (message, "/hook?token=hidden")
    assert one.headers["content-type"] == "application/json"
    row = house.row(message)
    assert (row.state, row.payload, row.attempts, row.last_status) == ("delivered", b"", 1, 204)
    assert row.delivered_at == house.clock.moment


def test_a_message_of_a_transaction_that_fails_is_not_sent(house: House) -> None:
    house.register("http://127.0.0.1:9/")

    def half(session: Session) -> None:
        enqueue(session, house.vault, endpoint=NAME, submission="sub_1", payload=BODY)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        house.database.write_now(half)
    assert house.database.read_now(claims.waiting, house.clock.moment + timedelta(1)) == []


def test_an_endpoint_that_two_register_at_once_has_one_secret(house: House) -> None:
    secrets: list[str | None] = []

    def register() -> None:
        url = "https://1.1.1.1/"
        secrets.append(house.database.write_now(registry.register, house.vault, NAME, url))

    at_once(*[register] * 4)
    assert [secret is not None for secret in sorted(secrets, key=str)] == [False] * 3 + [True]


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)


def test_no_message_slips_past_an_endpoint_that_is_disabled_meanwhile(house: House) -> None:
    house.register("https://1.1.1.1/")
    written, disabled = threading.Event(), threading.Event()
    messages = []

    def put(session: Session) -> str:
        message = enqueue(session, house.vault, endpoint=NAME, submission=None, payload=BODY)
        session.flush()
        written.set()
        disabled.wait(0.3)  # a chance to go first, which nobody may take
        return message

    def disable() -> None:
        written.wait(PATIENCE_S)
        house.database.write_now(
            lambda session: registry.disable(
                session, registry.found(session, NAME, to_change=True), "410 Gone"
            )
        )
        disabled.set()

    at_once(lambda: messages.append(house.database.write_now(put)), disable)
    assert house.row(messages[0]).state == "dead"


def test_both_secrets_sign_while_one_is_replaced(house: House, receiver: Receiver) -> None:
    old = house.register(receiver.url)
    new = house.database.write_now(registry.rotate, house.vault, NAME, timedelta(hours=1))
    house.send(house.put())
    sent = dict(receiver.received[0].headers)
    assert Webhook(old).verify(BODY, sent) == Webhook(new).verify(BODY, sent)
    house.clock.moment += timedelta(hours=1)
    house.send(house.put())
    assert len(receiver.received[1].headers["webhook-signature"].split(" ")) == 1


def test_it_is_tried_ten_times_as_published_and_then_is_a_dead_letter(
    house: House, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Say(500, {"Retry-After": "99999"}, b"not to be kept")
    house.register(receiver.url)
    message = house.put()
    pauses = []

    async def work() -> None:
        async with house.sending():
            for attempt in range(1, 11):
                await house.ended(message, attempts=attempt)
                assert house.row(message).state == ("dead" if attempt == 10 else "pending")
                pauses.append((house.row(message).due_at - house.clock.moment).total_seconds())
                house.clock.moment = max(house.clock.moment, house.row(message).due_at)

    asyncio.run(work())
    # `uniform` gives the upper end: 15 % more than published.
    assert pauses[:9] == pytest.approx([1.15 * s for s in SCHEDULE_S[1:]], abs=0.001)
    assert receiver.ids() == [message] * 10
    assert {one.body for one in receiver.received} == {BODY}
    assert len({one.headers["webhook-timestamp"] for one in receiver.received}) == 10
    row = house.row(message)
    assert (row.state, row.last_status, row.last_error) == ("dead", 500, "status 500")
    assert house.vault.unseal_bytes(row.payload) == BODY


def test_a_dead_letter_is_replayed_as_it_was(house: House, receiver: Receiver) -> None:
    house.register(receiver.url)
    house.register(receiver.url, "other")
    messages = [house.put(), house.put(), house.put("other")]
    with_reason = {"state": "dead", "attempts": 10, "last_error": "status 500"}

    def kill(session: Session) -> None:
        for row in session.scalars(select(Delivery)):
            for name, value in with_reason.items():
                setattr(row, name, value)

    house.database.write_now(kill)
    found = house.database.read_now(letters.dead, NAME)
    assert {row.id for row in found} == set(messages[:2])
    assert house.database.read_now(letters.dead, since=now() + timedelta(hours=1)) == []
    assert house.database.write_now(letters.replay, since=now() + timedelta(hours=1)) == {}
    assert house.database.write_now(letters.replay, ids=messages[:1]) == {NAME: 1}
    house.send(messages[0])
    assert [(one.id, one.body) for one in receiver.received] == [(messages[0], BODY)]
    assert house.row(messages[0]).attempts == 1
    assert house.database.write_now(letters.replay, NAME) == {NAME: 1}
    assert house.database.write_now(letters.replay) == {"other": 1}


def test_gone_disables_the_endpoint(house: House, receiver: Receiver) -> None:
    receiver.answer = lambda _: Say(410)
    house.register(receiver.url)
    first, second = house.put(), house.put()
    house.database.write_now(later, second)  # it was tried before
    house.send(first)
    assert house.endpoint().disabled_reason == "410 Gone"
    for message in (first, second):
        assert (house.row(message).state, house.row(message).last_error) == ("dead", "410 Gone")
    third = house.row(house.put())  # of a submission that was accepted before
    assert (third.state, third.last_error) == ("dead", "the endpoint is disabled: 410 Gone")
    assert house.database.write_now(letters.replay) == {}
    receiver.answer = lambda _: Say()
    house.database.write_now(registry.enable, NAME)
    assert house.database.write_now(letters.replay) == {NAME: 3}
    house.send(first, second, third.id)
    assert sorted(receiver.ids()[1:]) == sorted([first, second, third.id])


def later(session: Session, message: str) -> None:
    row = session.get_one(Delivery, message)
    row.due_at, row.attempts = row.due_at + timedelta(hours=1), 4


def test_gone_from_an_address_that_was_changed_meanwhile_disables_nothing(
    house: House, receiver: Receiver
) -> None:
    house.register(receiver.url)
    message = house.put()

    def answer(_: Received) -> Say:
        house.database.write_now(registry.register, house.vault, NAME, receiver.url + "/new")
        return Say(410)

    receiver.answer = answer
    house.send(message)
    assert house.endpoint().disabled_at is None
    assert house.row(message).state == "pending"


def test_messages_of_an_endpoint_that_is_removed_are_dead(house: House, receiver: Receiver) -> None:
    house.register(receiver.url)
    before = house.put()
    house.database.write_now(registry.remove, NAME)
    after = house.put()
    for message in (before, after):
        row = house.row(message)
        assert (row.state, row.last_error) == ("dead", "the endpoint is removed")


DAYS = timedelta(days=5)
"""Longer than any dead letter is kept."""


def due_long_ago(session: Session, message: str) -> None:
    """As after an outage: the last attempt is still to come."""
    row = session.get_one(Delivery, message)
    row.created_at = row.due_at = now() - DAYS
    row.attempts = len(SCHEDULE_S) - 1


@pytest.mark.parametrize("how", ["removed", "gone", "failed"])
def test_what_was_due_long_ago_can_be_replayed_as_long_as_any_dead_letter(
    house: House, receiver: Receiver, how: str
) -> None:
    house.register(receiver.url)
    both = house.put(), house.put()
    for one in both:
        house.database.write_now(due_long_ago, one)
    if how == "removed":
        house.database.write_now(registry.remove, NAME)
        house.register(receiver.url)
    else:
        receiver.answer = lambda _: Say(410 if how == "gone" else 500)

        async def work() -> None:
            async with house.sending():  # the one whose answer is read first may end both
                await house.until(lambda: {house.row(one).state for one in both} == {"dead"})

        asyncio.run(work())
        house.database.write_now(registry.enable, NAME)
    assert {house.row(one).state for one in both} == {"dead"}
    settings = Settings()
    kept = timedelta(hours=settings.keep_results_hours)
    soon, later = now() + kept - timedelta(hours=1), now() + kept + timedelta(hours=1)
    assert house.database.write_now(prune, settings, soon)["deliveries"] == 0
    assert house.database.write_now(letters.replay, NAME) == {NAME: 2}
    house.database.write_now(registry.remove, NAME)
    assert house.database.write_now(prune, settings, later)["deliveries"] == 2


def test_a_redirect_is_not_followed(house: House, receiver: Receiver) -> None:
    receiver.answer = lambda one: Say(307, {"Location": "/elsewhere"})
    house.register(receiver.url)
    message = house.put()
    house.send(message)
    assert [one.path for one in receiver.received] == ["/hook"]
    assert house.row(message).last_error == "status 307"


def test_a_receiver_with_too_much_to_do_is_left_alone(house: House, receiver: Receiver) -> None:
    receiver.answer = lambda _: Say(429, {"Retry-After": "600"})
    house.register(receiver.url)
    first = house.put()
    house.send(first)
    pause = timedelta(seconds=600)
    assert house.row(first).due_at < house.clock.moment + pause  # it is the endpoint that waits
    assert house.endpoint().paused_until == house.clock.moment + pause
    moment = house.clock.moment
    second = house.put()  # has not been tried, and waits all the same
    assert house.database.read_now(claims.waiting, moment + pause - timedelta(seconds=1)) == []
    receiver.answer = lambda _: Say()
    house.clock.moment += pause
    house.send(second)
    assert house.row(second).state == "delivered"


@pytest.mark.parametrize(
    ("answers", "private", "error"),
    [
        (["127.0.0.1"], False, "the host has an address that is not public (loopback)"),
        (["1.1.1.1", "10.0.0.1"], False, "the host has an address that is not public (private)"),
        ([], False, "the host has no address"),
        (["127.0.0.1"], True, "no connection, or it broke"),  # nobody listens on port 9
    ],
)
def test_the_address_is_checked_again_at_everyattempt(
    house: House, answers: Sequence[str], private: bool, error: str
) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return answers

    house.resolver, house.private = resolver, private
    house.register("https://hooks.invalid:9/")
    message = house.put()
    house.send(message)
    row = house.row(message)
    assert (row.state, row.last_error, row.last_status) == ("pending", error, None)


def test_what_a_killed_sender_sent_and_did_not_record_is_sent_again(
    house: House, receiver: Receiver
) -> None:
    house.register(receiver.url)
    message = house.put()
    killed_at = now()
    (held,) = house.claim(killed_at)
    asyncio.run(house.sender().attempt(held))  # sent, and then no more
    house.clock.moment = killed_at + timedelta(seconds=RECORDING_S - 1)
    assert house.claim(house.clock.moment) == []  # it may still be alive
    house.clock.moment = killed_at + timedelta(seconds=RECORDING_S)
    house.send(message)
    assert [(one.id, one.body) for one in receiver.received] == [(message, BODY)] * 2
    assert house.row(message).state == "delivered"


def test_a_lost_lease_says_nothing_but_that_it_arrived(house: House) -> None:
    house.register("http://127.0.0.1:9/")
    message = house.put()
    moment = now()
    (first,) = house.claim(moment)
    (second,) = house.claim(moment + timedelta(seconds=RECORDING_S))
    failure = Failure("status 500", 500)
    house.database.write_now(claims.failed, first, failure, moment, lambda low, high: low)
    assert house.row(message).attempts == 0
    house.database.write_now(claims.delivered, first, 200, moment)
    house.database.write_now(claims.failed, second, failure, moment, lambda low, high: low)
    assert (house.row(message).state, house.row(message).last_status) == ("delivered", 200)


def test_two_processes_send_each_message_once(
    house: House, receiver: Receiver, database_url: str
) -> None:
    house.register(receiver.url)
    house.register(receiver.url, "other")
    messages = [house.put(name) for name in (NAME, "other") for _ in range(15)]
    second = Database(database_url)

    async def work() -> None:
        stop = asyncio.Event()
        jobs = [house.sender().run(stop), house.sender(second).run(stop)]
        both = asyncio.gather(*jobs)
        await house.ended(*messages)
        stop.set()
        await both

    asyncio.run(work())
    second.close()
    assert sorted(receiver.ids()) == sorted(messages)


def test_a_slow_endpoint_holds_up_nobody_else(house: House, receiver: Receiver) -> None:
    release = threading.Event()
    with Receiver().open() as slow:
        slow.answer = lambda _: Say() if release.wait(PATIENCE_S) else Say(500)
        house.register(slow.url, "slow")
        house.register(receiver.url, "quick")
        held = [house.put("slow") for _ in range(PLACES_EACH + 3)]

        async def work() -> None:
            async with house.sending():
                await house.until(lambda: len(slow.received) == PLACES_EACH)
                quick = [house.put("quick") for _ in range(10)]
                await house.ended(*quick)
                assert len(slow.received) == PLACES_EACH  # and no more of its own meanwhile
                release.set()
                await house.ended(*held)

        asyncio.run(work())
    assert {house.row(one).state for one in held} == {"delivered"}


def test_what_is_under_way_at_the_end_is_finished(house: House, receiver: Receiver) -> None:
    release = threading.Event()
    receiver.answer = lambda _: Say() if release.wait(PATIENCE_S) else Say(500)
    house.register(receiver.url)
    message = house.put()

    async def work() -> None:
        stop = asyncio.Event()
        job = asyncio.create_task(house.sender().run(stop))
        await house.until(lambda: len(receiver.received) == 1)
        stop.set()
        release.set()
        await job

    asyncio.run(work())
    assert house.row(message).state == "delivered"


def test_a_database_that_comes_back_is_asked_again(house: House, receiver: Receiver) -> None:
    class Away(Database):
        """Cannot be reached at first."""

        left = 3

        async def read(self, work: Any, *args: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left >= 0:
                raise StoreUnavailable("away")
            return await super().read(work, *args, **named)

    house.register(receiver.url)
    message = house.put()
    away = Away(house.database.engine.url.render_as_string(hide_password=False))

    async def work() -> None:
        stop = asyncio.Event()
        job = asyncio.create_task(house.sender(away).run(stop))
        await house.ended(message)
        stop.set()
        await job

    asyncio.run(work())
    away.close()
    assert house.row(message).state == "delivered"


def test_what_cannot_be_opened_stands_in_nobodys_way(house: House, receiver: Receiver) -> None:
    house.register(receiver.url)
    foreign = House(house.database, Vault(bytes(32))).put()
    message = house.put()
    house.send(foreign, message)
    assert house.row(foreign).last_error == "it was sealed with another key"
    assert receiver.ids() == [message]


def test_the_log_names_the_endpoint_and_nothing_secret(
    house: House, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answer = lambda _: Say(500, body=b"unmistakable")
    secret = house.register(receiver.url + "?unmistakable")
    with caplog.at_level(logging.INFO):
        house.send(house.put(payload=b'{"text":"unmistakable"}'))
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(f'"endpoint": "{NAME}"' in line and '"attempt": 1' in line for line in lines)
    for hidden in ("unmistakable", secret, str(receiver.port)):
        assert not any(hidden in line for line in lines)
