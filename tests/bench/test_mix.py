"""What is asked about is what is stated, and a copy is one."""

import random
from collections import Counter

import numpy as np
import pytest

from models.ad import Ad
from models.rendering import render
from tests.bench.arrivals import poisson
from tests.bench.copies import FORMS, changed, recorded
from tests.bench.mix import KINDS, LENGTHS, Unique, length_group, rake, shares_of
from tests.bench.texts import Pool, Text, TooFewTexts, variant

LANGUAGES_GIVEN = (
    "en",
    "es",
    "pt",
    "id",
    "hi",
    "ru",
    "ar",
    "vi",
    "th",
    "zh",
    "tl",
    "fr",
    "tr",
    "sw",
)


def pool(each: int = 2) -> Pool:
    """A text for every language, kind and length."""
    texts = [
        Text(f"{language} {kind} {top} {n} <phone>", language, kind, top)
        for language in LANGUAGES_GIVEN
        for kind in (*KINDS, "other_scam")
        for top in LENGTHS
        for n in range(each)
    ]
    return Pool(tuple(texts), "made up", 0)


def test_weights_bring_every_margin_to_its_shares() -> None:
    first = ["a", "a", "a", "b", "b", "c"]
    second = ["x", "y", "y", "x", "y", "x"]
    weights = rake([(first, {"a": 0.5, "b": 0.5}), (second, {"x": 0.9, "y": 0.1})])
    assert weights[5] == 0  # c is not named
    assert weights[:3].sum() == pytest.approx(0.5)
    assert weights[[0, 3]].sum() == pytest.approx(0.9)


def test_a_group_without_texts_leaves_its_share_to_the_others() -> None:
    weights = rake([(["a", "a"], {"a": 0.2, "z": 0.8})])
    assert weights.sum() == pytest.approx(1)


def test_the_mixture_is_the_stated_one() -> None:
    drawn = Unique(pool(), seed=3).take(4000)
    kinds = Counter(one.source.kind for one in drawn)
    assert kinds["other_scam"] == 0
    for kind, share in KINDS.items():
        assert kinds[kind] / 4000 == pytest.approx(share, abs=0.02), kind
    lengths = Counter(length_group(one.source.tokens) for one in drawn)
    for top, share in LENGTHS.items():
        assert lengths[str(top)] / 4000 == pytest.approx(share, abs=0.03)
    told = shares_of(drawn)
    assert told["ads"] == 4000
    assert told["copies"] == {}


def test_no_ad_comes_twice_however_few_texts_there_are() -> None:
    unique = Unique(pool(each=1), seed=1)
    drawn = [one.text for _ in range(3) for one in unique.take(700)]
    assert len(set(drawn)) == len(drawn)


def test_the_same_seed_draws_the_same() -> None:
    assert Unique(pool(), 5).take(50) == Unique(pool(), 5).take(50)
    assert Unique(pool(), 5).take(50) != Unique(pool(), 6).take(50)


def test_a_file_of_ones_own_keeps_its_mixture() -> None:
    own = Pool(tuple(Text(f"ad {n}", "xx", "", 9) for n in range(9)), "own", 0)
    assert len(Unique(own, 1, as_it_comes=True).take(20)) == 20
    with pytest.raises(TooFewTexts):
        Unique(own, 1)


def test_copies_are_as_many_as_stated_and_some_texts_are_copied_often() -> None:
    fresh = Unique(pool(each=20), seed=2).take(3000)
    sent = recorded(fresh, 0.3, 3000, seed=2)
    copies = Counter(one.copy for one in sent if one.copy)
    assert copies.total() / 3000 == pytest.approx(0.3, abs=0.03)
    for form, share in FORMS.items():
        assert copies[form] / copies.total() == pytest.approx(share, abs=0.06)
    popular = Counter(id(one.source) for one in sent if one.copy).most_common(30)
    assert sum(times for _, times in popular) / copies.total() > 0.1  # by chance alone: 0.03
    assert recorded(fresh, 0.0, 100, seed=2) == fresh[:100]


OFFER = "Seasonal pickers wanted at the farm near Spalding, 12.60 an hour, caravan 58 a week."


@pytest.mark.parametrize("seed", range(20))
def test_a_disguised_copy_reads_the_same_and_other_forms_do_not(seed: int) -> None:
    def read(text: str) -> str:
        return render(Ad(text=text)).text

    rng = random.Random(seed)
    disguised = changed(OFFER, "disguised", rng)
    assert disguised != OFFER
    assert read(disguised) == read(OFFER)
    assert changed(OFFER, "same", rng) == OFFER
    for form in ("another case", "another number"):
        assert read(changed(OFFER, form, rng)) != read(OFFER)


def test_a_variant_has_contacts_and_from_the_second_on_a_number() -> None:
    text = Text("Call <phone> for a job at 900 EUR", "en", "recruitment", 12)
    rng = random.Random(1)
    first = variant(text, rng, 0)
    assert "<phone>" not in first
    assert "#" not in first
    assert "#3-" in variant(text, rng, 3)


def test_arrivals_are_as_many_as_meant_and_no_rhythm() -> None:
    times = poisson(50, 200, seed=4)
    assert len(times) == pytest.approx(10_000, rel=0.05)
    gaps = np.diff(times)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.1)  # of an exponential distribution
    with pytest.raises(ValueError, match="never sends"):
        poisson(0, 1, seed=1)
