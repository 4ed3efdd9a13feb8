"""Who wrote the last messages that were read, and what: what others say of them can be checked."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

REMEMBERED = 10_000
"""Messages; the one that was longest not spoken of is forgotten first."""

VERSIONS = 16
"""Wordings of one message, of which an edit adds a few: a quotation may be of what stood there
before."""


@dataclass(frozen=True, slots=True)
class Known:
    """A message. Its words are not kept."""

    sender: str
    digests: tuple[bytes, ...]


class Messages:
    """By room and event, in the memory of this process."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def add(self, room: str, event: str, sender: str, wordings: Iterable[str]) -> None:
        """A message, or what its own sender made of it. What another says of it changes nothing."""
        before = self._known.get((room, event), Known(sender, ()))
        if before.sender != sender:
            return
        digests = dict.fromkeys([*before.digests, *map(digest, wordings)])
        self._known[room, event] = Known(sender, tuple(digests)[-VERSIONS:])
        self._known.move_to_end((room, event))
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def is_by(self, room: str, event: str, sender: str) -> bool:
        """Whether the message is known, and theirs."""
        known = self._known.get((room, event))
        return known is not None and known.sender == sender

    def said(self, room: str, event: str, sender: str, words: str) -> bool:
        """Whether they are known to have said these words there."""
        known = self._known.get((room, event))
        return known is not None and known.sender == sender and digest(words) in known.digests


def digest(words: str) -> bytes:
    """Of words, whatever spaces and lines are between them.

    >>> digest("any  work?") == digest("any\\nwork? ")
    True
    """
    return hashlib.sha256(" ".join(words.split()).encode("utf-8", "replace")).digest()
