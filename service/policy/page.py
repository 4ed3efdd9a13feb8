"""A replay as a page of text."""

from collections.abc import Iterator

from service.policy.decisions import DECISIONS
from service.policy.replay import Replay


def as_text(found: Replay) -> str:
    """The counts, the table of decisions, the flips by slice, the first flips by id."""
    return "\n".join([*summary(found), *table(found), *slices(found), *flips(found)])


def summary(found: Replay) -> Iterator[str]:
    """One line."""
    share = found.flips / found.results if found.results else 0
    yield (
        f"{found.before} -> {found.after}: {found.flips:,} of {found.results:,} decisions flip "
        f"({share:.1%})"
    )


def table(found: Replay) -> Iterator[str]:
    """Decisions before in rows, after in columns, with sums."""
    yield ""
    yield row("before \\ after", [*DECISIONS, "all"])
    for old in DECISIONS:
        counts = [found.table[old, new] for new in DECISIONS]
        yield row(old, [f"{count:,}" for count in (*counts, sum(counts))])
    sums = [sum(found.table[old, new] for old in DECISIONS) for new in DECISIONS]
    yield row("all", [f"{count:,}" for count in (*sums, found.results)])


def row(name: str, cells: list[str]) -> str:
    """Cells under each other."""
    return f"{name:<14}" + "".join(f"{cell:>10}" for cell in cells)


def slices(found: Replay) -> Iterator[str]:
    """Flips of each platform, language and kind, the most first."""
    for name, values in found.flips_by.items():
        yield ""
        yield f"flips by {name}"
        for value, count in sorted(values.items(), key=lambda one: (-one[1], one[0])):
            yield f"  {value:<16}{count:>8,} of {found.seen_by[name][value]:,}"


def flips(found: Replay) -> Iterator[str]:
    """The first flips, by id, with whose word each decision was."""
    if found.first:
        yield ""
        yield f"the first {len(found.first)} flips"
    for one in found.first:
        yield f"  {one.id}: {one.before} ({one.before_by}) -> {one.after} ({one.after_by})"
