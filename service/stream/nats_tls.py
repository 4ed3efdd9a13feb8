"""Whether NATS servers speak TLS. The client encrypts where the server's first line asks for it,
and goes on in clear text where that does not, whatever the address says."""

import asyncio
from collections.abc import Sequence

import orjson

from service.stream.message import BrokerRefused

FIRST = b"INFO "
LONGEST_BYTES = 1 << 16
"""Of the first line; a cluster names its servers in it."""


async def require_tls(servers: Sequence[tuple[str, int]], wait_s: float) -> None:
    """Read what each server says before anything is sent to it. One that is away, or that says
    nothing until TLS begins, is left to the client. Raises :class:`BrokerRefused` where one would
    be spoken to in clear text."""
    clear = await asyncio.gather(*(speaks_clear_text(*server, wait_s) for server in servers))
    found = [
        f"{host}:{port}" for (host, port), is_clear in zip(servers, clear, strict=True) if is_clear
    ]
    if found:
        raise BrokerRefused(
            f"{', '.join(found)}: tls=true was asked for and the server does not require TLS; "
            "nothing was sent: turn TLS on there, or leave tls=true out"
        )


async def speaks_clear_text(host: str, port: int, wait_s: float) -> bool:
    """Whether a server greets without asking for TLS."""
    try:
        async with asyncio.timeout(wait_s):
            reader, writer = await asyncio.open_connection(
                host.strip("[]"), port, limit=LONGEST_BYTES
            )
            try:
                line = await reader.readline()
            finally:
                writer.close()
        return line.startswith(FIRST) and not orjson.loads(line[len(FIRST) :]).get("tls_required")
    except (OSError, TimeoutError, ValueError, AttributeError):
        return False
