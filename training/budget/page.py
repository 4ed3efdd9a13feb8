"""The curves as a picture, and a short page around it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.budget.curves import AT_1, AUROC, FIGURES, FOUND, WEAKEST
from training.budget.strategies import HARM_FIRST, LEARNING, NOVEL, RANDOM, UNCERTAIN
from training.budget.summary import OVER_ALL

PICTURE, PAGE = "budget.png", "budget.md"
DRAWN = (AT_1, AUROC, WEAKEST)
LINES = (RANDOM, HARM_FIRST, UNCERTAIN, NOVEL, LEARNING)


def write(result: Mapping[str, Any], out: Path) -> Path:
    """Picture and page in the folder; gives the page."""
    out.mkdir(parents=True, exist_ok=True)
    draw(result["figures"], out / PICTURE)
    lines = [
        "# What labels bring, by how they are chosen",
        "",
        told(result["setting"]),
        "",
        f"![Figures on held-out texts against labels, by strategy]({PICTURE})",
        "",
        as_markdown(result["figures"]),
        "",
        "The same against plain uncertainty:",
        "",
        as_markdown(result["against uncertain"], UNCERTAIN),
        "",
        "Mean over all budgets but the first; in brackets the change against the strategy named"
        ", with the 95 % interval of Student's t over the seeds' paired differences. The trials "
        "draw from one corpus and share texts: the interval says what another draw from it would "
        "give, not what another corpus would.",
    ]
    (out / PAGE).write_text("\n".join(lines) + "\n", "utf-8")
    return out / PAGE


def told(setting: Mapping[str, Any]) -> str:
    """One paragraph on data, size and split."""
    return (
        f"{setting['texts']:,} texts and {setting['copies']:,} near-copies of some, read by "
        f"{setting['encoder']}, its weights frozen; a logistic regression on the embeddings. In "
        f"each of {setting['seeds']} trials {setting['held']:.0%} of the near-template groups are "
        f"held out (on average {setting['held lures']:,.0f} lures and "
        f"{setting['held others']:,.0f} others); {setting['waiting']:,.0f} ads of the other groups "
        f"wait, {setting['lure_share']:.0%} of them lures, near-copies among them. "
        f"{setting['start']} labels to begin with, {setting['step']} more at a time, "
        f"{setting['budget']} at the end."
    )


def as_markdown(figures: Mapping[str, Any], against: str = RANDOM) -> str:
    """A row a strategy, a column a figure, the lures found among the labels, and the labels with
    which it does as well as the strategy that it is compared with does at the end."""
    names = [name for name in FIGURES if name in figures[against]]
    lines = [
        "| chosen | " + " | ".join(names) + " | lures among all labels | labels that do as well as "
        f"all of {against}, {AT_1} |",
        "| --- |" + " --- |" * len(names) + " ---: | ---: |",
    ]
    for strategy, entry in figures.items():
        cells = [strategy, *(cell(entry[name][OVER_ALL]) for name in names)]
        cells.append(f"{entry[FOUND]['by budget'][-1]['mean']:.0f}")
        cells.append(str(entry[AT_1]["labels for what the other reaches"] or "more"))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(entry: Mapping[str, Any]) -> str:
    """Mean, change, interval."""
    text = f"{entry['mean']:.3f}"
    if "change" in entry:
        text += f" ({entry['change']:+.3f}"
        if "interval" in entry:
            low, high = entry["interval"]
            text += f" [{low:+.3f}, {high:+.3f}]"
        text += ")"
    return text


def draw(figures: Mapping[str, Any], path: Path) -> None:
    """Each figure against the labels; behind the learning order the interval of its change against
    random."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    names = [name for name in DRAWN if name in figures[RANDOM]]
    figure = Figure(figsize=(4 * len(names), 4), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        base = figures[RANDOM][name]["by budget"]
        for strategy in LINES:
            points = figures[strategy][name]["by budget"]
            x = [point["labels"] for point in points]
            (line,) = axes.plot(x, [p["mean"] for p in points], marker=".", label=strategy)
            if strategy == LEARNING:
                low = [r["mean"] + p["interval"][0] for r, p in zip(base, points, strict=True)]
                high = [r["mean"] + p["interval"][1] for r, p in zip(base, points, strict=True)]
                axes.fill_between(x, low, high, color=line.get_color(), alpha=0.12, linewidth=0)
        axes.set_xlabel("labels")
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.3)
    figure.axes[-1].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)
