"""What an event holds, whoever brought it: a webhook, a bot, or a line of a file."""

import logging
from collections.abc import Mapping

from service.platforms.base import Platform
from service.platforms.seen import BadEvent, Seen, Skipped

log = logging.getLogger(__name__)


def seen_in(platform: Platform, event: object) -> list[Seen] | Skipped:
    """The ads in an event, or why there is none. Raises :class:`BadEvent`, and nothing else: one
    that breaks its adapter takes no other with it, and would break it each time it comes. The log
    says by which error, and none of its words."""
    if not isinstance(event, Mapping):
        raise BadEvent("not a JSON object")
    try:
        return platform.read(event)
    except BadEvent:
        raise
    except Exception as error:
        kind = type(error).__name__
        log.error("event not read: %s", kind, extra={"error": kind})
        raise BadEvent("it cannot be read as an event of this platform") from None
