"""What a browser sends with a form."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import Request

MAX_FIELDS = 20
LONG_BYTES = 8 * 2**10
"""Less takes a few milliseconds at most, more up to a third of a second."""

TYPE = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> dict[str, str]:
    """Fields by name, line ends as one character; of a field given twice the last. A form with more
    than :data:`MAX_FIELDS` is none of ours, and counts as empty. Browsers write what is no ASCII
    with per cent signs; what does not is read all the same. A long one is read in a thread: the
    loop goes on with other requests."""
    body = await request.body()
    if len(body) > LONG_BYTES:
        return await asyncio.to_thread(read_form, body)
    return read_form(body)


def read_form(body: bytes) -> dict[str, str]:
    """The same of its bytes."""
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace",
            max_num_fields=MAX_FIELDS,
        )  # fmt: skip
    except ValueError:
        return {}
    return {name: value.replace("\r\n", "\n") for name, value in fields}
