"""The texts of a simulation: those that the encoder was not fitted on, and near-copies of some, as
a campaign posts one template again and again."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from models.bundle import Bundle
from models.grams import SIMILARITY
from training.augment import break_lines, fill, join_lines
from training.corpus.row import Row
from training.edits import Example
from training.errors import CorpusError
from training.slots import change_slots
from training.splits import draw_of, split_of

REPEATED = 8
"""One text in so many is a template."""

COPIES = 4
"""Of a template, beside the text itself: with them a third of all ads are one of five alike."""


@dataclass(frozen=True, slots=True)
class Text:
    """An ad that could be in a queue."""

    text: str
    language: str
    """Primary subtag."""

    lure: bool
    group: str
    campaign: str
    """Texts of one template have the same."""

    copy: bool
    """Whether it is a near-copy that was made for the simulation."""


def unfitted(rows: Sequence[Row], bundle: Bundle) -> list[Row]:
    """Rows whose labels the bundle's encoder has not learnt: those of its calibration split, and
    those that are neither of a group nor a near-duplicate of a text that it was fitted on. Raises
    :class:`~training.errors.CorpusError` where it does not say what it saw."""
    seen = bundle.trained_on()
    if seen is None:
        raise CorpusError(f"{bundle.path} does not say what it was fitted on: give --encoder base")
    shares, seed = draw_of(bundle.manifest.data)

    def is_unfitted(row: Row) -> bool:
        if seen.holds(row.group):
            return split_of(row.group, shares, seed) == "calibration"
        return seen.nearest(row.text) < SIMILARITY

    return list(filter(is_unfitted, rows))


def texts_of(rows: Sequence[Row]) -> list[Text]:
    """Every labelled row, and behind a template its copies."""
    found = []
    for row in rows:
        if row.kind is None:
            continue
        told = (row.language.split("-")[0].lower(), row.kind == "lure", row.group, row.id)
        found.append(Text(row.text, *told, copy=False))
        if zlib.crc32(row.id.encode()) % REPEATED == 0:
            found += [Text(near_copy(row, i), *told, copy=True) for i in range(COPIES)]
    return found


def near_copy(row: Row, number: int) -> str:
    """The same text with other contacts, places, sums and dates, its lines joined or broken."""
    rng = random.Random(f"{row.id}/{number}")
    changed = change_slots(Example(row.text, None), row.language, rng)
    changed = rng.choice([join_lines, break_lines])(fill(changed, rng), rng)
    return changed.text
