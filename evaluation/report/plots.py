"""The curves of a set, from the points that :mod:`evaluation.curves` keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from evaluation.report.drawing import FIRST, FOURTH, INK, SECOND, THIRD, Plot, clipped, drawn

POINT_MARKS = (("D", SECOND), ("s", THIRD), ("^", FOURTH))
"""Shape and colour of each shipped threshold, from the strictest; more than three go round."""

PER_CENT = FuncFormatter(lambda share, _: f"{100 * share:g} %")


def curves(key: str, found: Mapping[str, Any], thresholds: Sequence[str]) -> list[Plot]:
    """Plots of one set: ROC twice, precision-recall, reliability, risk-coverage; none where the
    set has no curves. ``key`` starts their ids."""
    points = found.get("curves")
    if not points:
        return []
    whole = found["all"]
    return [
        roc(f"{key}-roc", points["roc"], whole, thresholds, logarithmic=False),
        roc(f"{key}-log", points["roc"], whole, thresholds, logarithmic=True),
        precision_recall(f"{key}-pr", points["precision-recall"], whole),
        reliability(f"{key}-cal", points["reliability"]),
        risk_coverage(f"{key}-risk", points["risk-coverage"]),
    ]


def roc(
    key: str,
    points: Sequence[Sequence[float]],
    whole: Mapping[str, Any],
    thresholds: Sequence[str],
    logarithmic: bool,
) -> Plot:
    """Recall against false positives, the shipped thresholds marked."""
    left = min(0.1, 10.0 ** np.floor(np.log10(1 / whole["others"]))) if logarithmic else 0.0
    x, y = np.array(points, dtype=float).T

    def draw(axes: Axes) -> None:
        axes.plot(np.maximum(x, left), y, color=FIRST)
        for i, name in enumerate(thresholds):
            shape, colour = POINT_MARKS[i % len(POINT_MARKS)]
            false = whole[f"false positives at {name}"]["value"]
            recall = whole[f"recall at {name}"]["value"]
            if false is None or recall is None:
                continue
            at = max(false, left)
            axes.plot(
                [at], [recall], shape, color=colour, label=clipped(name), clip_on=False, zorder=3
            )
        axes.set(xlabel="false positives", ylabel="recall of lures", ylim=(0, 1.02))
        axes.set_xlim(left, 1)
        if logarithmic:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(PER_CENT)
            axes.xaxis.set_minor_formatter(NullFormatter())
        else:
            axes.plot([0, 1], [0, 1], color=INK, linewidth=0.6, linestyle=":")
        if thresholds and axes.get_legend_handles_labels()[0]:
            axes.legend(loc="lower right")

    words = "Receiver operating characteristic: the share of lures found for each share of others "
    if logarithmic:
        title = "ROC, few false positives"
        words += (
            f"flagged, on a logarithmic axis; the left edge holds all from 0 to {100 * left:g} %."
        )
    else:
        title = "ROC"
        words += "flagged; dotted: chance. Marked: the shipped thresholds."
    return drawn(key, title, words, draw)


def precision_recall(key: str, points: Sequence[Sequence[float]], whole: Mapping[str, Any]) -> Plot:
    """A step shows what the recall gained costs: the area below is the average precision."""
    x, y = np.array(points, dtype=float).T
    share = whole["lures"] / whole["texts"]

    def draw(axes: Axes) -> None:
        axes.step(np.append(0, x), np.append(y[:1], y), where="pre", color=FIRST)
        axes.axhline(share, color=INK, linewidth=0.6, linestyle=":")
        axes.set(xlabel="recall of lures", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))

    words = (
        "Of the texts flagged, the share that are lures, for each share of lures found. It depends "
        f"on how many lures there are: here {100 * share:.1f} % (dotted), on a platform far fewer."
    )
    return drawn(key, "Precision and recall", words, draw)


def reliability(key: str, bins: Sequence[Sequence[float]]) -> Plot:
    """Share of lures against mean score, over the number of texts of each bin."""
    score, share, texts = np.array(bins, dtype=float).T

    def draw(axes: Axes, below: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.6, linestyle=":")
        axes.plot(score, share, color=FIRST, marker="o", markersize=4, clip_on=False, zorder=3)
        axes.set(ylabel="share of lures", xlim=(0, 1), ylim=(0, 1.02))
        below.vlines(score, 0, texts, color=FIRST, linewidth=2.5)
        below.set(xlabel="mean score", ylabel="texts", ylim=(0, None))

    words = (
        "Reliability: on the dotted line, a score is the share of lures it promises. Below: how "
        "many texts each point stands for, and where."
    )
    return drawn(key, "Reliability", words, draw, heights=(3, 1))


def risk_coverage(key: str, points: Sequence[Sequence[float]]) -> Plot:
    """Share of wrong answers against the share of texts answered."""
    x, y = np.array(points, dtype=float).T

    def draw(axes: Axes) -> None:
        axes.plot(x, y, color=FIRST)
        axes.set(xlabel="texts answered, surest first", ylabel="wrong answers", xlim=(0, 1))
        axes.set_ylim(0, max(0.05, 1.1 * float(y.max())))
        axes.xaxis.set_major_formatter(PER_CENT)
        axes.yaxis.set_major_formatter(PER_CENT)

    words = (
        "Risk and coverage: how many answers (lure or not, at a score of 0.5) are wrong among the "
        "surest texts."
    )
    return drawn(key, "Risk and coverage", words, draw)
