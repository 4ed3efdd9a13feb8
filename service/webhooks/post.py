"""One attempt: a POST to an address that was checked, and to no other.

``httpcore`` alone, rather than a client over it: no redirect is followed, no proxy of the
environment asked, no cookie kept, no address logged.
"""

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from functools import cache

import httpcore

from service.webhooks.replies import NotSent, Reply
from service.webhooks.targets import Target

MAX_ANSWER_BYTES = 4096
"""Read of an answer so that the receiver can end properly; none of it is kept."""

READING_S = 2.0
MAX_ADDRESSES = 4
"""Tried in turn, each with an equal share of the time."""


class OnlyTo(httpcore.AsyncNetworkBackend):
    """Connects to the given addresses, whatever host is asked for. The name still goes into the
    TLS handshake, and the certificate must be for it."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first that accepts."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout=timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


@cache
def authorities() -> ssl.SSLContext:
    """Those that everybody trusts; reading them takes 5 MB."""
    return httpcore.default_ssl_context()


async def post(
    target: Target,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    timeout_s: float,
    tls: ssl.SSLContext,
) -> Reply:
    """Send; ``timeout_s`` from the first connection to the status. Raises :class:`NotSent`."""
    addresses = target.addresses[:MAX_ADDRESSES]
    url = target.url
    try:
        async with (
            asyncio.timeout(timeout_s) as limit,
            httpcore.AsyncConnectionPool(
                ssl_context=tls, network_backend=OnlyTo(addresses)
            ) as pool,
            pool.stream(
                "POST",
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=target.port, target=url.raw_path
                ),
                headers=[("Host", url.netloc.decode("ascii")), *headers],
                content=body,
                extensions={"timeout": {"connect": timeout_s / len(addresses)}},
            ) as response,
        ):
            limit.reschedule(None)  # there is an answer, and it counts
            await drain(response)
            asked = [
                v.decode("latin-1") for k, v in response.headers if k.lower() == b"retry-after"
            ]
            return Reply(response.status, asked[0] if asked else None)
    except (TimeoutError, httpcore.TimeoutException):
        raise NotSent("no answer in time") from None
    except httpcore.ProtocolError:
        raise NotSent("the answer is not HTTP") from None
    except (httpcore.NetworkError, OSError) as error:
        if isinstance(error.__context__, ssl.SSLError):
            raise NotSent("the certificate or TLS is not right") from None
        raise NotSent("no connection, or it broke") from None


async def drain(response: httpcore.Response) -> None:
    """Read a little of the body, for a little while. What it says, and how it ends, is nothing to
    us."""
    read = 0
    try:
        async with asyncio.timeout(READING_S):
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > MAX_ANSWER_BYTES:
                    return
    except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return
