"""What a backfill would take, from a sample that is scored now."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from service.backfill.deciding import Decided, Decider
from service.backfill.plan import Plan
from service.backfill.rows import Bad, Row, rows_of

PLACES = 8
"""Shards that a sample is taken from, evenly over the plan: neighbours are alike."""

REASONS = 5


def estimate(plan: Plan, decider: Decider, sample: int, times: int) -> dict[str, Any]:
    """Score the first rows of some shards. ``times``: how many deciders like this one will work.
    The hours are not known where there are only blank lines. Raises ``OSError`` or
    ``pyarrow.ArrowException``."""
    rows = list(sampled(plan, sample))
    decider.forget()
    began = time.monotonic()
    decided = list(decider.decide(rows))
    spent = max(1e-6, time.monotonic() - began)
    answered = [one for one in decided if one.result is not None]
    rate = len(decided) / spent
    hours = round(plan.rows / (rate * times) / 3600, 4) if decided else None
    reasons = Counter(one.reason for one in decided if one.result is None)
    return {
        "sample": {
            "rows": len(decided),
            "rejected": len(decided) - len(answered),
            "reasons": dict(reasons.most_common(REASONS)),
            "copies": sum(one.copy for one in decided),
            "decisions": dict(sorted(decisions(answered).items())),
            "seconds": round(spent, 3),
            "ads_per_second": round(rate, 2),
            "tokens_per_ad": round(sum(one.tokens for one in decided) / max(1, len(answered)), 1),
        },
        "estimated_hours": hours,
    }


def decisions(answered: list[Decided]) -> Counter[str]:
    """How many of each."""
    return Counter(one.result.decision for one in answered if one.result is not None)


def sampled(plan: Plan, sample: int) -> Iterator[tuple[int, Row | Bad]]:
    """The first rows of shards that lie evenly over the plan."""
    places = min(PLACES, len(plan.shards))
    taken = {len(plan.shards) * place // places for place in range(places)}
    each = -(-sample // places)
    wanted = frozenset(plan.options.columns.named.values())
    parts = (
        islice(rows_of(source.file(), source.columns, shard.cut(), wanted), each)
        for shard in (plan.shards[number] for number in sorted(taken))
        for source in (plan.inputs[shard.input],)
    )
    return islice(chain.from_iterable(parts), sample)
