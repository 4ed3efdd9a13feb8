"""Indicators against the words a reader marked, in code points of the text as received."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.rows import Labelled, Mark
from evaluation.slices import language
from models.rendering import Located
from service.assessment import Assessment

OVERLAP = 0.5
"""Intersection over union from which a span counts as found (Everingham et al. 2010)."""


@dataclass(slots=True)
class Count:
    """Hits, what was shown and what was marked; of one measure."""

    hits: int = 0
    shown: int = 0
    marked: int = 0

    def add(self, hits: int, shown: int, marked: int) -> None:
        """Count one text in."""
        self.hits, self.shown, self.marked = (
            self.hits + hits, self.shown + shown, self.marked + marked,
        )  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """Precision, recall and F1 over all texts and indicators together."""
        precision = self.hits / self.shown if self.shown else 0.0
        recall = self.hits / self.marked if self.marked else 0.0
        f1 = 2 * self.hits / max(1, self.shown + self.marked)
        values = {"precision": precision, "recall": recall, "F1": f1}
        return {k: round(v, 3) for k, v in values.items()} | {
            "shown": self.shown,
            "marked": self.marked,
        }


@dataclass(slots=True)
class Counts:
    """The four measures, from coarse to fine."""

    ads: Count = field(default_factory=Count)
    """An indicator is shown where one is marked, wherever it stands."""

    touching: Count = field(default_factory=Count)
    """A span shares a character with a marked one of its indicator."""

    overlapping: Count = field(default_factory=Count)
    """Their intersection over union is at least :data:`OVERLAP`."""

    characters: Count = field(default_factory=Count)

    def figures(self) -> dict[str, Any]:
        """By name."""
        return {
            "indicators of an ad": self.ads.figures(),
            "spans that touch": self.touching.figures(),
            f"spans that overlap by {OVERLAP}": self.overlapping.figures(),
            "characters": self.characters.figures(),
        }


def spans(rows: Sequence[Labelled], assessments: Sequence[Assessment]) -> dict[str, Any]:
    """Over the texts that a reader looked through, of every kind, also those with nothing to mark
    (what is shown there is wrong), and by language; nothing where there are none."""
    whole, by_language = Counts(), dict[str, Counts]()
    texts = 0
    for row, assessment in zip(rows, assessments, strict=True):
        if row.marks is None:
            continue
        texts += 1
        for counts in (whole, by_language.setdefault(language(row), Counts())):
            count(row.marks, assessment, counts)
    if not texts:
        return {}
    return {
        "texts": texts,
        "all": whole.figures(),
        "languages": {name: own.figures() for name, own in sorted(by_language.items())},
    }


def count(marks: Iterable[Mark], assessment: Assessment, counts: Counts) -> None:
    """Count one text into every measure."""
    truth: dict[str, list[tuple[int, int]]] = {}
    for mark in marks:
        truth.setdefault(mark.indicator, []).append((mark.start, mark.end))
    shown = {
        str(one.indicator): [ends for place in one.spans if (ends := in_text(place))]
        for one in assessment.indicators
    }
    shown = {name: found for name, found in shown.items() if found}
    counts.ads.add(len(truth.keys() & shown.keys()), len(shown), len(truth))
    for name in truth.keys() | shown.keys():
        ours, theirs = shown.get(name, []), truth.get(name, [])
        for measure, least in ((counts.touching, 0.0), (counts.overlapping, OVERLAP)):
            measure.add(matched(ours, theirs, least), len(ours), len(theirs))
        inside, wanted = covered(ours), covered(theirs)
        counts.characters.add(len(inside & wanted), len(inside), len(wanted))


def in_text(place: Located) -> tuple[int, int] | None:
    """Ends of a span of the text itself; a title or a turn carries no marks."""
    return (place.start, place.end) if place.field == "text" else None


def covered(ends: Iterable[tuple[int, int]]) -> set[int]:
    """The code points inside."""
    return {i for start, end in ends for i in range(start, end)}


def matched(
    ours: Sequence[tuple[int, int]], theirs: Sequence[tuple[int, int]], least: float
) -> int:
    """How many of ours meet one of theirs, each of theirs taken once, the best pairs first."""
    pairs = sorted(
        ((overlap(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)),
        reverse=True,
    )
    taken_ours, taken_theirs = set[int](), set[int]()
    for share, i, j in pairs:
        if share > 0 and share >= least and i not in taken_ours and j not in taken_theirs:
            taken_ours.add(i)
            taken_theirs.add(j)
    return len(taken_ours)


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union of two spans, 0 to 1."""
    inside = min(a[1], b[1]) - max(a[0], b[0])
    return max(0, inside) / (max(a[1], b[1]) - min(a[0], b[0])) if inside > 0 else 0.0
