"""What comes of one attempt."""

from dataclasses import dataclass


class NotSent(Exception):
    """No answer came. The message says why in our words, without the address."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What we take from an answer."""

    status: int
    retry_after: str | None
