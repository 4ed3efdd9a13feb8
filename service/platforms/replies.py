"""What a platform answered, read."""

import json
from typing import Any

from service.client.calls import Reply


def answer_json(reply: Reply) -> dict[str, Any]:
    """The object in an answer; an empty one where there is none."""
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def limited(reply: Reply, remaining: str) -> bool:
    """Whether a call was refused since too many were made: by its status, or by the header of that
    name, which counts those that are left. Any other failure passes earlier than a window ends."""
    try:
        return reply.status == 429 or float(reply.headers.get(remaining, "")) <= 0
    except ValueError:
        return False
