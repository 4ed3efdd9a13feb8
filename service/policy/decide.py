"""From facts to a decision: pure, deterministic, some microseconds."""

import math
from dataclasses import dataclass

from models.calibration import logit
from service.policy.decisions import CAP, CAPPED, Decision, at_most
from service.policy.facts import Facts
from service.policy.model import Policy
from service.policy.priority import expected_harm
from service.policy.thresholds import Cuts

CERTAIN = 1e-6
"""Nearest that a score comes to 0 or 1 where its distance is measured in logits."""

CAP_REASON = "kind_never_blocked"
"""Key of the reason where :data:`~service.policy.decisions.CAPPED` held a decision down."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step on the way to a decision."""

    key: str
    """Key of a text for people: a rule's ``reason``, ``score_at_nudge``, ``score_at_review``,
    ``score_at_block`` for the thresholds, or :data:`CAP_REASON`."""

    rule: str | None
    """Name of the rule that applied; ``None`` for the thresholds and the cap."""

    decision: Decision
    """The decision after this step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy says of one ad."""

    decision: Decision
    reasons: tuple[Reason, ...]
    """In the order in which they were applied. Empty where the score reaches no threshold and no
    rule applies."""

    priority: int
    """Place in the reviewers' queue, 0 to 100; see :func:`expected_harm` for the formula."""

    policy: str
    """``name/revision``."""

    observed: Decision | None
    """In observe mode, what the decision would have been; else ``None``."""

    margin: float
    """Distance in logits of the score from the nearest threshold of the ad's place: the smaller,
    the sooner another score would have been another decision. Infinite where there is none."""

    @property
    def intended(self) -> Decision:
        """What the policy says of the ad, whether or not it is enforced: for a dry run."""
        return self.decision if self.observed is None else self.observed


def decide(policy: Policy, facts: Facts) -> Outcome:
    """The thresholds of the ad's place give a decision; rules change it in order; the cap holds."""
    cuts = policy.thresholds.table[facts.platform, facts.surface]
    decision = cuts.decision(facts.score)
    reasons = [] if decision == "allow" else [Reason(f"score_at_{decision}", None, decision)]
    priority = expected_harm(facts)
    for rule in policy.rules:
        if rule.when.holds(facts):
            decision = rule.then.applied(decision)
            priority += rule.then.priority
            reasons.append(Reason(rule.then.reason or rule.name, rule.name, decision))
            if rule.stop:
                break
    if facts.kind in CAPPED and decision != at_most(decision, CAP):
        decision = CAP
        reasons.append(Reason(CAP_REASON, None, decision))
    observes = policy.mode == "observe"
    return Outcome(
        decision="allow" if observes else decision,
        reasons=tuple(reasons),
        priority=min(100, max(0, round(priority))),
        policy=policy.label,
        observed=decision if observes else None,
        margin=margin(facts.score, cuts),
    )


def margin(score: float, cuts: Cuts) -> float:
    """See :attr:`Outcome.margin`."""
    at = logit(score, CERTAIN)
    near = (abs(at - logit(cut, CERTAIN)) for cut in cuts if math.isfinite(cut))
    return min(near, default=math.inf)
