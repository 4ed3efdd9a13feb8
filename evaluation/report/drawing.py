"""A matplotlib figure as SVG that stands inside a page: its words are text, its colours are the
page's own, and equal figures give equal bytes."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, QUIET, FIRST, SECOND, THIRD, FOURTH = (f"#00000{i}" for i in range(1, 7))
PAGE_COLOURS = {
    INK: "currentColor",
    QUIET: "var(--rule)",
    FIRST: "var(--series-1)",
    SECOND: "var(--series-2)",
    THIRD: "var(--series-3)",
    FOURTH: "var(--series-4)",
}
"""Stand-ins that are drawn with, and what each becomes: a page changes its colours by night."""

SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lurewatch",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": QUIET,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
SIZE = 3.9, 3.0
"""Of a curve, in inches."""

LONGEST = 28
"""Characters of a name that a plot has room for."""

NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture with the words under it."""

    svg: Markup
    caption: str
    is_wide: bool
    """Whether it needs more room than a curve."""


def clipped(name: str) -> str:
    """Short enough to stand beside a plot."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def drawn(
    key: str,
    title: str,
    caption: str,
    draw: Callable[..., None],
    size: tuple[float, float] = SIZE,
    heights: tuple[float, ...] = (1,),
) -> Plot:
    """What ``draw`` makes of the axes it is given, one for each of ``heights`` from the top.

    ``key`` keeps the picture's ids apart from those of others on the page; ``size`` in inches.
    """
    with style.context(["default", SETTINGS]):
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(len(heights), squeeze=False, height_ratios=heights, sharex=True)
        axes: list[Axes] = list(grid[:, 0])
        draw(*axes)
        for one in axes:
            one.grid(True)
            one.set_axisbelow(True)
        axes[0].set_title(title, loc="left", fontsize=9, fontweight="bold")
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata=NO_METADATA)
    return Plot(Markup(inside_a_page(stream.getvalue(), key, title)), caption, size[0] > SIZE[0])


def inside_a_page(svg: str, key: str, title: str) -> str:
    """Without prologue, comments, namespaces, fixed size and style sheet, under ids of its own and
    with a name for those who hear the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box, "matplotlib always gives one. This is a bug."
    opening = f'<svg role="img" aria-label="{Markup.escape(title)}" {box[0]}>'
    svg = re.sub(r"<svg[^>]*>", lambda _: opening, svg, count=1)
    svg = re.sub(r'\bid="', f'id="{key}-', svg)
    svg = svg.replace('xlink:href="#', f'href="#{key}-').replace("url(#", f"url(#{key}-")
    for stand_in, colour in PAGE_COLOURS.items():
        svg = svg.replace(stand_in, colour)
    return re.sub(r"\n\s*", "\n", svg)
