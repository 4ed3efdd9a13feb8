"""What is set around a text before it is changed itself: a sentence that names somebody, a warning
that quotes it, other honest text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.identity import named
from training.padding import Companies, companies_of, padded
from training.quoting import Frames, frames_of, quoted
from training.recipe import Augment

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Framing:
    """What training texts give to set others in."""

    frames: Frames
    companies: Companies
    chances: Augment

    @classmethod
    def of(cls, rows: Sequence[Row], chances: Augment) -> "Framing":
        """From prepared rows."""
        return cls(frames_of(rows), companies_of(rows), chances)

    def framed(self, row: Row, rng: random.Random, company: bool) -> Row:
        """The row as one epoch sees it; ``company``: it may be set among other honest text."""
        return self.around(self.named(row, rng), rng, company)

    def named(self, row: Row, rng: random.Random) -> Row:
        """The row, by chance with a sentence that names an identity or a place."""
        return named(row, self.chances.name, rng)

    def around(self, row: Row, rng: random.Random, company: bool) -> Row:
        """The row itself, or, by chance, another one around it."""
        found = quoted(row, self.frames, self.chances.quote, rng)
        return padded(row, self.companies, rng) if company and found is row else found
