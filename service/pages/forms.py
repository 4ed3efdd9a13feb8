"""What a browser sends with a form."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

from fastapi import Request

Fields = TypeVar("Fields")

MAX_FIELDS = 20
LONG_BYTES = 8 * 2**10
"""Less takes a few milliseconds at most, more up to a third of a second."""

TYPE = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> dict[str, str]:
    """Fields by name, line ends as one character; of a field given twice the last. A form with more
    than :data:`MAX_FIELDS` is none of ours, and counts as empty. Browsers write what is no ASCII
    with per cent signs; what does not is read all the same."""
    return await read_beside(request, fields_of)


async def read_beside(request: Request, read: Callable[[bytes], Fields]) -> Fields:
    """What ``read`` makes of the body, of a long one in a thread: the loop goes on with other
    requests."""
    body = await request.body()
    return read(body) if len(body) <= LONG_BYTES else await asyncio.to_thread(read, body)


def fields_of(body: bytes) -> dict[str, str]:
    """Of the bytes of a form; see :func:`form_of`."""
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace",
            max_num_fields=MAX_FIELDS,
        )  # fmt: skip
    except ValueError:
        return {}
    return {name: value.replace("\r\n", "\n") for name, value in fields}
