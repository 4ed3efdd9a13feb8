"""Keeping apart what a sender wrote into a header and what the server says.

The client takes any message with a header ``Status`` for a word of the server's, whoever set it:
one with ``Status: 500`` would end every fetch of its group with an error, one with 404 be dropped
and come again for ever. A message of a stream is known by where it is acknowledged, so its header
is put under a name of ours before the client looks, and given back after.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

ACKNOWLEDGED = "$JS.ACK."
"""How the reply subject of a message of a stream begins; words of the server's have none."""

STATUS = "Status"
OF_THE_SENDER = "\0Status"
"""No header can have such a name."""


class Apart(asyncio.Queue[Any]):
    """The messages that the client has got and nobody has fetched."""

    def _put(self, item: Any) -> None:
        if item.headers and STATUS in item.headers and item.reply.startswith(ACKNOWLEDGED):
            item.headers[OF_THE_SENDER] = item.headers.pop(STATUS)
        super()._put(item)


def keep_apart(pull: Any) -> None:
    """For a subscription that has fetched nothing yet."""
    subscription = pull._sub
    subscription._pending_queue = Apart(subscription._pending_queue.maxsize)


def as_sent(headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """The headers with the names that they came with."""
    given = (headers or {}).items()
    return [(STATUS if name == OF_THE_SENDER else name, value) for name, value in given]
