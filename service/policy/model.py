"""A policy file: who decides what, in the order in which it is read."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from service.policy.conditions import When
from service.policy.decisions import CAP, CAPPED, SEVERITY, Decision, at_least, at_most
from service.policy.parts import Name, Part, wrong
from service.policy.thresholds import Thresholds

MAX_RULES = 200
"""Rules of one policy: what a person can still keep in mind, and what is decided in well under a
millisecond."""


class Then(Part):
    """What a rule does to the decision so far, to the priority and to the reasons."""

    decision: Decision | None = None
    """Replaces the decision so far."""

    at_least: Decision | None = None
    """Makes a milder decision this severe."""

    at_most: Decision | None = None
    """Makes a more severe decision this mild."""

    priority: Annotated[int, Field(strict=True, ge=-100, le=100)] = 0
    """Added to the place in the reviewers' queue, 0 to 100."""

    reason: Name | None = None
    """Key of the text that tells a person why. Default: the rule's name."""

    @model_validator(mode="after")
    def does_one_thing(self) -> Self:
        """At most one word on the decision, and something at all."""
        if [self.decision, self.at_least, self.at_most].count(None) < 2:
            raise wrong("give at most one of `decision`, `at_least` and `at_most`")
        if not self.model_fields_set:
            raise wrong("does nothing: give a decision, a `priority` or a `reason`")
        return self

    def applied(self, decision: Decision) -> Decision:
        """The decision after this rule."""
        if self.decision is not None:
            return self.decision
        if self.at_least is not None:
            return at_least(decision, self.at_least)
        return at_most(decision, self.at_most) if self.at_most is not None else decision


class Rule(Part):
    """One rule. Rules are read in order; each sees the decision that those before it left."""

    name: Name
    when: When
    then: Then
    stop: Annotated[bool, Field(strict=True)] = False
    """Whether no later rule is read when this one applies."""

    @model_validator(mode="after")
    def keeps_the_cap(self) -> Self:
        """No rule may say that a warning or a fragment is to be blocked."""
        for field in ("decision", "at_least"):
            decision = getattr(self.then, field)
            named = [kind for kind in self.when.kind or () if kind in CAPPED]
            if named and decision is not None and SEVERITY[decision] > SEVERITY[CAP]:
                raise wrong(
                    f"`{named[0]}` never goes above `{CAP}`: take it out of this rule's "
                    f"`when.kind`, or decide `{CAP}`", "then", field,
                )  # fmt: skip
        return self


class Policy(Part):
    """A whole policy, its thresholds resolved against one bundle."""

    version: Literal[1]
    """Format of the file."""

    name: Name
    revision: Annotated[int, Field(strict=True, ge=1)]
    """Raise it with every change: results name the policy as ``name/revision``."""

    mode: Literal["enforce", "observe"] = "enforce"
    """``observe``: every answer is ``allow``, with what it would have been."""

    thresholds: Thresholds
    rules: Annotated[tuple[Rule, ...], Field(max_length=MAX_RULES)] = ()

    @model_validator(mode="before")
    @classmethod
    def complete(cls, given: Any) -> Any:
        """Without thresholds, the bundle's operating points are them."""
        return {"thresholds": {}} | given if isinstance(given, dict) else given

    @model_validator(mode="after")
    def each_name_once(self) -> Self:
        """Reasons and replays name rules."""
        names = [rule.name for rule in self.rules]
        for position, name in enumerate(names):
            if name in names[:position]:
                raise wrong(f"another rule is called `{name}`", "rules", position, "name")
        return self

    @property
    def label(self) -> str:
        """``name/revision``: the version that results give."""
        return f"{self.name}/{self.revision}"
