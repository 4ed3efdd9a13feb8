"""What callers and the receiver saw; written by several threads."""

import hashlib
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

MOMENTS = ("intake", "scoring", "commit", "delivery", "any")
"""When a service is killed: as a request goes out; after a 202; at a commit; as a message arrives;
whenever."""


def digest(content: bytes) -> str:
    """Enough to tell two contents apart."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class Ledger:
    """Grows until the end, and is judged then."""

    accepted: dict[str, str] = field(default_factory=dict)
    """The id that each idempotency key was answered with first."""

    ads: dict[str, int] = field(default_factory=dict)
    """Of each key."""

    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Digests of the 202 bodies of each key."""

    read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Digests of the results of each submission, as ``GET`` gave them."""

    bodies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Digests of the bodies of each message id."""

    messages: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Message ids of each submission."""

    told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Digests of the results of each submission, as messages gave them."""

    counts: Counter[str] = field(default_factory=Counter)
    """Requests sent again, readings, messages, and what should never be."""

    happened: dict[str, threading.Event] = field(
        default_factory=lambda: {moment: threading.Event() for moment in MOMENTS}
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, id: str, ads: int, body: bytes) -> None:
        """A 202."""
        with self.lock:
            self.accepted.setdefault(key, id)
            self.ads[key] = ads
            self.answers[key].add(digest(body))
        self.happened["scoring"].set()

    def note_reading(self, id: str, results: bytes) -> None:
        """Results that were read."""
        with self.lock:
            self.counts["readings"] += 1
            self.read[id].add(digest(results))

    def note_message(self, message: str, id: str, body: bytes, results: bytes) -> None:
        """A message that arrived, whatever it was answered with."""
        with self.lock:
            self.counts["deliveries"] += 1
            self.bodies[message].add(digest(body))
            self.messages[id].add(message)
            self.told[id].add(digest(results))

    def add(self, what: str) -> None:
        """One more."""
        with self.lock:
            self.counts[what] += 1

    def behind(self) -> int:
        """Submissions of which no message has come yet."""
        with self.lock:
            return len(self.accepted) - len(self.messages)
