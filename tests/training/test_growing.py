"""Corpora that grow: what a bundle was fitted on stays where it was, and what it was not too."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import bundle, trained_on
from tests.conftest import TINY_RECIPE, TinyRun, tiny_rows
from tests.training.labelled import WORDS
from training.__main__ import main
from training.corpus.row import Row
from training.errors import StartError
from training.growing import fitted_on_by, settled
from training.near_duplicates import join_groups
from training.prepare import load, prepare, splits_of
from training.splits import split_of
from training.start import refuse_seen

NAMES: dict[str, list[str]] = {"train": [], "calibration": [], "test": []}
"""Names of groups that draw each split."""

for name in map(str, range(200)):
    NAMES[split_of(name, TINY_RECIPE.mix.split, TINY_RECIPE.seed)].append(name)

SHUFFLED = random.Random(1).sample(WORDS.split(), 96)
MIDDLE = SHUFFLED[:60]
# Each shares four fifths of its words with what lies between them, and half with the other.
LEFT = " ".join([*MIDDLE[:48], *SHUFFLED[60:72]])
RIGHT = " ".join([*SHUFFLED[72:84], *MIDDLE[12:]])
BETWEEN = " ".join(MIDDLE)


def row(id: str, text: str, group: str, language: str = "en") -> Row:
    return Row(id, text, language, "lure", None, None, group, "board")


TRAINED = row("trained", LEFT, NAMES["train"][0])
SEEN = trained_on.of([TRAINED.group], [TRAINED.text])


def splits(rows: list[Row], recipe: Any = TINY_RECIPE, seen: Any = SEEN) -> dict[str, str]:
    """Of each row that stays, by its id."""
    groups = join_groups([row.text for row in rows], [row.group for row in rows])
    stay, _ = settled(rows, groups, recipe, seen)
    groups = join_groups([row.text for row in stay], [row.group for row in stay])
    found = splits_of(stay, groups, recipe, seen)
    return {row.id: found[group] for row, group in zip(stay, groups, strict=True)}


@pytest.mark.parametrize("drawn", ["test", "calibration", "train"])
def test_a_new_near_copy_goes_where_its_trained_text_is(drawn: str) -> None:
    new = row("new", f"{LEFT} today", NAMES[drawn][1])
    assert splits([TRAINED, new]) == {"trained": "train", "new": "train"}


def test_what_was_held_out_stays_so_and_what_lies_between_is_left_out() -> None:
    held, new = row("held", RIGHT, NAMES["test"][0]), row("new", BETWEEN, NAMES["train"][1])
    assert splits([TRAINED, held]) == {"trained": "train", "held": "test"}
    assert splits([TRAINED, held, new]) == {"trained": "train", "held": "test"}


def test_a_group_that_grows_towards_a_held_text_leaves_the_new_text_out() -> None:
    held = row("held", RIGHT, NAMES["test"][0])
    new = row("new", f"{RIGHT} today", TRAINED.group)
    assert splits([TRAINED, held, new]) == {"trained": "train", "held": "test"}


def test_a_new_text_between_two_splits_takes_both_to_training() -> None:
    other = row("other", RIGHT, NAMES["calibration"][0])
    seen = trained_on.of([TRAINED.group, other.group], [LEFT, RIGHT])
    assert splits([TRAINED, other], seen=seen) == {"trained": "train", "other": "calibration"}
    new = row("new", BETWEEN, NAMES["calibration"][1])
    assert set(splits([TRAINED, other, new], seen=seen).values()) == {"train"}


def test_a_left_out_language_joins_no_training() -> None:
    mix = TINY_RECIPE.mix.model_copy(update={"left_out_languages": ("th",)})
    recipe = TINY_RECIPE.model_copy(update={"mix": mix})
    new = row("new", f"{LEFT} today", NAMES["train"][1], "th")
    assert splits([TRAINED, new], recipe) == {"trained": "train"}


def test_a_trained_text_that_was_written_anew_stays() -> None:
    anew, new = replace(TRAINED, text=BETWEEN), row("new", f"{BETWEEN} today", NAMES["test"][1])
    assert splits([anew, new]) == {"trained": "train", "new": "train"}


def grown(tiny_run: TinyRun, split: str) -> list[Row]:
    """The rows of the small bundle, and a new near-copy of a trained one that draws ``split``."""
    rows = tiny_rows()
    trained = {one["id"] for one in load(tiny_run.data)[0] if one["split"] == "train"}
    first = next(one for one in rows if one.id in trained)
    new = replace(first, id="new", group=NAMES[split][0], text=f"{first.text} !", pair=None)
    return [*rows, replace(new, spans=None)]


@pytest.mark.parametrize(
    ("split", "words"),
    [("test", "were fitted on by"), ("calibration", "came to the calibration split with new")],
)
def test_data_that_is_prepared_for_a_start_is_taken_and_other_data_refused(
    tiny_run: TinyRun, tmp_path: Path, split: str, words: str
) -> None:
    champion, rows = bundle.load(tiny_run.bundle), grown(tiny_run, split)
    lock = prepare(rows, TINY_RECIPE, tmp_path / "without")
    with pytest.raises(StartError, match=f"{words}.*--start"):
        refuse_seen(champion, list(load(tmp_path / "without")[0]), lock)
    lock = prepare(rows, TINY_RECIPE, tmp_path / "with", fitted_on_by(champion))
    dataset, _ = load(tmp_path / "with")
    refuse_seen(champion, list(dataset), lock)
    before = {one["id"]: one["split"] for one in load(tiny_run.data)[0]}
    after = {one["id"]: one["split"] for one in dataset}
    assert after == {**before, "new": "train"}


def test_the_lock_counts_what_was_left_out(tmp_path: Path) -> None:
    held, new = row("held", RIGHT, NAMES["test"][0]), row("new", BETWEEN, NAMES["train"][1])
    lock = prepare([TRAINED, held, new], TINY_RECIPE, tmp_path / "data", SEEN)
    assert (lock["rows"], lock["left_out_between"]) == (2, 1)
    assert "left_out_between" not in prepare([TRAINED], TINY_RECIPE, tmp_path / "other", SEEN)


def test_the_command_takes_a_start(
    tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    told = {"id": "1", "text": LEFT, "language": "en", "kind": "lure", "group": "1"}
    (folder / "board.jsonl").write_text(json.dumps(told) + "\n")
    given = ["prepare", "--without-written", "--shared", str(folder), "--out", str(tmp_path / "d")]
    assert main([*given, "--start", str(tiny_run.bundle)]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1
