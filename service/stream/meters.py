"""Figures of one consumer: for Prometheus, and for the log. Counts and times alone."""

from collections import Counter as Tally
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

TOKENS = (16, 64, 256, 1024, 2048, 4096, 8192, 16_384, 32_768)
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64)


@dataclass(slots=True)
class Interval:
    """Since the last line of the log."""

    messages: int = 0
    batches: int = 0
    tokens: int = 0
    decisions: Tally[str] = field(default_factory=Tally)
    dead: Tally[str] = field(default_factory=Tally)


class Meters:
    """Every figure, in a registry of its own or beside others of this process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.interval = Interval()
        self.lag: int | None = None
        """As it was last asked; ``None`` while the broker does not say."""

        own = self.registry
        self._messages = Counter("lurewatch_stream_messages", "Messages taken.", registry=own)
        self._decisions = Counter(
            "lurewatch_stream_decisions", "Decisions published.", ["decision"], registry=own
        )
        self._dead = Counter(
            "lurewatch_stream_dead", "Dead letters published.", ["reason"], registry=own
        )
        self._tokens = Histogram(
            "lurewatch_stream_batch_tokens", "Tokens in a batch.", buckets=TOKENS, registry=own
        )
        self._seconds = Histogram(
            "lurewatch_stream_batch_seconds",
            "From the beginning of a batch until it is acknowledged.",
            buckets=SECONDS,
            registry=own,
        )
        self._lag = Gauge(
            "lurewatch_stream_lag", "Messages that nobody of the group has taken yet.", registry=own
        )

    def took(self, messages: int) -> None:
        """So many came."""
        self._messages.inc(messages)
        self.interval.messages += messages

    def batch(self, tokens: int, seconds: float) -> None:
        """One was decided, published and acknowledged."""
        self._tokens.observe(tokens)
        self._seconds.observe(seconds)
        self.interval.batches += 1
        self.interval.tokens += tokens

    def decided(self, decision: str) -> None:
        """A decision was published."""
        self._decisions.labels(decision).inc()
        self.interval.decisions[decision] += 1

    def died(self, reason: str) -> None:
        """A dead letter was published."""
        self._dead.labels(reason).inc()
        self.interval.dead[reason] += 1

    def lagging(self, messages: int | None) -> None:
        """What the broker says, or ``None``."""
        self.lag = messages
        self._lag.set(float("nan") if messages is None else messages)

    def line(self) -> dict[str, object]:
        """For the log: what happened since the last, empty where nothing did."""
        past, self.interval = self.interval, Interval()
        if not past.messages and not past.batches:
            return {}
        return {
            "messages": past.messages,
            "batches": past.batches,
            "tokens": past.tokens,
            "decisions": dict(past.decisions),
            "dead": dict(past.dead),
            "lag": self.lag,
        }
