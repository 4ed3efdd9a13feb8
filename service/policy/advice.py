"""What a policy may say and had better not."""

from collections.abc import Iterator

from models.labels import Kind
from service.language_tags import shortest
from service.policy.conditions import When
from service.policy.model import Policy, Rule
from service.policy.parts import NEVER


def advice(policy: Policy) -> list[str]:
    """One sentence for each doubt.

    98.4 % of 430 ordinary migrant job adverts carried at least one published indicator of
    trafficking (Volodko, Cockbain and Kleinberg 2019), and a language or a place is no sign at all.
    So a rule that makes a decision more severe should also look at what the model says.

    A rule that no ad can meet, or that is never read, protects nobody, and looks as if it did.
    """
    return [*honest_ads(policy), *long_tags(policy), *idle(policy)]


def honest_ads(policy: Policy) -> list[str]:
    """Rules that honest ads meet."""
    return [
        f"rule `{rule.name}` makes decisions more severe without looking at `score`, `kind` or "
        "`harms`: honest ads will meet it"
        for rule in policy.rules
        if raises(rule) and not {"score", "kind", "harms"} & rule.when.model_fields_set
    ]


def long_tags(policy: Policy) -> Iterator[str]:
    """Languages that no text is read as."""
    for rule in policy.rules:
        for tag in rule.when.language or ():
            if (short := shortest(tag)) != tag:
                yield (
                    f"rule `{rule.name}` is met by `{tag}` only where that comes with the ad: "
                    f"`{short}` is met by both"
                )


def raises(rule: Rule) -> bool:
    """Whether a rule can make a decision more severe."""
    return any(word not in (None, "allow") for word in (rule.then.decision, rule.then.at_least))


def idle(policy: Policy) -> Iterator[str]:
    """Rules that never apply."""
    last: Rule | None = None
    for rule in policy.rules:
        why = unmet(rule.when)
        if why is not None:
            yield f"rule `{rule.name}` is never met: {why}"
        elif last is not None:
            yield f"rule `{rule.name}` is never read: `{last.name}` before it stops at every ad"
        elif rule.stop and meets_all(rule.when):
            last = rule


def unmet(when: When) -> str | None:
    """Why no ad can meet the conditions; ``None`` where one can."""
    if when.score is not None and (when.score.at_least == NEVER or when.score.below == 0):
        return "no score is in its range"
    if when.harms is not None and when.kind is not None and Kind.LURE not in when.kind:
        return "no harm is named unless the kind is `lure`"
    return None


def meets_all(when: When) -> bool:
    """Whether every ad meets the conditions: a score from 0, and nothing else."""
    if when.score is None or when.model_fields_set != {"score"}:
        return False
    return when.score.at_least in (None, 0) and when.score.below in (None, NEVER)
