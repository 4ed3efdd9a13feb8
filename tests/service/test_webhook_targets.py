"""Where messages may go, how they are signed, when they are tried again: what needs no database."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from standardwebhooks import Webhook, WebhookVerificationError

from service.errors import WebhookRefused
from service.store.base import now
from service.webhooks import schedule, signing
from service.webhooks.post import post
from service.webhooks.replies import NotSent, Reply
from service.webhooks.signing import Signing
from service.webhooks.targets import Resolver, Targets, redacted, resolve
from tests.service.receiver import Receiver, Say

MOMENT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def names(*answers: Sequence[str]) -> tuple[Resolver, list[str]]:
    """A resolver that gives one answer after another, and the names it was asked for."""
    asked: list[str] = []

    async def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolver, asked


def check(url: str, *addresses: str, private: bool = False) -> None:
    resolver, _ = names(addresses)
    asyncio.run(Targets(private, 30, resolver).check(url))


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("10.0.0.1", "private"),
        ("172.16.5.4", "private"),
        ("192.168.1.1", "private"),
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("100.64.0.1", "private"),  # shared by a provider's customers, RFC 6598
        ("169.254.0.7", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),  # Azure; a public address by its number
        ("224.0.1.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("198.51.100.1", "private"),  # for documentation
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("fe80::1%eth0", "link-local"),
        ("fd12:3456::1", "private"),
        ("fec0::1", "private"),  # site-local, of old
        ("ff02::1", "multicast"),
        ("2001:db8::1", "private"),
        ("::ffff:127.0.0.1", "loopback"),  # IPv4, mapped
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:169.254.169.254", "cloud metadata"),
        ("::127.0.0.1", "reserved"),  # IPv4, compatible, of old
        ("64:ff9b::a00:1", "private"),  # NAT64 of 10.0.0.1
        ("64:ff9b::a9fe:a9fe", "cloud metadata"),
        ("64:ff9b:1::a00:1", "reserved"),  # NAT64 of one's own network, RFC 8215
        ("2002:7f00:1::1", "loopback"),  # 6to4 of 127.0.0.1
        ("2002:a00:1::1", "private"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "private"),  # Teredo
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str, rule: str) -> None:
    with pytest.raises(WebhookRefused, match=f"not public \\({rule}\\)") as refused:
        check("https://hooks.example.org", address)
    assert "LUREWATCH_WEBHOOK_PRIVATE_TARGETS" in str(refused.value)
    assert address not in str(refused.value)
    with pytest.raises(WebhookRefused):  # one good address does not make up for it
        check("https://hooks.example.org", "1.1.1.1", address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"],
)
def test_public_addresses_are_taken(address: str) -> None:
    check("https://hooks.example.org:8443/a?b=c", address)


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("127.0.0.1", True), ("::1", True), ("10.0.0.1", True), ("fd12::1", True),
        ("100.64.0.1", True), ("::ffff:10.0.0.1", True), ("169.254.169.254", False),
        ("100.100.100.200", False), ("fd00:ec2::254", False), ("169.254.0.7", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("64:ff9b::a9fe:a9fe", False),
        ("fd00:ec2::23", False), ("fd20:ce::254", False), ("fd00:c1::a9fe:a9fe", False),
        ("fd00:42::42", False), ("fd00:a9fe:a9fe::1", False), ("fd00:100::100:200", False),
    ],
)  # fmt: skip
def test_an_own_network_holds_no_metadata(address: str, taken: bool) -> None:
    if taken:
        check("http://hooks.example.org", address, private=True)
        return
    with pytest.raises(WebhookRefused):
        check("http://hooks.example.org", address, private=True)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://hooks.example.org", "scheme is not https"),
        ("ftp://hooks.example.org", "scheme is not https"),
        ("hooks.example.org", "scheme is not https"),
        ("file:///etc/passwd", "scheme is not https"),
        ("https://", "host or port is none"),
        ("https://hooks.example.org:0", "host or port is none"),
        ("https://hooks.example.org:99999", "host or port is none"),
        ("https://[::1", "no URL"),
        ("https://a b.example.org", "host or port is none"),
        ("https://hooks.example.org/\n", "no URL"),
        ("https://ana:secret@hooks.example.org", "a password"),
        ("https://ana@hooks.example.org", "a password"),
        ("https://hooks.example.org/#part", "fragment"),
        ("https://hooks.example.org/" + "a" * 2000, "longer than 2000"),
    ],
)
def test_forms_that_are_refused(url: str, rule: str) -> None:
    with pytest.raises(WebhookRefused, match=rule) as refused:
        check(url, "1.1.1.1")
    assert "secret" not in str(refused.value)
    assert "example.org" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:7f00:1]"])
def test_numbers_in_disguise_are_seen_through(host: str) -> None:
    """By the system's own resolver, which is what would have connected."""
    with pytest.raises(WebhookRefused, match="loopback"):
        asyncio.run(Targets(False, 30, resolve).check(f"https://{host}/"))


def test_a_name_without_an_address_is_told() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    for resolver, patience_s in ((nobody, 30.0), (silent, 0.01)):
        with pytest.raises(WebhookRefused, match="has no address"):
            asyncio.run(Targets(False, patience_s, resolver).check("https://hooks.example.org"))


def test_a_list_shows_no_query() -> None:
    assert redacted("https://example.org/a?token=1") == "https://example.org/a?…"
    assert redacted("https://example.org/a") == "https://example.org/a"


async def send(url: str, resolver: Resolver, tls: ssl.SSLContext, timeout_s: float = 30) -> Reply:
    target = await Targets(True, 30, resolver).check(url)
    return await post(target, [("webhook-id", "msg_1")], b"{}", timeout_s, tls)


def test_the_connection_goes_to_what_was_checked() -> None:
    """The name means nothing to this machine, and its next answer would be another: only the
    checked address can have been used."""
    resolver, asked = names(["127.0.0.1"], ["10.255.255.1"])
    with Receiver().open() as receiver:
        url = f"http://changes.invalid:{receiver.port}/hook"
        reply = asyncio.run(send(url, resolver, ssl.create_default_context()))
        assert reply.status == 204
        assert receiver.received[0].headers["host"] == f"changes.invalid:{receiver.port}"
    assert asked == ["changes.invalid"]


def test_the_next_address_is_tried_where_one_refuses() -> None:
    resolver, _ = names(["127.0.0.2", "127.0.0.1"])  # nobody listens on the first
    with Receiver().open() as receiver:
        url = f"http://two.invalid:{receiver.port}/"
        assert asyncio.run(send(url, resolver, ssl.create_default_context())).status == 204


def test_an_answer_is_read_no_further_than_needed() -> None:
    resolver, _ = names(["127.0.0.1"])
    with Receiver().open() as receiver:
        receiver.answer = lambda _: Say(200, body=b"x" * 20_000_000)
        url = f"http://talks.invalid:{receiver.port}/"
        assert asyncio.run(send(url, resolver, ssl.create_default_context())).status == 200


@pytest.mark.parametrize("name", ["hooks.invalid", "other.invalid"])
def test_tls_is_for_the_name_though_the_address_is_pinned(name: str) -> None:
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(theirs)
    asked_for: list[str | None] = []
    theirs.sni_callback = lambda _socket, asked, _context: asked_for.append(asked)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    resolver, _ = names(["127.0.0.1"])
    with Receiver(theirs).open() as receiver:
        url = f"https://hooks.invalid:{receiver.port}/"
        if name == "hooks.invalid":
            assert asyncio.run(send(url, resolver, ours)).status == 204
            assert asked_for == ["hooks.invalid"]
            return
        with pytest.raises(NotSent, match="certificate"):
            asyncio.run(send(url, resolver, ours))
        assert receiver.received == []


def test_a_secret_is_as_the_specification_says() -> None:
    held = [Signing(signing.new_secret())]
    body = '{"type":"a","ก":1}'.encode()
    sent = dict(signing.headers("msg_1", now(), body, held))
    assert Webhook(held[0].secret).verify(body, sent) == {"type": "a", "ก": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(held[0].secret).verify(body + b" ", sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, sent)


def test_a_replaced_secret_signs_for_a_while() -> None:
    first = [Signing(signing.new_secret())]
    second = signing.rotated(first, MOMENT, timedelta(hours=24))
    assert [one.ends_at for one in second] == [None, MOMENT + timedelta(hours=24)]
    later = MOMENT + timedelta(hours=23)
    assert len(signing.in_force(second, later)) == 2
    assert signing.in_force(second, later + timedelta(hours=1)) == second[:1]
    third = signing.rotated(second, later, timedelta(hours=24))
    # What was to end earlier still does.
    assert third[2].ends_at == MOMENT + timedelta(hours=24)
    assert signing.unpacked(signing.packed(third)) == third
    assert len(signing.rotated(first, MOMENT, timedelta(0))) == 1  # it is known to others
    for _ in range(9):
        third = signing.rotated(third, later, timedelta(hours=24))
    assert len(third) == signing.MAX_SECRETS


def test_the_schedule_is_the_published_one() -> None:
    """Against the column "Time since start" of the specification, in seconds."""
    moment, since = MOMENT, []
    for attempts in range(1, 10):
        after = schedule.next_attempt(attempts, moment, lambda low, high: (low + high) / 2)
        assert after is not None
        moment = after
        since.append((moment - MOMENT).total_seconds())
    hms = ["0:00:05", "0:05:05", "0:35:05", "2:35:05", "7:35:05", "17:35:05", "31:35:05",
           "51:35:05", "75:35:05"]  # fmt: skip
    expected = [3600 * int(h) + 60 * int(m) + int(s) for h, m, s in (t.split(":") for t in hms)]
    assert since == pytest.approx(expected)
    assert schedule.next_attempt(10, moment, lambda low, high: low) is None


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (502, None, 5),
        (504, "0", 5),
        (429, "Thu, 26 Nov 2026 12:10:00 GMT", 600),
        (429, "Thu, 26 Nov 2026 11:00:00 GMT", 5),  # past
        (429, "999999999999999999999999", 86_400),
        (429, "soon", 5),
        (429, "-5", 5),
        (500, "120", None),
        (301, "120", None),
    ],
)
def test_what_retry_after_asks_for(status: int, said: str | None, seconds: int | None) -> None:
    asked = schedule.pause(status, said, MOMENT)
    assert asked == (None if seconds is None else timedelta(seconds=seconds))
