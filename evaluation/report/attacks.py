"""What the attacks of :mod:`evaluation.robustness.measure` left of the recall, as tables and plots.

Whatever that answer comes to hold, no value of it is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from evaluation.report.cells import is_figure
from evaluation.report.drawing import INK, Plot, clipped, drawn
from evaluation.report.plots import PER_CENT, POINT_MARKS
from evaluation.report.tables import Table, as_mapping, has_levels, records, tables

STRENGTHS = "strengths"
LANE = 0.24
"""Between two strengths of one attack, where 1 is the distance of two attacks."""

Lane = tuple[str, str, Mapping[str, Any]]
"""Attack, strength, and its figures before and after."""


def attack_tables(found: Mapping[str, Any]) -> list[Table]:
    """The run, the attacks, and a row for each of their strengths."""
    attacks: Any = found.get("attacks")
    if not by_strength(attacks):
        return tables("Robustness", found)
    run = {name: value for name, value in found.items() if name != "attacks"}
    told = {
        name: {key: value for key, value in attack.items() if key != STRENGTHS}
        for name, attack in attacks.items()
    }
    results = {name: attack[STRENGTHS] for name, attack in attacks.items()}
    return [
        *tables("Robustness", run),
        *tables("Attacks", told, ("attack",)),
        *records("Under attack", results, ("attack", "strength")),
    ]


def by_strength(attacks: Any) -> bool:
    """Whether it has the shape that the tables and plots are made for."""
    return (
        isinstance(attacks, Mapping)
        and bool(attacks)
        and all(isinstance(one, Mapping) for one in attacks.values())
        and all(has_levels(one.get(STRENGTHS), 1) for one in attacks.values())
    )


def kept_plots(found: Mapping[str, Any]) -> list[Plot]:
    """Recall under each attack that leaves a lure a lure, one plot for each threshold."""
    attacks: Any = found.get("attacks")
    if not by_strength(attacks):
        return []
    lanes: dict[str, list[Lane]] = {}
    for name, attack in attacks.items():
        for strength, one in attack[STRENGTHS].items():
            for threshold, figures in as_mapping(one.get("recall")).items():
                if is_drawable(figures):
                    lanes.setdefault(threshold, []).append((name, strength, figures))
    return [kept(f"kept{i}", threshold, own) for i, (threshold, own) in enumerate(lanes.items(), 1)]


def is_drawable(figures: Any) -> bool:
    """Whether there is a figure before and one after."""
    sides = [as_mapping(figures).get(when) for when in ("before", "after")]
    return all(is_figure(side) and None not in side.values() for side in sides)


def kept(key: str, threshold: str, lanes: Sequence[Lane]) -> Plot:
    """A lane for each attack and strength: recall after, its interval, and a tick for before."""
    names = list(dict.fromkeys(name for name, _, _ in lanes))
    strengths = list(dict.fromkeys(strength for _, strength, _ in lanes))

    def draw(axes: Axes) -> None:
        for i, strength in enumerate(strengths):
            own = [(names.index(n), f) for n, s, f in lanes if s == strength]
            y = [at + LANE * (i - (len(strengths) - 1) / 2) for at, _ in own]
            after = [f["after"] for _, f in own]
            shape, colour = POINT_MARKS[i % len(POINT_MARKS)]
            axes.hlines(y, [a["low"] for a in after], [a["high"] for a in after], color=colour)
            axes.plot(
                [a["value"] for a in after], y, shape, color=colour, markersize=4.5,
                label=clipped(f"strength {strength}"), clip_on=False, zorder=3,
            )  # fmt: skip
            axes.plot(
                [f["before"]["value"] for _, f in own],
                y,
                "|",
                color=INK,
                markersize=7,
                clip_on=False,
            )
        axes.plot([], [], "|", color=INK, label="before the attack")
        axes.set(xlabel="recall of lures", xlim=(0, 1), ylim=(len(names) - 0.5, -0.5))
        axes.set_yticks(range(len(names)), [clipped(name) for name in names])
        axes.xaxis.set_major_formatter(PER_CENT)
        axes.figure.legend(loc="outside lower center", ncols=2, frameon=False)

    title = f"Recall under attack, false positives at most {threshold}"
    words = (
        "Recall of lures after each attack, with its 95 % interval, at the threshold that at most "
        f"a share of {threshold} of the unattacked other texts reach. The same texts before and "
        "after."
    )
    return drawn(key, title, words, draw, size=(5.0, 1.2 + 0.36 * len(names)))
