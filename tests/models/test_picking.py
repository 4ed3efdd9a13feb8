"""Which waiting ads are picked for labelling, and what is said of each."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.embedding import Floats, unit
from models.picking import (
    SURE,
    Waiting,
    Weights,
    growing,
    margin_of,
    nearest,
    pick,
    rarity,
    shortlist,
)

DIMS = 16
NOTHING = np.zeros((0, DIMS), np.float32)


def apart(count: int) -> Floats:
    """Places as far from each other as there are dimensions."""
    return np.eye(DIMS, dtype=np.float32)[:count]


def waiting(*unsure: float) -> Waiting:
    """In English, of no campaign."""
    count = len(unsure)
    return Waiting(
        unsure=np.array(unsure),
        languages=["en"] * count,
        campaigns=[None] * count,
        recent=np.zeros(count),
        spoken=np.zeros(count, dtype=bool),
    )


def order(picks: object) -> list[int]:
    return [one.index for one in picks]  # type: ignore[attr-defined]


def test_the_least_sure_comes_first_where_all_else_is_alike() -> None:
    assert order(pick(waiting(0.1, 0.9, 0.5), apart(3), NOTHING, {}, 3)) == [1, 2, 0]


def test_what_is_like_a_labelled_text_comes_after_what_is_not() -> None:
    places = apart(3)
    (first, *_, last) = pick(waiting(0.9, 0.8, 0.7), places, places[:1], {}, 3)
    assert (first.index, last.index) == (1, 0)
    assert (first.similarity, last.similarity) == (0.0, 1.0)
    assert last.parts["novel"] == pytest.approx(0.01)  # never so little that nothing orders it


def test_near_copies_do_not_fill_a_batch() -> None:
    random = np.random.default_rng(1)
    copies = unit(apart(1) + 0.01 * random.normal(size=(20, DIMS)).astype(np.float32))
    places = np.concatenate([copies, apart(5)[1:]])
    found = order(pick(waiting(*[0.95] * 20, *[0.3] * 4), places, NOTHING, {}, 5))
    assert sum(index < 20 for index in found) == 1


def test_an_ad_that_is_surely_none_is_not_picked_for_being_far_from_all() -> None:
    places = apart(3)
    known = unit(places[:1] + places[1:2])  # half like the first two, unlike the third
    assert order(pick(waiting(0.6, 0.5, 0.02), places, known, {}, 3)) == [0, 1, 2]


def test_what_is_new_altogether_comes_before_what_is_known_however_unsure() -> None:
    """A kind of lure that nobody has labelled looks sure."""
    places = apart(2)
    known = unit(places[:1] + 0.1 * places[1:2])
    assert order(pick(waiting(1.0, 0.0), places, known, {}, 2)) == [1, 0]


def test_of_a_campaign_one_ad_is_picked_while_there_are_others() -> None:
    given = replace(waiting(0.9, 0.8, 0.7, 0.6), campaigns=["a", "a", None, "b"])
    assert order(pick(given, apart(4), NOTHING, {}, 4)) == [0, 2, 3, 1]


def test_a_campaign_that_has_a_label_comes_last() -> None:
    given = replace(waiting(0.9, 0.1), campaigns=["a", "b"], spoken=np.array([True, False]))
    assert order(pick(given, apart(2), NOTHING, {}, 2)) == [1, 0]


def test_a_language_without_labels_is_preferred_and_no_longer_once_it_has_some() -> None:
    given = replace(waiting(*[0.5] * 3), languages=["en", "lo", "lo"])
    picks = pick(given, apart(3), NOTHING, {"en": 8}, 3)
    assert order(picks) == [1, 2, 0]
    assert [one.labels for one in picks] == [0, 1, 8]
    many = pick(given, apart(3), NOTHING, {"en": 2, "lo": 50}, 1)
    assert order(many) == [0]


def test_a_language_that_is_not_known_is_not_rare() -> None:
    given = replace(waiting(0.5, 0.5), languages=["und", "en"])
    assert order(pick(given, apart(2), NOTHING, {"en": 8}, 1)) == [1]


def test_a_growing_campaign_is_preferred() -> None:
    given = replace(
        waiting(0.5, 0.5), campaigns=["old", "new"], recent=np.array([1.0, 40.0])
    )  # fmt: skip
    assert order(pick(given, apart(2), NOTHING, {}, 2)) == [1, 0]
    without = pick(given, apart(2), NOTHING, {}, 2, Weights(growing=0))
    assert order(without) == [0, 1]


def test_weights_add_no_more_than_they_say() -> None:
    given = replace(
        waiting(0.5, 0.5), languages=["lo", "en"], recent=np.array([1e9, 0]), campaigns=["a", None]
    )
    first, second = pick(given, apart(2), NOTHING, {"en": 10**9}, 2)
    assert first.value / second.value == pytest.approx(1 + 0.25 + 0.5, rel=1e-3)


def test_factors_say_what_raised_an_ad_above_the_others() -> None:
    given = replace(waiting(0.5, 0.5, 0.5), languages=["lo", "en", "en"])
    first, *_ = pick(given, apart(3), NOTHING, {"en": 100}, 3)
    assert first.index == 0
    assert first.factors["rare_language"] > 0
    assert first.factors["unsure"] == first.factors["growing"] == 0


def test_nothing_is_picked_of_nothing_and_all_of_few() -> None:
    assert pick(waiting(), np.zeros((0, DIMS), np.float32), apart(2), {}, 5) == []
    assert shortlist(waiting(), {}, 5).tolist() == []
    assert sorted(order(pick(waiting(0.1, 0.2), apart(2), NOTHING, {}, 50))) == [0, 1]


def test_an_ad_without_a_threshold_is_ordered_all_the_same() -> None:
    given = replace(waiting(0.0, 0.0), languages=["en", "lo"])
    assert order(pick(given, apart(2), NOTHING, {"en": 5}, 2)) == [1, 0]


def test_the_shortlist_of_thousands_holds_what_is_worth_most() -> None:
    random = np.random.default_rng(3)
    count = 6000
    given = Waiting(
        unsure=random.uniform(size=count),
        languages=random.choice(["en", "th", "ha"], size=count, p=[0.9, 0.09, 0.01]).tolist(),
        campaigns=[f"c{number}" for number in random.integers(0, 3000, size=count)],
        recent=np.zeros(count),
        spoken=random.uniform(size=count) < 0.1,
    )
    few = shortlist(given, {"en": 1000, "th": 50}, 200)
    assert len(set(few.tolist())) == 200
    assert len({given.campaigns[i] for i in few}) == 200
    assert not given.spoken[few].any()
    value = (SURE + (1 - SURE) * given.unsure) * (1 + 0.25 * rarity(np.array(
        [{"en": 1000, "th": 50, "ha": 0}[name] for name in given.languages]
    )))  # fmt: skip
    rest = np.setdiff1d(np.flatnonzero(~given.spoken), few)
    taken = {given.campaigns[i] for i in few}
    others = [i for i in rest if given.campaigns[i] not in taken]
    # But for languages, whose worth falls as they are picked, no other one is worth more.
    assert value[others].max() <= value[few].min() * 1.25


def test_similarities_are_those_of_a_plain_product() -> None:
    random = np.random.default_rng(2)
    places = unit(random.normal(size=(50, DIMS)).astype(np.float32))
    known = unit(random.normal(size=(30, DIMS)).astype(np.float32))
    found = nearest(places, known, at_once=7)
    assert found is not None
    np.testing.assert_allclose(found, (places @ known.T).max(axis=1), atol=1e-6)
    assert nearest(places, NOTHING) is None


def test_parts_are_what_their_names_say() -> None:
    assert growing(np.array([0.0, 1.0, 11.0])).tolist() == [0.0, 0.0, 0.5]
    assert rarity(np.array([0.0, 3.0])).tolist() == [1.0, 0.5]
    assert margin_of(math.exp(-2)) == pytest.approx(2)
    assert margin_of(0.0) == math.inf
