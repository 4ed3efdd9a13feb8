"""Figures of incidents, on the small bundle."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.incidents import Tally, as_markdown, measure, needed, pooled, schemes, told
from evaluation.rows import Labelled, WrongRow, read
from models.labels import Harm, Indicator, Kind
from service.engine import Engine
from training.corpus.loaders import WRITTEN


@pytest.fixture(scope="module")
def rows() -> list[Labelled]:
    return read([Path(WRITTEN)])


def test_schemes_are_told_by_labels_that_there_are() -> None:
    found = schemes()
    assert len(found) == 10
    for one in found:
        assert one.harms <= set(Harm)
        assert one.indicators <= set(Indicator)
    empty = Labelled("", Kind.RECRUITMENT, "", "", "en")
    assert not any(one.holds(empty) for one in found)


def test_hits_are_counted_on_texts_that_the_bundle_never_saw(
    tiny_engine: Engine, rows: list[Labelled]
) -> None:
    seen = tiny_engine.bundle.trained_on()
    assert seen is not None
    asked = needed(rows, seen, 2, 2, 30, 1)
    assert asked.sources
    for row, new in zip(asked.rows, asked.unseen, strict=True):
        assert seen.holds(row.group) != new
    one = schemes()
    others = [row for row in asked.unseen_rows() if not any(s.holds(row) for s in one)]
    assert len(others) >= 30
    assert all(asked.rows[b].twin in ("", asked.rows[a].id) for a, b in asked.twins.items())


def test_every_figure_has_its_interval(tiny_engine: Engine, rows: list[Labelled]) -> None:
    few = [
        row for i, row in enumerate(rows) if i % 3 == 0 and row.language[:2] in ("en", "es", "id")
    ]
    found = measure(tiny_engine, few, examples=2, draws=1, languages=1, sample=40, rate=0.05)
    assert found["incidents"]
    for figures in (found["all"], *found["incidents"].values()):
        for what, figure in figures.items():
            if what != "example_languages":
                assert 0 <= figure["low"] <= figure["share"] <= figure["high"] <= 1, what
                assert 0 < figure["groups"] <= figure["texts"]
    joint = found["all"]["recall_in_other_languages_and_score"]["share"]
    assert joint <= found["all"]["recall_in_other_languages"]["share"]
    assert len(as_markdown(found).splitlines()) == 5 + len(found["incidents"])


def test_texts_that_say_too_little_are_refused(tiny_engine: Engine, rows: list[Labelled]) -> None:
    with pytest.raises(WrongRow, match="whole"):
        measure(tiny_engine, rows[:5], sample=20)


def test_copies_of_one_text_count_as_one_in_an_interval() -> None:
    """Ten texts in one group say as much as one, ten groups more."""
    tally = Tally()
    tally.add(np.arange(10), np.arange(10) < 5)
    alone = told({"a": tally}, ["g"] * 10, 1)["a"]
    apart = told({"a": tally}, [f"g{i}" for i in range(10)], 1)["a"]
    assert alone == {"share": 0.5, "low": 0.5, "high": 0.5, "texts": 10, "groups": 1}
    assert apart["low"] < 0.3 < 0.7 < apart["high"]
    twice = pooled([tally, tally])
    assert (twice.looked[0], twice.found[0], twice.found[9]) == (2, 2, 0)
