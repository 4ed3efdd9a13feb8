"""Bars as SVG, drawn here: no script, no style of its own, colours from the style sheet. What a
picture shows stands in a table beside it, so a screen reader is told its name alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 440, 180
LEFT, BOTTOM, TOP = 44, 24, 12
"""Pixels for the numbers beside and the days below."""

LABELS = 4
"""Days that are named at most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of parts, one on the other."""

    label: str
    parts: tuple[float, ...]


def bars(columns: Sequence[Bar], name: str, line: float | None = None) -> Markup:
    """The picture. ``line``: a value that is marked across."""
    top = nice(max([sum(one.parts) for one in columns] + [line or 0.0]))
    scale = (HEIGHT - BOTTOM - TOP) / top
    step = (WIDTH - LEFT) / max(1, len(columns))
    drawn = [
        Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, HEIGHT, name
        )
    ]
    for value in (0.0, top / 2, top):
        y = round(HEIGHT - BOTTOM - value * scale, 1)
        drawn.append(
            Markup('<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" class="end">{}</text>')
            .format(LEFT, y, WIDTH, LEFT - 6, y + 4, short(value))
        )  # fmt: skip
    every = max(1, -(-len(columns) // LABELS))
    for i, column in enumerate(columns):
        x = LEFT + i * step
        bottom = float(HEIGHT - BOTTOM)
        for series, value in enumerate(column.parts):
            height = value * scale
            bottom -= height
            if value > 0:
                drawn.append(
                    Markup('<rect class="s{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                        series, round(x + step * 0.12, 1), round(bottom, 1),
                        round(step * 0.76, 1), round(max(height, 0.5), 1),
                    )
                )  # fmt: skip
        if i % every == 0:
            drawn.append(
                Markup('<text x="{}" y="{}">{}</text>').format(
                    round(x + step * 0.12, 1), HEIGHT - 6, column.label[5:]
                )
            )
    if line is not None:
        y = round(HEIGHT - BOTTOM - line * scale, 1)
        drawn.append(Markup('<path class="line" d="M{} {}H{}"/>').format(LEFT, y, WIDTH))
    drawn.append(Markup("</svg>"))
    return Markup("").join(drawn)


def nice(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … above, or a part of them.

    >>> nice(0), nice(7), nice(0.3), nice(140)
    (1.0, 10.0, 0.5, 200.0)
    """
    if value <= 0:
        return 1.0
    size = 0.01
    while True:
        for factor in (1, 2, 5):
            if value <= size * factor * 1.000001:
                return round(size * factor, 2)
        size *= 10


def short(value: float) -> str:
    """A number in few characters.

    >>> short(0.0), short(0.25), short(100.0), short(2.5)
    ('0', '0.25', '100', '2.5')
    """
    return f"{value:g}"
