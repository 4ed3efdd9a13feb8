"""Corpora that grew since a bundle was fitted on them, prepared for a fit that goes on from it.

A new text may nearly repeat one that the bundle was fitted on, and its own name may draw another
split. What was fitted on decides then: in test it would be no test, in calibration it would set
thresholds too high. What was held out stays held out: a new text that lies between both is left
out, and counted.
"""

from collections import defaultdict
from collections.abc import Sequence

from models import trained_on
from models.bundle import Bundle
from models.trained_on import TrainedOn
from training.corpus.row import Row
from training.errors import StartError
from training.near_duplicates import join_groups, near_any
from training.recipe import Recipe
from training.splits import drawn, is_left_out, split_of

STAYS = ("test", "train", "calibration")
"""Where new texts join groups that were of several splits, the first of these takes them all: what
was fitted on never sets thresholds. The first is refused when the fit begins."""


def fitted_on_by(start: Bundle) -> TrainedOn:
    """What a bundle was fitted on. Raises :class:`~training.errors.StartError` for one that is
    older than the record of it."""
    seen = start.trained_on()
    if seen is None:
        raise StartError(
            f"{start.path} does not say what it was fitted on; start from a newer bundle"
        )
    return seen


def settled(
    rows: Sequence[Row], groups: Sequence[str], recipe: Recipe, seen: TrainedOn
) -> tuple[list[Row], list[Row]]:
    """The rows that stay, and those left out: new ones that lie next to what was fitted on and hang
    together with a text that must not be fitted on. ``groups``: those that the rows joined."""
    known = fitted_on(rows, seen)
    mixed = {group for group, own in zip(groups, known, strict=True) if own}
    new = [i for i, group in enumerate(groups) if group in mixed and not known[i]]
    around = {groups[i] for i in new}
    old = [rows[i].text for i, group in enumerate(groups) if known[i] and group in around]
    near = near_any([rows[i].text for i in new], old)
    beside = {
        i for i, is_near in zip(new, near, strict=True) if is_near or seen.holds(rows[i].group)
    }
    torn = {
        groups[i]
        for i in new
        if is_left_out(rows[i], recipe) or (i not in beside and draws_test(rows[i], recipe))
    }
    gone = {i for i in beside if groups[i] in torn}
    return (
        [row for i, row in enumerate(rows) if i not in gone],
        [row for i, row in enumerate(rows) if i in gone],
    )


def splits_before(
    rows: Sequence[Row], groups: Sequence[str], recipe: Recipe, seen: TrainedOn
) -> dict[str, str]:
    """Split of each joined group that holds texts which were fitted on: theirs, as it was drawn
    before anything new came."""
    known = [
        (row, group)
        for row, group, own in zip(rows, groups, fitted_on(rows, seen), strict=True)
        if own
    ]
    alone = [row for row, _ in known]
    before = join_groups([row.text for row in alone], [row.group for row in alone])
    splits = drawn(alone, before, recipe)
    found: dict[str, set[str]] = defaultdict(set)
    for (_, group), own in zip(known, before, strict=True):
        found[group].add(splits[own])
    return {
        group: next((split for split in STAYS if split in several), min(several))
        for group, several in found.items()
    }


def fitted_on(rows: Sequence[Row], seen: TrainedOn) -> list[bool]:
    """Whether each row was: its group is known, and its text. Groups grow too; one of which no text
    is known was only written anew."""
    texts = {sketch.tobytes() for sketch in seen.sketches}
    held = [seen.holds(row.group) for row in rows]
    same = [
        own and trained_on.sketch(row.text).tobytes() in texts
        for row, own in zip(rows, held, strict=True)
    ]
    with_text = {row.group for row, own in zip(rows, same, strict=True) if own}
    return [
        own and (known or row.group not in with_text)
        for row, own, known in zip(rows, held, same, strict=True)
    ]


def draws_test(row: Row, recipe: Recipe) -> bool:
    """Whether it may have been held out before: nothing says which texts were."""
    return split_of(row.group, recipe.mix.split, recipe.seed) == "test"
