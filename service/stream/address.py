"""A broker's address on the command line.

``kafka://[user:password@]host[:9092][,host…][?tls=true&sasl=scram-sha-512]``, or
``nats://[user:password@|token@]host[:4222][,host…][?tls=true]``.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import parse_qsl, quote, unquote

from service.errors import OperatorError

Kind = Literal["kafka", "nats"]

PORTS: dict[str, int] = {"kafka": 9092, "nats": 4222}
SASL = ("plain", "scram-sha-256", "scram-sha-512")

URL = re.compile(
    r"(?P<kind>kafka|nats)://(?:(?P<login>[^@/?]+)@)?(?P<hosts>[^@/?]+)/?(?:\?(?P<query>.*))?"
)
HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")


class BadAddress(OperatorError):
    """The address of a broker cannot be read."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is, and how to log in."""

    kind: Kind
    servers: tuple[tuple[str, int], ...]
    tls: bool = False
    sasl: str = "plain"
    """How Kafka is told the password."""

    user: str | None = field(default=None, repr=False)
    """Or the token, where there is no password."""

    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Without user and password."""
        return f"{self.kind}://" + ",".join(self.hosts())

    def hosts(self) -> list[str]:
        """Each as ``host:port``."""
        return [f"{host}:{port}" for host, port in self.servers]

    def urls(self) -> list[str]:
        """Each as NATS takes it, login included."""
        parts = [self.user, self.password]
        login = ":".join(quote(part, safe="") for part in parts if part is not None)
        scheme = "tls" if self.tls else "nats"
        return [f"{scheme}://{login}{'@' if login else ''}{host}" for host in self.hosts()]


def parse(text: str) -> Address:
    """Raises :class:`BadAddress`, whose message does not repeat the address: it may hold a
    password.

    >>> str(parse("nats://one,two:4333"))
    'nats://one:4222,two:4333'
    """
    found = URL.fullmatch(text)
    if found is None:
        raise BadAddress("--broker: give kafka://host:9092 or nats://host:4222")
    kind = cast(Kind, found["kind"])
    servers = tuple(server(one, PORTS[kind]) for one in found["hosts"].split(","))
    options = dict(parse_qsl(found["query"] or ""))
    tls, sasl = options.pop("tls", "false"), options.pop("sasl", "plain")
    if options or tls not in ("true", "false") or sasl not in SASL:
        raise BadAddress(f"--broker: after '?' give tls=true or sasl=, one of {', '.join(SASL)}")
    user, _, password = (found["login"] or "").partition(":")
    return Address(
        kind, servers, tls == "true", sasl,
        unquote(user) or None, unquote(password) or None,
    )  # fmt: skip


def server(text: str, default: int) -> tuple[str, int]:
    """One host and its port."""
    found = HOST.fullmatch(text)
    if found is None or not 0 < int(found["port"] or default) < 65536:
        raise BadAddress("--broker: a host is not one; give host or host:port, commas between")
    return found["host"], int(found["port"] or default)
