"""Whose request it is behind proxies, and how often they may ask."""

import time
from ipaddress import ip_address, ip_network

import pytest
from pydantic import ValidationError

from service.clients import behind, parsed, place
from service.errors import RateLimited
from service.limiting import Limiter
from service.settings import Settings

TRUSTED = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))
PATIENCE_S = 60


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["192.0.2.1"], "203.0.113.9"),  # not a proxy of ours: its own words
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7, 192.0.2.1"], "192.0.2.1"),  # what stands before is invented
        ("127.0.0.1", ["198.51.100.7", "192.0.2.1"], "192.0.2.1"),  # the same on two lines
        ("127.0.0.1", ["192.0.2.1, 10.1.2.3"], "192.0.2.1"),  # two proxies of ours
        ("127.0.0.1", ["10.9.9.9, 10.1.2.3"], "10.9.9.9"),  # nobody else named: the farthest
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1, unknown"], "127.0.0.1"),  # told nothing that can be read
        ("127.0.0.1", ["192.0.2.1:4711"], "192.0.2.1"),
        ("127.0.0.1", ["[2001:db8::5]:4711"], "2001:db8::5"),
        ("2001:db8:1::2", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:127.0.0.1", ["::ffff:192.0.2.1"], "192.0.2.1"),  # IPv4 over a socket of IPv6
    ],
)
def test_the_caller_is_the_last_whom_no_trusted_proxy_is(
    peer: str, lines: list[str], expected: str
) -> None:
    assert behind(parsed(peer), lines, TRUSTED) == ip_address(expected)


def test_a_peer_without_an_address_is_nobody() -> None:
    assert behind(parsed("testclient"), ["192.0.2.1"], TRUSTED) is None
    assert place(None) == b""


def test_nobody_is_trusted_unless_the_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().trusted_proxies == ()
    monkeypatch.setenv("LUREWATCH_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,2001:db8:1::/48")
    assert Settings().trusted_proxies == TRUSTED
    monkeypatch.setenv("LUREWATCH_TRUSTED_PROXIES", "proxy.example.com")
    with pytest.raises(ValidationError, match="not a valid IPv4 or IPv6 network"):
        Settings()


def test_a_subscriber_is_one_place() -> None:
    assert place(parsed("2001:db8::1")) == place(parsed("2001:db8::ffff:1"))  # one /64
    assert place(parsed("2001:db8::1")) != place(parsed("2001:db8:0:1::1"))
    assert place(parsed("192.0.2.1")) != place(parsed("192.0.2.2"))


def test_what_is_beyond_the_limit_is_refused_with_a_time_to_come_back() -> None:
    limiter, one, other = Limiter(), parsed("192.0.2.1"), parsed("192.0.2.2")
    for _ in range(3):
        limiter.take("reports", 3, one)
    with pytest.raises(RateLimited, match="3 reports an hour") as refused:
        limiter.take("reports", 3, one)
    assert 3500 < refused.value.retry_after_s <= 3600
    limiter.take("codes", 3, one)  # counted apart
    limiter.take("reports", 3, other)


def test_a_place_is_free_again_after_the_window() -> None:
    limiter, one = Limiter(window_s=1), parsed("192.0.2.1")
    deadline = time.monotonic() + PATIENCE_S
    limiter.take("reports", 1, one)
    waits = []
    while time.monotonic() < deadline:
        try:
            limiter.take("reports", 1, one)
            break
        except RateLimited as refused:
            waits.append(refused.retry_after_s)
            time.sleep(0.02)
    else:
        raise AssertionError("never free again")
    assert set(waits) <= {1}


def test_what_is_counted_gives_no_address_back() -> None:
    address = parsed("192.0.2.1")
    assert address is not None
    limiters = [Limiter(), Limiter()]
    for limiter in limiters:
        limiter.take("reports", 3, address)
    kept = [next(iter(limiter._counted._counted)) for limiter in limiters]
    assert kept[0] != kept[1]  # a salt of its own for each process
    assert not any(form in key for key in kept for form in (str(address), address.packed.hex()))
