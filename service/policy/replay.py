"""What a change of policy would do to results that were logged: counts and ids, never a text."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from models.unscored import is_unscored
from service.language_tags import primary
from service.policy.decide import CAP_REASON, Outcome, decide
from service.policy.decisions import DECISIONS, Decision
from service.policy.logged import LoggedResult
from service.policy.model import Policy

MAX_WRONG_LISTED = 20
"""Lines that could not be read and are told one by one."""

UNKNOWN = "not given"


@dataclass(frozen=True, slots=True)
class Flip:
    """One ad that the two policies decide differently."""

    id: str
    """The ad's own, or ``line N`` where it had none."""

    before: Decision
    before_by: str
    """Whose word it was: ``rule NAME``, ``thresholds`` or ``cap``."""

    after: Decision
    after_by: str


@dataclass(slots=True)
class Replay:
    """Counts over a log. Modes are left out of account: an observing policy is judged by what it
    would have decided."""

    before: str
    """The policy that the change starts from, ``name/revision``."""

    after: str
    results: int = 0
    table: Counter[tuple[Decision, Decision]] = field(default_factory=Counter)
    """Results by decision before and after."""

    seen_by: dict[str, Counter[str]] = field(default_factory=dict)
    """Results by value of ``platform``, ``language`` (without its region) and ``kind``."""

    flips_by: dict[str, Counter[str]] = field(default_factory=dict)
    """The same for those that flip."""

    first: list[Flip] = field(default_factory=list)
    """The first flips, in the order of the log."""

    unscored: int = 0
    """Lines that stand for an ad without a score: no policy decides on it."""

    wrong: int = 0
    """Lines that are not results."""

    wrong_first: list[str] = field(default_factory=list)
    """What is wrong with the first of them, without their content."""

    @property
    def flips(self) -> int:
        """Results that the two policies decide differently."""
        return sum(count for (old, new), count in self.table.items() if old != new)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "before": self.before,
            "after": self.after,
            "results": self.results,
            "flips": self.flips,
            "table": {
                old: {new: self.table[old, new] for new in DECISIONS} for old in DECISIONS
            },
            "by": {
                name: {
                    value: {"results": count, "flips": self.flips_by[name][value]}
                    for value, count in sorted(values.items())
                }
                for name, values in self.seen_by.items()
            },
            "first": [asdict(flip) for flip in self.first],
            "unscored_lines": self.unscored,
            "wrong_lines": self.wrong,
        }  # fmt: skip


def replay(lines: Iterable[str], before: Policy, after: Policy, first: int = 20) -> Replay:
    """Decide every logged result under both policies. Memory does not grow with the log."""
    found = Replay(before.label, after.label)
    for name in ("platform", "language", "kind"):
        found.seen_by[name], found.flips_by[name] = Counter(), Counter()
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            logged = LoggedResult.model_validate_json(line)
        except ValidationError as error:
            if stands_for_an_error(line):
                found.unscored += 1
                continue
            found.wrong += 1
            if found.wrong <= MAX_WRONG_LISTED:
                found.wrong_first.append(f"line {number}: {reason(error)}")
            continue
        facts = logged.facts()
        tally(found, logged, number, decide(before, facts), decide(after, facts), first)
    return found


def stands_for_an_error(line: str) -> bool:
    """Whether `score` or the stream wrote it in place of a result."""
    try:
        return is_unscored(json.loads(line))
    except (ValueError, RecursionError):
        return False


def reason(error: ValidationError) -> str:
    """The first thing that is wrong with a line, without what stands there."""
    one = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, one["loc"]))
    return f"{place}: {one['msg']}" if place else "not a JSON object"


def tally(
    found: Replay, logged: LoggedResult, number: int, old: Outcome, new: Outcome, first: int
) -> None:
    """Count one result."""
    found.results += 1
    found.table[old.intended, new.intended] += 1
    values = {
        "platform": logged.platform or UNKNOWN,
        "language": primary(logged.language) if logged.language else UNKNOWN,
        "kind": logged.kind,
    }
    flips = old.intended != new.intended
    for name, value in values.items():
        found.seen_by[name][str(value)] += 1
        found.flips_by[name][str(value)] += flips
    if flips and len(found.first) < first:
        name = f"line {number}" if logged.id is None else logged.id
        found.first.append(Flip(name, old.intended, cause(old), new.intended, cause(new)))


def cause(outcome: Outcome) -> str:
    """Whose word the decision was: the last step that changed it."""
    decision, by = "allow", "thresholds"
    for step in outcome.reasons:
        if step.decision != decision:
            own = "cap" if step.key == CAP_REASON else "thresholds"
            decision, by = step.decision, own if step.rule is None else f"rule {step.rule}"
    return by
