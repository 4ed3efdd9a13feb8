"""Where a message may go: an address that was checked, and no other.

A name may give another answer a moment later, so it is resolved here, every answer is checked, and
the connection goes to what was checked (see :mod:`service.webhooks.post`). All of that is done at
registration, to tell whoever registers, and again at every attempt.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.deferred import imported
from service.errors import WebhookRefused
from service.webhooks.addresses import refusal

if TYPE_CHECKING:
    import httpx

MAX_URL_CHARS = 2000
PORTS = {"https": 443, "http": 80}
HOST = re.compile(rb"[A-Za-z0-9._:-]+")
"""Names in ASCII, and addresses without brackets."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host; raises ``OSError`` where it has none."""

RESOLVING = ThreadPoolExecutor(32, thread_name_prefix="resolve")
"""Apart from other threads: a name server that does not answer holds up nothing else."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where one attempt goes."""

    url: "httpx.URL"
    addresses: tuple[str, ...]
    """Every one was checked."""

    @property
    def port(self) -> int:
        """Also where the URL names none."""
        return self.url.port or PORTS[self.url.scheme]


async def resolve(host: str, port: int) -> Sequence[str]:
    """By the system's resolver, each address once, in its order."""
    found = await asyncio.get_running_loop().run_in_executor(
        RESOLVING, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Targets:
    """The rules, with the resolver that they rest on."""

    def __init__(self, private: bool, timeout_s: float, resolver: Resolver = resolve) -> None:
        """``private``: also http, and addresses in one's own network."""
        self._private = private
        self._timeout_s = timeout_s
        self._resolver = resolver

    async def check(self, url: str) -> Target:
        """Where ``url`` leads now. Raises :class:`~service.errors.WebhookRefused` with the rule
        that it breaks."""
        await imported("httpx")
        parsed = self.parsed(url)
        # As it will be in the request: an address of IPv6 without brackets, a name in ASCII.
        host, port = parsed.raw_host.decode("ascii"), parsed.port or PORTS[parsed.scheme]
        try:
            async with asyncio.timeout(self._timeout_s):
                addresses = await self._resolver(host, port)
        except (OSError, UnicodeError):  # of which a timeout is one
            addresses = ()
        if not addresses:
            raise WebhookRefused(
                "the host has no address", "check its name, and that this machine can resolve it"
            )
        for address in addresses:
            rule = refusal(address, self._private)
            if rule is not None:
                raise WebhookRefused(
                    f"the host has an address that is not public ({rule})",
                    "give one that anyone can reach; the setting LUREWATCH_WEBHOOK_PRIVATE_TARGETS "
                    "opens private networks",
                )
        return Target(parsed, tuple(addresses))

    def parsed(self, url: str) -> "httpx.URL":
        """The URL, if its form is one that we send to. Any port is."""
        import httpx  # 20 MB, with its command line; a service without webhooks has no use for it

        try:
            found = httpx.URL(url)
            host, port = found.raw_host, found.port
        except (httpx.InvalidURL, ValueError):
            raise WebhookRefused("this is no URL", "give one such as https://example.com") from None
        if len(url) > MAX_URL_CHARS:
            raise WebhookRefused(f"longer than {MAX_URL_CHARS} characters", "give a shorter one")
        if found.scheme != "https" and not (self._private and found.scheme == "http"):
            raise WebhookRefused(
                "the scheme is not https", "give an https address, so that nobody can read along"
            )
        if not HOST.fullmatch(host) or not (port is None or 0 < port < 65536):
            raise WebhookRefused("its host or port is none", "give https://host/path")
        if found.userinfo:
            raise WebhookRefused(
                "it holds a user's name or a password", "leave them out; messages are signed"
            )
        if found.fragment:
            raise WebhookRefused("it holds a fragment", "leave out what follows '#'")
        return found


def redacted(url: str) -> str:
    """For lists: without the query, which may hold what lets one in.

    >>> redacted("https://example.com/hook?key=1")
    'https://example.com/hook?…'
    """
    before, asked, _ = url.partition("?")
    return f"{before}?…" if asked else before
