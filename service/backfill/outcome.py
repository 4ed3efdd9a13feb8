"""What became of a shard, and of all of them together."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict


class Outcome(BaseModel):
    """The record of a finished shard. How long it took differs from run to run; nothing else does,
    but for ``disguised``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    plan: str
    """Digest of the plan that it belongs to."""

    shard: int
    rows: int
    results: int
    rejected: int
    copies: int
    """Results taken over from an ad before it in the shard that says the same."""

    disguised: int
    """Ads that are the same as one before once disguises are undone: not scored again either."""

    tokens: int
    """Of the results, copies included."""

    decisions: dict[str, int]
    seconds: float
    files: dict[str, int]
    """Bytes of each file, by its name in the output."""


class Failure(BaseModel):
    """A shard that is not finished."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shard: int
    reason: str


def summary(outcomes: Iterable[Outcome]) -> dict[str, object]:
    """Counts over shards."""
    total: Counter[str] = Counter()
    decisions: Counter[str] = Counter()
    for one in outcomes:
        total.update(
            shards=1, rows=one.rows, results=one.results, rejected=one.rejected,
            copies=one.copies, disguised=one.disguised, tokens=one.tokens,
            bytes=sum(one.files.values()),
        )  # fmt: skip
        decisions.update(one.decisions)
    return {**total, "decisions": dict(sorted(decisions.items()))}
