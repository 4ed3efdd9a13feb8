"""The picture of a result: how many times as fast as plain, with intervals."""

from pathlib import Path

from tests.bench.cells import LOADED, REPEATED, SINGLE
from tests.bench.contestants import BARE, PLAIN
from tests.bench.figures import Estimate, Measured, median, ratio

SIZE = (10.0, 4.6)
DPI = 110
OURS_COLOUR, OTHER_COLOUR, CEILING_COLOUR = "#0b5f8a", "#8a8a8a", "#c08a2b"
TITLES = {
    SINGLE: "all unique, one caller",
    LOADED: "all unique, 16 callers",
    REPEATED: "recorded mixture, 16 callers",
}


def draw(measured: Measured, path: Path) -> None:
    """One panel a load; the name's ending says the form (``.webp``, ``.svg``, ``.png``)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    cells = [cell for cell in TITLES if cell in measured.cells]
    if not cells:
        raise ValueError("the result has no closed loop to draw")
    ours = measured.head.get("ours", [])
    names = [name for name in measured.who(cells[-1])]
    figure, panels = pyplot.subplots(1, len(cells), figsize=SIZE, sharey=True, squeeze=False)
    for panel, cell in zip(panels[0], cells, strict=True):
        for place, name in enumerate(reversed(names)):
            found = speed(measured, cell, name)
            if found is None:
                continue
            colour = OURS_COLOUR if name in ours else OTHER_COLOUR
            colour = CEILING_COLOUR if name == BARE else colour
            panel.plot([found.low, found.high], [place, place], color=colour, linewidth=3)
            panel.plot([found.middle], [place], "o", color=colour, markersize=7)
            panel.annotate(
                f"{found.middle:.1f}", (found.middle, place), textcoords="offset points",
                xytext=(0, 7), ha="center", fontsize=8, color=colour,
            )  # fmt: skip
        panel.set_title(TITLES[cell], fontsize=10)
        panel.set_xlim(left=0)
        panel.set_ylim(-0.6, len(names) - 0.2)
        panel.grid(axis="x", color="#dddddd")
        panel.set_axisbelow(True)
        for side in ("top", "right", "left"):
            panel.spines[side].set_visible(False)
        panel.tick_params(axis="y", length=0)
        panel.set_xlabel(unit(measured, cell), fontsize=9)
    panels[0][0].set_yticks(range(len(names)), [*reversed(names)], fontsize=9)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    pyplot.close(figure)


def speed(measured: Measured, cell: str, name: str) -> Estimate | None:
    """Times plain, or ads a second where plain was not measured."""
    rate = measured.rate(cell, name)
    if not rate:
        return None
    plain = measured.rate(cell, PLAIN)
    return ratio(rate, plain) if plain else median([*rate.values()])


def unit(measured: Measured, cell: str) -> str:
    """Below the axis."""
    if measured.rate(cell, PLAIN):
        return "times FastAPI and transformers"
    return "ads a second"
