"""The picture of a soak: memory, and how long answers took, over time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.bench.plot import DPI, OTHER_COLOUR, OURS_COLOUR, SIZE
from tests.faults.flat import LEAVES_OUT, Slope
from tests.faults.soak import Sample


def draw(samples: Sequence[Sample], slope: Slope, path: Path) -> None:
    """Two panels; the name's ending says the form (``.webp``, ``.svg``, ``.png``)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    minutes = np.array([one.seconds / 60 for one in samples])
    resident = np.array([one.resident_mb for one in samples])
    figure, (above, below) = pyplot.subplots(2, 1, figsize=SIZE, sharex=True)
    above.plot(minutes, resident, color=OURS_COLOUR, linewidth=1.5)
    counted = minutes >= minutes[0] + LEAVES_OUT * (minutes[-1] - minutes[0])
    line = resident[counted].mean() + slope.middle / 10 * (
        minutes[counted] - minutes[counted].mean()
    )
    above.plot(minutes[counted], line, color=OTHER_COLOUR, linewidth=1, linestyle="--")
    above.set_ylim(0, resident.max() * 1.15)
    above.set_ylabel("memory, MB", fontsize=9)
    above.set_title(f"resident memory: {slope.written()}", fontsize=10)
    for name, values, colour in (
        ("p50", [one.p50_ms for one in samples], OURS_COLOUR),
        ("p99", [one.p99_ms for one in samples], OTHER_COLOUR),
    ):
        below.plot(minutes, values, color=colour, linewidth=1.5, label=name)
    below.set_ylim(bottom=0)
    below.set_ylabel("single ads, ms", fontsize=9)
    below.set_xlabel("minutes", fontsize=9)
    below.legend(frameon=False, fontsize=9)
    for panel in (above, below):
        panel.grid(axis="y", color="#dddddd")
        panel.set_axisbelow(True)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    pyplot.close(figure)
