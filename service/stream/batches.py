"""What was taken and waits to be decided, and how much of it makes a batch.

A batch is counted in tokens, for they are what takes the model's time, and by the bundle's own
tokeniser: between scripts a character is worth 0.12 to 0.66 tokens, so that a number of characters
would say little. Counting costs a hundredth of scoring. The text is counted as it came; what
rendering takes out of a disguised one is not known yet.
"""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from models.ad import SCORED_CHARS, SCORED_TURNS, Ad
from models.tokenization import Tokenizer
from service.stream.envelope import Read, Taken
from service.stream.message import Message

MAX_MESSAGES = 256
"""Messages in a batch, however short; as many as ads in one request."""

USUAL_TOKENS = 150.0
"""Of a message, as long as none has been seen: the mean of the written corpus."""


@dataclass(frozen=True, slots=True)
class Item:
    """A message that was read."""

    read: Read
    tokens: int
    """0 where there is nothing to score."""


class Waiting:
    """Messages in the order they were taken."""

    def __init__(self, budget: int, linger_s: float) -> None:
        """A batch has up to ``budget`` tokens, and the first of its messages waits no longer than
        ``linger_s`` for others."""
        self._budget = budget
        self._linger_s = linger_s
        self._items: deque[Item] = deque()
        self._tokens = 0
        self._since = 0.0
        self._mean = USUAL_TOKENS

    def __len__(self) -> int:
        return len(self._items)

    def add(self, items: Iterable[Item]) -> None:
        """Behind the others."""
        if not self._items:
            self._since = time.monotonic()
        for item in items:
            self._items.append(item)
            self._tokens += item.tokens
            self._mean += 0.05 * (item.tokens - self._mean)

    def room(self) -> int:
        """Messages to take for this batch: as many as fit where they are like those before. What
        does not fit after all waits for the next, and is kept from other consumers."""
        if self._tokens >= self._budget:
            return 0
        fit = max(1, int((self._budget - self._tokens) / max(1.0, self._mean)))
        return max(0, min(fit, MAX_MESSAGES - len(self._items)))

    def patience_s(self, idle_s: float) -> float:
        """How long to wait for more: ``idle_s`` while there is nothing."""
        if not self._items:
            return idle_s
        return max(0.0, self._since + self._linger_s - time.monotonic())

    def batch(self) -> list[Item]:
        """The next batch, out of what waits: as much as fits, and one message however long."""
        taken: list[Item] = []
        spent = 0
        while self._items and len(taken) < MAX_MESSAGES:
            if taken and spent + self._items[0].tokens > self._budget:
                break
            taken.append(self._items.popleft())
            spent += taken[-1].tokens
        self._tokens -= spent
        self._since = time.monotonic()
        return taken

    def clear(self) -> list[Message]:
        """Forget all; gives the messages."""
        dropped = [item.read.message for item in self._items]
        self._items.clear()
        self._tokens = 0
        return dropped


def counted(read: Read, tokenizer: Tokenizer) -> Item:
    """With what it will cost the model."""
    if not isinstance(read.content, Taken):
        return Item(read, 0)
    return Item(read, tokens_of(read.content.given.ad(), tokenizer))


def tokens_of(ad: Ad, tokenizer: Tokenizer) -> int:
    """Tokens of all that is read of an ad, at least one."""
    words = "\n".join((ad.title, *ad.thread[-SCORED_TURNS:], ad.text))[-SCORED_CHARS:]
    return max(1, len(tokenizer.encode(words, add_special_tokens=False).ids))
