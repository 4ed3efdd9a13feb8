"""What was scored is not scored again, and every answer is the one it would have had."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from models.inference import Logits
from models.rendering import Rendered
from service.backfill.columns import Columns
from service.backfill.copies import Recent
from service.backfill.deciding import Decider
from service.backfill.rows import Bad
from service.settings import Settings
from tests.conftest import TinyRun
from tests.service.backfill.files import ads, write

COLUMNS = Columns.parse((), ())
HIDDEN = "\u200b"


class Counting:
    """The real model, and how often it is asked."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.asked = 0

    def logits(self, rendered: Rendered) -> Logits:
        self.asked += 1
        found: Logits = self.model.logits(rendered)
        return found


@pytest.fixture
def remembering(tiny_run: TinyRun) -> Iterator[tuple[Decider, Counting]]:
    decider = Decider(Settings(bundle_dir=tiny_run.bundle, workers=2), COLUMNS, copies=True)
    memory = decider.engine.memory
    assert memory is not None
    counting = Counting(memory.model)
    memory.model = counting
    yield decider, counting
    decider.close()


@pytest.fixture
def forgetful(tiny_run: TinyRun) -> Iterator[Decider]:
    decider = Decider(Settings(bundle_dir=tiny_run.bundle, workers=2), COLUMNS, copies=False)
    yield decider
    decider.close()


def rows() -> list[tuple[int, dict[str, Any]]]:
    """40 ads, each again, again on another platform, and once more in disguise."""
    first = ads(40)
    other = [{**ad, "platform": "dating"} for ad in first]
    worn = [{**ad, "text": HIDDEN + ad["text"]} for ad in first]
    several = [*first, *first, *other, *worn]
    return list(enumerate(({**ad, "id": i} for i, ad in enumerate(several)), 1))


def test_a_text_is_scored_once_and_answered_as_without_memory(
    remembering: tuple[Decider, Counting], forgetful: Decider
) -> None:
    decider, counting = remembering
    found = list(decider.decide(rows()))
    assert counting.asked == len({ad["text"] for ad in ads(40)})
    assert [one.copy for one in found] == [False] * 40 + [True] * 40 + [False] * 80
    assert decider.disguised == 80
    expected = list(forgetful.decide(rows()))
    assert not any(one.copy for one in expected)
    assert forgetful.disguised == 0
    assert [one.result for one in found] == [one.result for one in expected]
    assert [one.tokens for one in found] == [one.tokens for one in expected]


def test_a_shard_begins_without_memory(remembering: tuple[Decider, Counting]) -> None:
    decider, counting = remembering
    list(decider.decide(rows()))
    before = counting.asked
    decider.forget()
    assert not any(one.copy for one in decider.decide(rows()[:40]))
    assert counting.asked == 2 * before


def test_an_ad_that_scoring_fails_at_takes_no_other_with_it(
    remembering: tuple[Decider, Counting],
) -> None:
    decider, counting = remembering
    model = counting.model

    class Failing:
        def logits(self, rendered: Rendered) -> Logits:
            if "kaboom" in rendered.text:
                raise ValueError(rendered.text)
            found: Logits = model.logits(rendered)
            return found

    counting.model = Failing()
    given = [{"text": "kaboom"}, {"text": "a job"}, {"text": "kaboom"}]
    found = list(decider.decide(list(enumerate(given, 1))))
    assert [one.result is None for one in found] == [True, False, True]
    assert found[0].reason == found[2].reason
    assert found[0].reason.startswith("scoring failed: ValueError at test_copies.py:")


def test_the_one_whose_use_is_longest_ago_is_forgotten() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "text: Field required"),
        ({"text": None}, "text: Field required"),
        ({"text": " \u200b"}, "text: nothing to read"),
        ({"text": 7}, "text: Input should be a valid string"),
        ({"text": "a" * 20_001}, "text: String should have at most 20000 characters"),
        ({"text": "a job", "platform": "moon"}, "platform: Input should be"),
        ({"text": "a job", "language": "Klingon!"}, "language: give a language tag"),
        ({"text": "bad \udcff byte"}, "text: Input should be a valid string, unable to parse"),
        ({"text": "a job", "id": ["a", "b"]}, "id: a list or an object"),
        ({"text": "a job", "id": {"oid": "a"}}, "id: a list or an object"),
        ({"text": "a job", "thread": ["hi", None]}, "thread.1: Input should be"),
        ({"text": "a job", "thread": [{"text": None}]}, "thread.0.text: Field required"),
        ({"text": "a job", "thread": "no list"}, "thread: Input should be a valid tuple"),
    ],
)
def test_a_bad_row_is_told_by_field_and_reason(row: dict[str, Any], reason: str) -> None:
    found = COLUMNS.ad(row)
    assert isinstance(found, Bad)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("id", "text"), [(7, "7"), (7.0, "7"), ("k-7", "k-7"), (2**60, str(2**60)), (7.5, "7.5")]
)
def test_ids_are_texts_whatever_the_column_holds(id: object, text: str) -> None:
    found = COLUMNS.ad({"id": id, "text": "a job"})
    assert not isinstance(found, Bad)
    assert found.id == text


@pytest.mark.parametrize("cell", [None, "", float("nan")])
def test_a_gap_in_the_column_of_ids_is_no_id(cell: object) -> None:
    found = COLUMNS.ad({"id": cell, "text": "a job"})
    assert not isinstance(found, Bad)
    assert found.id is COLUMNS.id_of({"id": cell}) is None


def test_what_a_turn_of_a_table_says_nothing_about_is_left_out(tmp_path: Path) -> None:
    """Parquet has every field of a turn in each: a role that is not known is null there."""
    turns = [{"text": "hi", "role": None}, {"text": "no", "role": "own"}]
    path = write(tmp_path / "a.parquet", [{"text": "yes", "thread": turns, "title": None}])
    (row,) = parquet.read_table(path).to_pylist()
    found = COLUMNS.ad(row)
    assert not isinstance(found, Bad)
    assert found.ad().own == {1}


def test_a_thread_is_read_from_a_list_of_turns() -> None:
    found = COLUMNS.ad({"text": "yes", "thread": ["hi", {"text": "no", "role": "own"}]})
    assert not isinstance(found, Bad)
    assert found.ad().own == {1}
