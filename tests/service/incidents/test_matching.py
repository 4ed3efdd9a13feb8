"""How like an incident an ad is, and what that is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.embedding import unit
from service.campaigns.template import signature
from service.incidents.learning import Learnt, unpacked
from service.incidents.matching import Matcher, learnt, likeness, smallest_rate
from service.incidents.measured import found_without, measured
from tests.service.incidents.scene import HIDDEN, HOTELS, background, embedding_of, of_theme

NONE = np.zeros((0, 140), np.uint64)
NO_COUNTERS = np.zeros((0, HIDDEN), np.float32)
BACKGROUND = background()


def places(axis: int, count: int, seed: int = 5) -> np.ndarray:
    return unit(np.stack(of_theme(axis, count, seed)))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.002, 0.2), st.integers(1, 10), st.integers(0, 3), st.integers(0, 99))
def test_the_rate_holds_on_the_background(
    rate: float, examples: int, counters: int, seed: int
) -> None:
    own = places(0, examples, seed)
    against = places(1, counters, seed) if counters else NO_COUNTERS
    wording = learnt("a", own, against, NONE, BACKGROUND, rate)
    found = measured(wording, BACKGROUND, rate, ["en"] * examples)
    # The rate is that of a text beside the background; its own ones have one rank more to share.
    most = rate * (found.background + 1) / found.background
    assert found.false_positive_rate <= most + 5e-5  # it is told with four places
    # And no more is given away than the ranks force.
    assert found.false_positive_rate >= rate - 2.0 / found.background


def test_the_rate_holds_on_texts_of_the_same_kind_that_nobody_saw() -> None:
    """On average over backgrounds: 2 % of fresh texts at 2 %."""
    fresh = background(4000, 0, seed=77).places
    rates = []
    for seed in range(40):
        drawn = background(200, 10, seed=seed)
        wording = learnt("a", places(0, 5, seed), NO_COUNTERS, NONE, drawn, 0.02)
        hit = likeness(fresh, wording.examples, wording.counters) > wording.least
        rates.append(hit.mean())
    assert np.mean(rates) == pytest.approx(0.02, abs=0.005)


def test_a_rate_that_the_background_cannot_show_matches_nothing() -> None:
    least = smallest_rate(BACKGROUND)
    assert least == pytest.approx(1 / 601)
    wording = learnt("a", places(0, 5), NO_COUNTERS, NONE, BACKGROUND, least * 0.9)
    assert not (likeness(places(0, 9), wording.examples, NO_COUNTERS) > wording.least).any()


def test_side_by_side_is_as_one_by_one() -> None:
    wordings = [
        learnt(f"i{axis}", places(axis, 1 + axis % 7, axis), counters, NONE, BACKGROUND, 0.01)
        for axis, counters in enumerate([NO_COUNTERS, places(9, 2), NO_COUNTERS, places(8, 4)] * 3)
    ]
    matcher = Matcher(wordings, BACKGROUND)
    for vector in of_theme(2, 5, seed=8):
        found = {one.name: one for one in matcher.matches(vector, None)}
        assert len(found) == len(wordings)
        for wording in wordings:
            value = likeness(BACKGROUND.place(vector)[None], wording.examples, wording.counters)[0]
            assert found[wording.name].likeness == pytest.approx(value, abs=1e-5)
            assert found[wording.name].matched == (value > wording.least)
            less = (wording.ordinary < value).mean()
            assert found[wording.name].match == pytest.approx(less, abs=0.01)


def test_a_counter_example_takes_its_likes_out() -> None:
    own, twins = places(0, 5), unit(places(0, 6, 9) + places(1, 6, 9))
    without = learnt("a", own, NO_COUNTERS, NONE, BACKGROUND, 0.01)
    assert (likeness(twins[1:], own, NO_COUNTERS) > without.least).all()
    with_one = learnt("a", own, twins[:1], NONE, BACKGROUND, 0.01)
    less = likeness(twins[1:], own, twins[:1]) - with_one.least
    more = likeness(places(0, 6, 3), own, twins[:1]) - with_one.least
    assert less.max() < more.min()


def test_a_copy_is_found_whatever_the_threshold() -> None:
    rows = np.array([signature(text) for text in HOTELS], np.uint64)
    own = unit(np.stack([embedding_of(text) for text in HOTELS]))
    never = learnt("a", own, NO_COUNTERS, rows, BACKGROUND, 0.0001)
    matcher = Matcher([never], BACKGROUND)
    copy = signature(HOTELS[0].replace("five", "six") + " Hurry")
    other = signature("Pickers wanted on a farm near the river, June to September, contract first.")
    for values, same in ((copy, True), (other, False)):
        (found,) = matcher.matches(embedding_of("anything"), np.array(values, np.uint64))
        assert (found.near_duplicate, found.matched) == (same, False)


def test_examples_that_have_nothing_in_common_are_told() -> None:
    alike = learnt("a", places(0, 6), NO_COUNTERS, NONE, BACKGROUND, 0.01)
    assert found_without(alike, BACKGROUND, 0.01) == 6
    apart = learnt("a", background(6, 0, 3).places, NO_COUNTERS, NONE, BACKGROUND, 0.01)
    found = found_without(apart, BACKGROUND, 0.01)
    assert found is not None
    assert found <= 1
    alone = learnt("a", places(0, 1), NO_COUNTERS, NONE, BACKGROUND, 0.01)
    assert found_without(alone, BACKGROUND, 0.01) is None


def test_each_example_is_left_out_of_what_looks_for_it() -> None:
    """The short way gives what learning without the example gives."""
    own = np.concatenate([places(0, 3), background(3, 0, 4).places])
    wording = learnt("a", own, places(3, 2), NONE, BACKGROUND, 0.01)
    slowly = 0
    for i in range(len(own)):
        others = np.delete(own, i, axis=0)
        less = learnt("a", others, wording.counters, NONE, BACKGROUND, 0.01)
        slowly += bool(likeness(own[i : i + 1], others, wording.counters)[0] > less.least)
    assert found_without(wording, BACKGROUND, 0.01) == slowly


@pytest.mark.parametrize("text", [HOTELS[0], "short"])
def test_numbers_are_kept_as_they_are(text: str) -> None:
    values = signature(text)
    rows = None if values is None else np.array(values, np.uint64)
    embedding, kept = unpacked(Learnt({}, "en", embedding_of(text), rows).packed())
    assert np.array_equal(embedding, embedding_of(text))
    assert (kept is None) == (rows is None)
    if kept is not None and rows is not None:
        assert np.array_equal(kept, rows)
