"""Corpora to one data set on disk: groups joined, splits drawn, everything counted and hashed."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, Value, load_from_disk
from datasets import List as Sequence_

from models.trained_on import TrainedOn
from training.corpus.row import Row
from training.errors import CorpusError
from training.growing import settled, splits_before
from training.near_duplicates import join_groups
from training.recipe import Recipe
from training.splits import drawn

LOCK = "dataset.lock.json"
SPLITS = ("train", "calibration", "test", "left_out")

FEATURES = Features(
    {
        "id": Value("string"),
        "text": Value("string"),
        "language": Value("string"),
        "kind": Value("string"),
        "harms": Sequence_(Value("string")),
        "spans": Sequence_(
            {"indicator": Value("string"), "start": Value("int32"), "end": Value("int32")}
        ),
        "group": Value("string"),
        "own_group": Value("string"),  # its name before near-duplicates joined it to others
        "source": Value("string"),
        "synthetic": Value("bool"),
        "platform": Value("string"),
        "surface": Value("string"),
        "register": Value("string"),
        "pair_key": Value("string"),
        "weight": Value("float64"),
        "split": Value("string"),
    }
)


def prepare(
    rows: Sequence[Row], recipe: Recipe, out: Path, seen: TrainedOn | None = None
) -> dict[str, Any]:
    """Write the data set and its lock file to ``out``; gives the lock.

    The lock holds counts and a SHA-256 over every row, so that a bundle can say what it saw.
    ``seen``: what the bundle was fitted on that the fit will begin from; see
    :mod:`training.growing`.
    """
    if not rows:
        raise CorpusError("no rows: name a corpus")
    require_once(rows)
    groups = join_groups([row.text for row in rows], [row.group for row in rows])
    between: list[Row] = []
    if seen is not None:
        rows, between = settled(rows, groups, recipe, seen)
    if between:  # what they joined stands apart again
        groups = join_groups([row.text for row in rows], [row.group for row in rows])
    splits = splits_of(rows, groups, recipe, seen)
    prepared = [
        prepared_row(row, group, splits[group]) for row, group in zip(rows, groups, strict=True)
    ]
    (out / LOCK).unlink(missing_ok=True)  # a stop would leave it beside other rows
    Dataset.from_list(prepared, features=FEATURES).save_to_disk(str(out))
    lock = lock_of(prepared)
    lock["groups_joined"] = len({row.group for row in rows}) - len(set(groups))
    # A fit may have another seed than the one that splits were drawn with.
    lock["drawn"] = {"seed": recipe.seed, "shares": dict(recipe.mix.split)}
    if between:
        lock["left_out_between"] = len(between)  # new, beside a text fitted on and one held out
    (out / LOCK).write_text(json.dumps(lock, indent=1, ensure_ascii=False), "utf-8")
    return lock


def require_once(rows: Sequence[Row]) -> None:
    """Raise :class:`CorpusError` where an id stands twice."""
    repeated = [id for id, count in Counter(row.id for row in rows).items() if count > 1]
    if repeated:
        raise CorpusError(f"{len(repeated)} ids stand twice, such as {repeated[0]!r}")


def splits_of(
    rows: Sequence[Row], groups: Sequence[str], recipe: Recipe, seen: TrainedOn | None = None
) -> dict[str, str]:
    """Split of each joined group. ``seen``: what a bundle was fitted on that is to go on learning;
    such texts take those that joined them since along, save where the recipe leaves one out."""
    found = drawn(rows, groups, recipe)
    before = {} if seen is None else splits_before(rows, groups, recipe, seen)
    stay = {group: split for group, split in before.items() if found[group] != "left_out"}
    return found | stay


def prepared_row(row: Row, group: str, split: str) -> dict[str, Any]:
    """The row as the data set holds it."""
    return {
        "id": row.id,
        "text": row.text,
        "language": row.language,
        "kind": row.kind,
        "harms": None if row.harms is None else list(row.harms),
        "spans": None if row.spans is None else [asdict(span) for span in row.spans],
        "group": group,
        "own_group": row.group,
        "source": row.source,
        "synthetic": row.synthetic,
        "platform": row.platform,
        "surface": row.surface,
        "register": row.register,
        "pair_key": "" if row.pair is None else min(row.id, row.pair),
        "weight": row.weight,
        "split": split,
    }


def lock_of(prepared: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts by source, split and kind, and the digest of all rows in order of their ids. A full
    weight is not in the digest: data from before rows had one keeps its own."""
    digest = hashlib.sha256()
    for row in sorted(prepared, key=lambda row: str(row["id"])):
        told = {name: value for name, value in row.items() if name != "weight" or value != 1}
        digest.update(json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8"))
    by_source: dict[str, dict[str, Any]] = {}
    for row in prepared:
        entry = by_source.setdefault(row["source"], {"rows": 0, "splits": {}, "kinds": {}})
        entry["rows"] += 1
        for what, value in (("splits", row["split"]), ("kinds", row["kind"] or "undecided")):
            entry[what][value] = entry[what].get(value, 0) + 1
    return {
        "sha256": digest.hexdigest(),
        "rows": len(prepared),
        "groups": len({row["group"] for row in prepared}),
        "sources": dict(sorted(by_source.items())),
    }


def load(folder: Path) -> tuple[Dataset, dict[str, Any]]:
    """The prepared data set and its lock. Raises :class:`CorpusError` where there is none."""
    if not (folder / LOCK).is_file():
        raise CorpusError(
            f"{folder} holds no prepared data; run 'python -m training prepare' first"
        )
    dataset = load_from_disk(str(folder))
    assert isinstance(dataset, Dataset)
    return dataset, json.loads((folder / LOCK).read_text("utf-8"))
