"""The figures of an answer of ``run`` as Markdown tables, and their place in a guide."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
WHOLE = (
    "area under ROC", "average precision", "recall at 1 % false positives",
    "recall at 5 % false positives", "calibration error", "area under risk-coverage",
)  # fmt: skip
STRENGTH = "0.5"
AREAS = ("subgroup", "BPSN", "BNSP")

Cells = Sequence[str]
Measured = Mapping[str, Any]


class NoPlace(ValueError):
    """A page without the two marks that the tables go between."""


def put_into(path: Path, words: str, begin: str = BEGIN, end: str = END) -> None:
    """Write ``words`` between the two marks of the page, in the place of what was there. Raises
    :class:`NoPlace`."""
    page = path.read_text("utf-8")
    before, begun, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        raise NoPlace(f"{path} has no {begin} and {end} after it: no place for a table")
    path.write_text(f"{before}{begin}\n\n{words.strip()}\n\n{end}{after}", "utf-8")


def markdown(measured: Measured) -> str:
    """Every table that the answer has something for. A figure of too few says so, with n."""
    parts = [f"`{measured['bundle']}`; in brackets 95 % intervals."]
    parts += [whole(measured), risk(measured)]
    if found := measured.get("fairness"):
        parts += [swaps(found), subgroups(found), gaps(found)]
    else:
        parts.append("Fairness was not measured in this run.")
    if found := measured.get("robustness"):
        parts += [attacks(found)]
    else:
        parts.append("Robustness was not measured in this run.")
    if found := measured.get("search attack"):
        parts.append(search(found))
    return "\n\n".join(part for part in parts if part)


def table(head: Cells, rows: Sequence[Cells], numbers: int) -> str:
    """The last ``numbers`` columns are set to the right."""
    lines = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, lines, *rows))


def figure(found: Any, with_n: bool = False) -> str:
    """A figure with its interval; ``too few``, or a dash where it was not measured."""
    if not isinstance(found, Mapping):
        return "–"
    n = found.get("swaps", found.get("texts"))
    counted = f", n {n:,}" if with_n and n is not None else ""
    if found["value"] is None:
        return f"too few{counted}"
    return f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}]{counted}"


def whole(measured: Measured) -> str:
    """Ranking, calibration and what is flagged at each shipped threshold, by set."""
    sets: Measured = measured["sets"]
    names = [*WHOLE]
    for point in measured["thresholds"]:
        names += [f"{what} at {point}" for what in ("F1", "recall", "false positives")]
    head = ["", *(f"{n}, {s['all']['lures']} / {s['all']['others']}" for n, s in sets.items())]
    rows = [[name, *(figure(own["all"].get(name)) for own in sets.values())] for name in names]
    return "Lures / others:\n\n" + table(head, rows, len(sets))


def risk(measured: Measured) -> str:
    """Share of wrong answers by the share of texts answered, the surest first."""
    rows = [
        [name, *(f"{value:.3f}" for value in own["abstention"]["risk"].values())]
        for name, own in measured["sets"].items()
    ]
    shares = next(iter(measured["sets"].values()))["abstention"]["risk"]
    words = "Share of wrong answers (lure or not, at 0.5) among the surest texts:"
    return f"{words}\n\n" + table(["answered", *shares], rows, len(shares))


def swaps(found: Measured) -> str:
    """Mean change, the worst, and flips at each threshold."""
    points = list(found["thresholds"])
    rows = [
        [
            dimension, way, is_lure, figure(own["mean change"], with_n=True),
            f"{abs(own['worst']['after'] - own['worst']['before']):.3f}",
            *(figure(own["flips"][point]) for point in points),
        ]
        for dimension, ways in found["swaps"].items()
        for way, classes in ways.items()
        for is_lure, own in classes.items()
    ]  # fmt: skip
    head = ["", "way", "texts", "mean change", "worst", *(f"flips at {p}" for p in points)]
    return "Identities and places swapped:\n\n" + table(head, rows, 2 + len(points))


def subgroups(found: Measured) -> str:
    """The three areas of each subgroup that has one."""
    rows = [
        [dimension, name, f"{own['texts']:,}", *(figure(own[area]) for area in AREAS)]
        for dimension, subs in found["subgroups"].items()
        for name, own in subs.items()
        if any(own[area]["value"] is not None for area in AREAS)
    ]
    return "Areas under ROC by who is named:\n\n" + table(["", "named", "n", *AREAS], rows, 4)


def gaps(found: Measured) -> str:
    """The gap of false positives of each pair of sides, in points."""
    rows = []
    for pair, own in found["gaps"].items():
        for point in found["thresholds"]:
            one = own[point]
            sides = pair.split(" and ")
            n = " / ".join(f"{one[side]['texts']:,}" for side in sides)
            told = "too few"
            if one["points"] is not None:
                told = f"{one['points']:.1f} [{one['low']:.1f}, {one['high']:.1f}]"
            rows.append([pair, point, n, told])
    head = ["sides", "threshold", "n", "gap in points"]
    return "False positives of one side less those of the other:\n\n" + table(head, rows, 2)


def attacks(found: Measured) -> str:
    """Recall before and after each attack at one strength, at each false-positive rate."""
    rates = list(found["thresholds"])
    rows = list(attack_rows(found, rates))
    head = ["attack", "lures", *(f"{when}, {r}" for r in rates for when in ("before", "after"))]
    head += ["characters changed"]
    words = f"Share of lures flagged before and after an attack of strength {STRENGTH}, at the "
    words += "false-positive rates of " + " and ".join(rates)
    words += " (italics: flagged wrongly, since the attack makes the lure a warning):"
    return f"{words}\n\n" + table(head, rows, len(head) - 1)


def attack_rows(found: Measured, rates: Sequence[str]) -> Iterator[Cells]:
    """A row for each attack that changed a lure."""
    for name, attack in found["attacks"].items():
        own = attack["strengths"].get(STRENGTH, {})
        told = own.get("recall") or own.get("wrongly flagged")
        if not told:
            continue
        cells = [figure(told[rate][when]) for rate in rates for when in ("before", "after")]
        label = name if attack["keeps label"] else f"*{name}*"
        yield [label, str(own["lures"]), *cells, f"{own['characters changed']:.2f}"]


def search(found: Measured) -> str:
    """How many lures somebody who may ask gets past, and at what cost."""
    rows = []
    for way, own in found.items():
        whole = own["all"] or {}
        queries, changed = (
            whole.get(name) for name in ("median queries", "median share of words changed")
        )
        rows.append([
            way, str(own["budget"]), figure(whole.get("evaded"), with_n=True),
            "–" if queries is None else f"{queries:g}",
            "–" if changed is None else f"{changed:.2f}",
        ])  # fmt: skip
    head = ["search attack", "budget", "evaded", "median queries", "median share of words changed"]
    return table(head, rows, 4)
