"""When a message is tried again.

The schedule is the one that the Standard Webhooks specification 1.0 publishes under "Deliverability
and reliability"; jitter, and what ``Retry-After`` says, are what it asks for beside it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SCHEDULE_S = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt, from the end of the one before: at once, 5 s, 5 min, 30 min, 2 h,
5 h, 10 h, 14 h, 20 h, 24 h. Together a little more than three days."""

JITTER = 0.15
"""Each pause is drawn from 85 to 115 % of that, so that what failed together does not come back
together."""

THROTTLED = frozenset({429, 502, 503, 504})
"""A receiver with too much to do: all its messages wait. As the specification, and RFC 9110."""

MAX_ASKED = timedelta(hours=24)
"""Of what ``Retry-After`` may ask for: the longest pause of the schedule."""

Uniform = Callable[[float, float], float]
"""A random number between two; a seam for tests."""


def next_attempt(attempts: int, moment: datetime, uniform: Uniform) -> datetime | None:
    """After that many attempts, the last of which failed at ``moment``; ``None``: no more."""
    if attempts >= len(SCHEDULE_S):
        return None
    return moment + timedelta(seconds=SCHEDULE_S[attempts] * uniform(1 - JITTER, 1 + JITTER))


def longest(attempts: int) -> timedelta:
    """After that many attempts, the most that a message waits for the next one.

    >>> longest(0), longest(1)
    (datetime.timedelta(0), datetime.timedelta(seconds=5, microseconds=750000))
    """
    return timedelta(seconds=SCHEDULE_S[attempts] * (1 + JITTER))


def pause(status: int, retry_after: str | None, moment: datetime) -> timedelta | None:
    """How long an answer asks us to leave the receiver alone; ``None``: it does not."""
    if status not in THROTTLED:
        return None
    asked = parsed(retry_after, moment) if retry_after else None
    least = timedelta(seconds=SCHEDULE_S[1])
    return least if asked is None else min(max(asked, least), MAX_ASKED)


def parsed(retry_after: str, moment: datetime) -> timedelta | None:
    """Seconds, or a date (RFC 9110, section 10.2.3); ``None`` for what is neither."""
    given = retry_after.strip()
    if given.isascii() and given.isdigit():
        return min(timedelta(seconds=int(given[:9])), MAX_ASKED)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    return (until if until.tzinfo else until.replace(tzinfo=UTC)) - moment
