"""Whether a test set holds what the bundle was fitted on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tqdm import tqdm

from evaluation.rows import Labelled, WrongRow
from models.grams import SIMILARITY
from models.trained_on import TrainedOn


@dataclass(slots=True)
class Leakage:
    """What was found, by id; no text."""

    texts: int
    groups: int
    shared: list[str] = field(default_factory=list)
    """Texts of a group that the bundle was fitted or calibrated on."""

    near: list[tuple[str, float]] = field(default_factory=list)
    """Texts of other groups that are near-duplicates of a training text, with the similarity."""

    def report(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"similarity": SIMILARITY}


def leakage(rows: Sequence[Labelled], seen: TrainedOn) -> Leakage:
    """Look up every row's group and its nearest training text."""
    found = Leakage(len(rows), len({row.group for row in rows}))
    for row in tqdm(rows, desc="leakage", unit="text", mininterval=2):
        if seen.holds(row.group):
            found.shared.append(row.id)
        elif (similarity := seen.nearest(row.text)) >= SIMILARITY:
            found.near.append((row.id, round(similarity, 2)))
    return found


def unseen(rows: Sequence[Labelled], seen: TrainedOn) -> list[Labelled]:
    """The rows of groups that the bundle neither trained nor calibrated on, near-duplicates of
    its texts out."""
    apart = [row for row in rows if not seen.holds(row.group)]
    return [row for row in apart if seen.nearest(row.text) < SIMILARITY]


def refuse_shared(found: Leakage, bundle: str) -> None:
    """Raise :class:`~evaluation.rows.WrongRow` where the test set shares groups with training."""
    if found.shared:
        some = ", ".join(found.shared[:5])
        raise WrongRow(
            f"{len(found.shared)} of {found.texts} texts are of groups that {bundle} was fitted "
            f"on, such as {some}: a figure on them would flatter. Leave them out with --unseen, "
            "or name other files"
        )
