"""What stands in one cell of a table: a figure with its interval, or a plain value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

AREA = "area under ROC"
"""The figure that gets a bar beside its number."""

INTERVAL = {"value", "low", "high"}
"""What makes a mapping one figure with its 95 % interval."""

RATE = {"texts", "groups"}
"""What a figure has that is a share of texts. It is printed in per cent, and so is any recall."""

OF_TOO_FEW = {"mean", "share", "points", "low", "high", "precision", "recall", "F1"}
"""Plain numbers that are there unless they were counted on too few."""

COUNTS = ("texts", "groups", "lures", "others")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says."""

    text: str
    interval: str = ""
    """95 % interval, as ``low to high``."""

    counted_on: str = ""
    """How much the figure was counted on."""

    bar: tuple[float, float, float] | None = None
    """Ends and place of the value, 0 to 100 on a scale of 0.5 to 1; none: no bar."""

    muted: bool = False
    """There is no figure, and the text says why."""

    is_number: bool = False


def is_figure(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether it is one figure with its interval."""
    if not isinstance(value, Mapping) or not value.keys() >= INTERVAL:
        return False
    return all(isinstance(value[name], int | float | None) for name in INTERVAL)


def cell(name: str, value: Any) -> Cell:
    """A figure with its interval and what it was counted on, or a plain value."""
    if is_figure(value):
        return figure(name, value)
    if value is None:
        few = name in OF_TOO_FEW or name.startswith("holds")
        return Cell("too few" if few else "none", muted=True)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return Cell(number(value), is_number=True)
    if isinstance(value, Mapping | list | tuple):
        return Cell(listed(value), muted=not value)
    return Cell(str(value))


def figure(name: str, value: Mapping[str, Any]) -> Cell:
    """In per cent where it is a share of lures or of others."""
    rest = {k: v for k, v in value.items() if k not in INTERVAL}
    counted_on = ", ".join(f"{cell('', n).text} {noun(k, n)}" for k, n in rest.items())
    middle, low, high = (value[k] for k in ("value", "low", "high"))
    if middle is None or low is None or high is None:
        one_class = rest.get("lures") == 0 or rest.get("others") == 0
        return Cell("one class only" if one_class else "too few", "", counted_on, None, True)
    bar = (place(low), place(middle), place(high)) if name == AREA else None
    if name.startswith("recall") or value.keys() >= RATE:
        interval = f"{100 * low:.1f} to {100 * high:.1f}"
        return Cell(f"{100 * middle:.1f} %", interval, counted_on, bar, is_number=True)
    interval = f"{number(low)} to {number(high)}"
    return Cell(number(middle), interval, counted_on, bar, is_number=True)


def noun(name: str, n: Any) -> str:
    """In the singular where there is one."""
    return name.removesuffix("s") if n == 1 and name in COUNTS else name


def place(value: float) -> float:
    """On the scale of a bar, which starts at 0.5: chance."""
    return round(200 * (min(1.0, max(0.5, value)) - 0.5), 1)


def number(value: float) -> str:
    """Whole numbers whole; others to three decimals, large ones to one, and small ones to one digit
    rather than to 0."""
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < 0.0005:
        return f"{value:.1g}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def listed(values: Iterable[Any]) -> str:
    """Scalars, one after the other."""
    return ", ".join(cell("", one).text for one in values) or "none"
