"""A policy in words, for every place that an ad can come from."""

from collections.abc import Iterable, Iterator, Sequence

from models.ad import Platform, Surface
from models.calibration import OperatingPoint
from service.policy import phrases
from service.policy.decisions import CAP, CAPPED
from service.policy.model import Policy, Rule
from service.policy.parts import NEVER
from service.policy.thresholds import CONTEXTS, Context, Cuts

PLATFORMS, SURFACES = (None, *Platform), (None, *Surface)


def explain(
    policy: Policy, points: Sequence[OperatingPoint], contexts: Iterable[Context] = CONTEXTS
) -> Iterator[str]:
    """Lines of text. Places where the same is decided are told together."""
    yield f"{policy.label}, {modes(policy)}"
    told: dict[tuple[Cuts, tuple[str, ...]], list[Context]] = {}
    for context in contexts:
        rules = tuple(rule.name for rule in rules_at(policy, context))
        told.setdefault((policy.thresholds.table[context], rules), []).append(context)
    for (cuts, _), places in told.items():
        yield ""
        yield from heading(places)
        yield from ("  " + line for line in ranges(cuts, points))
        for number, rule in enumerate(rules_at(policy, places[0]), 1):
            yield f"  {number}. {sentence(rule, points)}"
    yield ""
    yield (
        f"Always: {' and '.join(sorted(CAPPED))} never go above {CAP}. "
        "Priority is 100 × score × weight of the worst harm named, then the rules' changes."
    )


def modes(policy: Policy) -> str:
    """What the mode means."""
    if policy.mode == "observe":
        return "observe only: answers allow, and says what it would have been"
    return "enforced"


def rules_at(policy: Policy, context: Context) -> list[Rule]:
    """Rules that are read for ads from one place."""
    platform, surface = context
    return [
        rule
        for rule in policy.rules
        if (rule.when.platform is None or platform in rule.when.platform)
        and (rule.when.surface is None or surface in rule.when.surface)
    ]


def heading(places: Sequence[Context]) -> Iterator[str]:
    """Where something holds, platforms with the same surfaces on one line; ``(None, None)`` stands
    for all that is not named elsewhere."""
    if (None, None) in places:
        yield "Wherever nothing else is said"
        return
    on: dict[Platform | None, list[str]] = {}
    for platform, surface in places:
        on.setdefault(platform, []).append(surface or "surface not given")
    alike: dict[tuple[str, ...], list[Platform | None]] = {}
    for platform, surfaces in on.items():
        alike.setdefault(tuple(surfaces), []).append(platform)
    for where, platforms in alike.items():
        every = len(platforms) == len(PLATFORMS)
        name = "any platform" if every else ", ".join(p or "no known platform" for p in platforms)
        yield f"On {name}" + ("" if len(where) == len(SURFACES) else f": {', '.join(where)}")


def ranges(cuts: Cuts, points: Sequence[OperatingPoint]) -> Iterator[str]:
    """The decision of every score, before any rule."""
    begins = [("allow", 0.0), *zip(cuts._fields, cuts, strict=True)]
    reached = [(decision, cut) for decision, cut in begins if cut != NEVER]
    for (decision, low), (_, high) in zip(reached, [*reached[1:], ("", NEVER)], strict=True):
        if low < high:
            first = f"from {phrases.threshold(low, points)}" if low else "from 0"
            last = f" to below {phrases.threshold(high, points)}" if high != NEVER else ""
            yield f"score {first}{last}: {decision}"
    never = [name for name, cut in zip(cuts._fields, cuts, strict=True) if cut == NEVER]
    if never:
        yield f"no score alone leads to {phrases.either(never)}"


def sentence(rule: Rule, points: Sequence[OperatingPoint]) -> str:
    """One rule."""
    asked = phrases.conditions(rule.when, points)
    condition = f"if {', and '.join(asked)}" if asked else "for every ad"
    last = "; then no further rule is read" if rule.stop else ""
    done = ", ".join(phrases.effects(rule.then)) or "no change"
    return f"{rule.name}: {condition}: {done}{last}"
