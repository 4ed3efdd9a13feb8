"""What an answer can lack, why an ad has no score, and how long its caller waits."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Part = Literal["score", "campaigns", "incidents", "queue"]
"""`score`: the ad was not scored. `campaigns`: it was counted into none. `incidents`: it was
compared with none, or with those of some time ago. `queue`: it is not known to be kept for
reviewers, as it should be."""

Why = Literal["deadline", "overloaded", "internal"]
"""`deadline`: there was, or would be, no score in time. `overloaded`: no room in the queue.
`internal`: a defect of ours at this ad."""

OnError = Literal["fail", "allow", "review"]

Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class NoScore:
    """In the place of an ad's score."""

    why: Why


def with_score(
    given: Sequence[Given], outcomes: Sequence[Found | NoScore]
) -> tuple[list[Given], list[Found]]:
    """What was given and has a score, and what came of it, in order."""
    pairs = [
        (one, found)
        for one, found in zip(given, outcomes, strict=True)
        if not isinstance(found, NoScore)
    ]
    return [one for one, _ in pairs], [found for _, found in pairs]


def left_s(until: float | None) -> float | None:
    """Seconds until a moment of ``time.perf_counter()``, at least 0; ``None`` where nobody set
    one."""
    return None if until is None else max(0.0, until - time.perf_counter())
