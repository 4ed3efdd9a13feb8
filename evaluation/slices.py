"""Which slices a text stands in: every figure is also given for each of them."""

from collections.abc import Callable, Iterable, Sequence

from evaluation.figures import SHORT, Figures, figures
from evaluation.metrics import Floats
from evaluation.robustness.words import script_of
from evaluation.rows import Labelled
from models.calibration import OperatingPoint

LENGTHS = ((80, "under 80"), (300, "80 to 299"), (1000, "300 to 999"))
"""Bands of length in characters; what is longer is ``1000 and more``."""

SUB_CLASSES = (
    "overseas", "no_experience", "guild", "poor_conditions", "warning", "news", "survivor",
    "question",
)  # fmt: skip
"""Honest texts that are easily taken for lures."""


def language(row: Labelled) -> str:
    """Primary subtag."""
    return row.language.split("-")[0]


def script(row: Labelled) -> str:
    """Script of most of the text's letters, by the first word of their Unicode names."""
    return script_of(row.text).capitalize() or "none"


def length(row: Labelled) -> str:
    """Band of the text's length in characters."""
    over = f"{LENGTHS[-1][0]} and more"
    return next((name for limit, name in LENGTHS if len(row.text) < limit), over)


def one(value: str) -> tuple[str, ...]:
    """A label, unless it is empty."""
    return (value,) if value else ()


DIMENSIONS: dict[str, Callable[[Labelled], Iterable[str]]] = {
    "source": lambda row: one(row.source),
    "language": lambda row: one(language(row)),
    "script": lambda row: one(script(row)),
    "kind": lambda row: one(row.kind),
    "harm": lambda row: row.harms,
    "platform": lambda row: one(row.platform),
    "surface": lambda row: one(row.surface),
    "length": lambda row: one(length(row)),
    "formality": lambda row: one(row.register),
    "year": lambda row: one("" if row.year is None else str(row.year)),
    "sub-class": lambda row: one(row.sub_class),
}
"""Slices of each row by dimension. A text can stand in several harms, or in none."""


def sliced(
    rows: Sequence[Labelled], scores: Floats, points: Sequence[OperatingPoint]
) -> dict[str, dict[str, Figures]]:
    """Figures by dimension and slice. A kind or a harm is one-sided: it has rates alone."""
    found: dict[str, dict[str, Figures]] = {}
    for dimension in DIMENSIONS:
        slices = members(rows, dimension)
        if slices:
            found[dimension] = {
                name: figures([rows[i] for i in own], scores[own], points, SHORT)
                for name, own in slices.items()
            }
    return found


def members(rows: Sequence[Labelled], dimension: str) -> dict[str, list[int]]:
    """Positions of the rows of each slice, by its name, in the order of the names."""
    found: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        for name in DIMENSIONS[dimension](row):
            found.setdefault(name, []).append(i)
    return dict(sorted(found.items()))
