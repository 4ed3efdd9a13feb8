"""Whose request it is, as far as an address tells: the peer's, or the one that a trusted proxy
passes on.

The server's own handling of proxies is switched off (``service/commands/serve.py``): it trusts
every process of this machine, and remembers the addresses it has seen.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Annotated

from fastapi import Request
from pydantic import BeforeValidator, IPvAnyNetwork
from pydantic_settings import NoDecode

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def in_parts(given: object) -> object:
    """A text with commas as a list."""
    if not isinstance(given, str):
        return given
    return [part.strip() for part in given.split(",") if part.strip()]


Networks = Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(in_parts)]
"""A setting such as ``127.0.0.1, 10.0.0.0/8``."""


def client_of(request: Request, trusted: Sequence[Network]) -> Address | None:
    """Of the one who sent the request; ``None`` where the peer has no address."""
    peer = parsed(request.client.host) if request.client else None
    return behind(peer, request.headers.getlist("x-forwarded-for"), trusted)


def behind(
    peer: Address | None, lines: Iterable[str], trusted: Sequence[Network]
) -> Address | None:
    """The last address of ``X-Forwarded-For`` that is not a trusted proxy's. Each proxy adds at the
    end whom it heard from, so what stands before an address that is not trusted is its own words.

    An entry that is no address counts as the proxy's that passed it on.
    """
    hops = [hop for line in lines for hop in line.split(",")]
    found = peer
    while hops and found is not None and any(found in network for network in trusted):
        before = parsed(hops.pop())
        if before is None:
            break
        found = before
    return found


def parsed(text: str) -> Address | None:
    """An address with or without a port; one of IPv4 that came over IPv6 as what it is.

    >>> parsed("[2001:db8::1]:443"), parsed("::ffff:192.0.2.7"), parsed("unknown")
    (IPv6Address('2001:db8::1'), IPv4Address('192.0.2.7'), None)
    """
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def place(address: Address | None) -> bytes:
    """What one subscriber has: an address of IPv4, or the first 64 bits of one of IPv6."""
    if address is None:
        return b""
    return address.packed[:8] if isinstance(address, IPv6Address) else address.packed
