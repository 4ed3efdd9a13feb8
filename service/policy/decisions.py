"""The four decisions, their order, and the kinds that are never blocked."""

from typing import Literal, get_args

from models.labels import Kind

Decision = Literal["allow", "nudge", "review", "block"]
"""``nudge``: tell the reader; ``review``: a person looks. The platform acts, we advise."""

DECISIONS: tuple[Decision, ...] = get_args(Decision)
"""From the mildest to the most severe."""

SEVERITY: dict[Decision, int] = {decision: rank for rank, decision in enumerate(DECISIONS)}

CAP: Decision = "review"
CAPPED = frozenset({Kind.ABOUT_LURES, Kind.INSUFFICIENT})
"""Never above :data:`CAP`, whatever a policy says: a warning, a report or a testimony must not be
silenced by a machine, and a fragment that nobody could judge must not be judged by one."""


def at_least(decision: Decision, floor: Decision) -> Decision:
    """The more severe of the two."""
    return max(decision, floor, key=SEVERITY.__getitem__)


def at_most(decision: Decision, ceiling: Decision) -> Decision:
    """The milder of the two."""
    return min(decision, ceiling, key=SEVERITY.__getitem__)
