"""Short texts that raise each indicator and such as do not, and how a bundle does on them.

Every text of ``examples.json`` is invented. A raising one is a sentence or two as they would stand
in an ad and shows its indicator; it may show others beside. A counter-example does not show it: an
honest use, a denial, a near miss. No text stands in the training corpus.

With four texts of each sort an indicator's figures are coarse, a quarter a step. They find an
indicator that a bundle has lost; the figures of the evaluation say how good it is.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from models.ad import Ad
from models.labels import Indicator
from service.engine import Engine

PATH = Path(__file__).with_name("examples.json")

SORTS = {"raising": True, "counter": False}
"""Names in the file, and whether the indicator shows."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that was written for one indicator."""

    indicator: Indicator
    raises: bool
    """Whether the indicator is to be shown; for a counter-example it is not."""

    language: str
    """Primary language subtag, as in :func:`service.indicators.languages`."""

    text: str


class Figures(TypedDict):
    """How a bundle does on some of the examples. Shares of 1."""

    raising: int
    """How many are to show their indicator."""

    found: int
    """How many of these do."""

    counter: int
    """How many are not to show theirs."""

    wrong: int
    """How many of these do."""

    precision: float | None
    """``found / (found + wrong)``; none where nothing shows its indicator."""

    recall: float
    """``found / raising``."""


class Check(TypedDict):
    """What :func:`check` says."""

    bundle: str
    overall: Figures
    indicators: dict[Indicator, Figures]
    missed: list[Example]
    """Raising ones that do not show their indicator."""

    wrong: list[Example]
    """Counter-examples that show theirs."""


def read() -> tuple[Example, ...]:
    """All examples, in the order of the file.

    Raises:
        ValueError: the file names an indicator that there is none of.
    """
    return tuple(
        Example(Indicator(name), raises, row["language"], row["text"])
        for name, rows in json.loads(PATH.read_text(encoding="utf-8")).items()
        for sort, raises in SORTS.items()
        for row in rows[sort]
    )


def check(engine: Engine) -> Check:
    """Which examples show their indicator under a bundle. Takes a few seconds."""
    examples = read()
    assessments = engine.assess_now([Ad(example.text) for example in examples])
    shown = [
        (example, any(example.indicator == each.indicator for each in assessment.indicators))
        for example, assessment in zip(examples, assessments, strict=True)
    ]
    return {
        "bundle": engine.name,
        "overall": _figures(shown),
        "indicators": {
            indicator: _figures([one for one in shown if one[0].indicator == indicator])
            for indicator in Indicator
        },
        "missed": [example for example, shows in shown if example.raises and not shows],
        "wrong": [example for example, shows in shown if shows and not example.raises],
    }


def _figures(shown: Sequence[tuple[Example, bool]]) -> Figures:
    raising = [shows for example, shows in shown if example.raises]
    counter = [shows for example, shows in shown if not example.raises]
    found, wrong = sum(raising), sum(counter)
    return {
        "raising": len(raising),
        "found": found,
        "counter": len(counter),
        "wrong": wrong,
        "precision": found / (found + wrong) if found + wrong else None,
        "recall": found / len(raising),
    }
