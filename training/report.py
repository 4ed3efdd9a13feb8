"""What a run looked like, as pictures beside a page that shows them: for people who retrain."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import at_thresholds
from training.figures import by_set

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

PAGE = "report.md"
BINS = 10


def write(
    out: Path, name: str, epochs: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]],
    scores: Floats,
) -> Path:  # fmt: skip
    """Curves of the run, and calibration and precision against recall on its test split.

    ``epochs`` are the lines of ``metrics.jsonl``, ``rows`` the held-out texts with ``scores``
    ``(rows,)``. Gives the page, in the folder ``out``.
    """
    import matplotlib

    matplotlib.use("Agg")
    out.mkdir(parents=True, exist_ok=True)
    parts = {}
    for subset, own in by_set(rows).items():
        members = [i for i in own if rows[i]["split"] == "test"]
        truth = np.array([rows[i]["kind"] == "lure" for i in members], dtype=bool)
        if truth.any() and not truth.all():
            parts[subset] = scores[members], truth
    pictures = []
    if epochs:
        losses(out / "losses.png", epochs)
        progress(out / "epochs.png", epochs)
        pictures += [
            ("losses.png", "Loss of each part, mean of an epoch."),
            ("epochs.png", "Figures on the calibration split after each epoch."),
        ]
    if parts:
        reliability(out / "calibration.png", parts)
        precision_recall(out / "precision_recall.png", parts)
        pictures += [
            ("calibration.png", "Share of lures among texts of a score, test split; on the "
             "diagonal a score is what it says."),
            ("precision_recall.png", "Precision against recall, test split."),
        ]  # fmt: skip
    lines = [f"# Run of {name}", ""]
    for subset, (_, truth) in parts.items():
        lines.append(f"* Test split, {subset}: {truth.sum()} lures, {(~truth).sum()} others.")
    for file, words in pictures:
        lines += ["", words, "", f"![{words}]({file})"]
    (out / PAGE).write_text("\n".join(lines) + "\n", "utf-8")
    return out / PAGE


def read_epochs(path: Path) -> list[dict[str, Any]]:
    """The lines of a run's ``metrics.jsonl``; none where there is no such file. A line that a kill
    cut short is left out."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        with suppress(json.JSONDecodeError):
            found.append(json.loads(line))
    return found


def losses(path: Path, epochs: Sequence[dict[str, Any]]) -> None:
    """Each part of the loss by epoch, on a logarithmic scale."""
    with _Axes(path, "epoch", "loss") as axes:
        for part in epochs[0]["loss"]:
            axes.plot([e["epoch"] for e in epochs], [e["loss"][part] for e in epochs], label=part)
        axes.set_yscale("log")


def progress(path: Path, epochs: Sequence[dict[str, Any]]) -> None:
    """Ranking, kinds and indicators by epoch."""
    names = {
        "auroc": "area under ROC, all",
        "auroc_real": "area under ROC, collected",
        "kind_accuracy": "kind accuracy",
        "indicator_token_f1": "indicator F1, tokens",
    }
    with _Axes(path, "epoch", "calibration split") as axes:
        for key, label in names.items():
            known = [(e["epoch"], e[key]) for e in epochs if e.get(key) is not None]
            if known:
                axes.plot(*zip(*known, strict=True), marker="o", label=label)
        axes.set_ylim(0, 1.02)


def reliability(path: Path, parts: dict[str, tuple[Floats, Bools]]) -> None:
    """Share of lures against mean score, in bins of equally many texts."""
    with _Axes(path, "mean score", "share of lures") as axes:
        axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        for subset, (scores, truth) in parts.items():
            order = np.argsort(scores, kind="stable")
            bins = [b for b in np.array_split(order, BINS) if len(b)]
            x, y = [scores[b].mean() for b in bins], [truth[b].mean() for b in bins]
            axes.plot(x, y, marker="o", label=subset)


def precision_recall(path: Path, parts: dict[str, tuple[Floats, Bools]]) -> None:
    """Precision at every recall that some threshold gives."""
    with _Axes(path, "recall", "precision") as axes:
        for subset, (scores, truth) in parts.items():
            _, hits, flagged = at_thresholds(scores, truth)
            recall, precision = np.append(0, hits / hits[-1]), hits / flagged
            # The area below is the average precision: a step shows what the recall gained costs.
            axes.step(recall, np.append(precision[:1], precision), where="pre", label=subset)
        axes.set_ylim(0, 1.02)


class _Axes:
    """A picture with one pair of axes, saved where the block ends."""

    def __init__(self, path: Path, x: str, y: str) -> None:
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator

        self.path = path
        self.figure = Figure(figsize=(6, 4), layout="constrained")
        self.axes = self.figure.subplots()
        self.axes.set_xlabel(x)
        if x == "epoch":
            self.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.axes.set_ylabel(y)

    def __enter__(self) -> Any:
        return self.axes

    def __exit__(self, *raised: object) -> None:
        self.axes.legend(frameon=False)
        self.axes.grid(alpha=0.3)
        self.figure.savefig(self.path, dpi=110)
