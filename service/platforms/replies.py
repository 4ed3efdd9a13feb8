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
