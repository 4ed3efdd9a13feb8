"""N-grams of characters beside the encoder."""

import io
import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models import bundle
from models.ad import Ad
from models.bundle import Bundle, Limits
from models.calibration import LURE
from models.errors import BundleDamaged
from models.inference import Logits, Model
from models.ngrams import LENGTHS, Float32s, NGrams, counted, letters, pack, unpack
from models.rendering import render
from tests.conftest import TinyRun

BUCKETS = 2**12
TEXTS = (
    "Pickers wanted, contract before travel. Call 0555 0100",
    "مطلوب عمال مع سكن وتذكرة",
    "招聘客服 包吃住 机票公司出",
    "İş ilanı: 2 garson",
    "a",
    " \n ",
)


@pytest.fixture(scope="module")
def some() -> NGrams:
    random = np.random.default_rng(3)
    weights = random.normal(size=BUCKETS).astype(np.float32)
    return NGrams(weights, random.uniform(1, 9, BUCKETS).astype(np.float32), -0.25)


@pytest.fixture(scope="module")
def loaded(tiny_run: TinyRun) -> Bundle:
    return bundle.load(tiny_run.bundle)


@pytest.fixture(scope="module")
def alone(loaded: Bundle) -> Model:
    """The encoder without them."""
    return Model(loaded.read_model(), loaded.tokenizer, loaded.manifest.limits)


@pytest.fixture(scope="module")
def both(loaded: Bundle, some: NGrams) -> Model:
    limits = loaded.manifest.limits
    return Model(loaded.read_model(), loaded.tokenizer, limits, ngrams=some)


def plain(weights: NDArray[Any], constant: float = 0.0) -> NGrams:
    """All as rare as each other."""
    return NGrams(weights.astype(np.float32), np.ones(len(weights), np.float32), constant)


def spelt(text: str) -> Counter[str]:
    """N-grams of a text, one by one."""
    small = "".join("0" if c in "0123456789" else c for c in f" {' '.join(text.lower().split())} ")
    every = (small[i : i + n] for n in LENGTHS for i in range(len(small) - n + 1))
    return Counter(one for one in every if len(one) == 2 or " " not in one[1:-1])


def test_a_text_is_its_ngrams_each_counted_once() -> None:
    text = "Day shift, day pay: 120 a day"
    found = counted(text, 2**22)  # so many that no two share one
    expected = spelt(text)
    assert len(found.buckets) == len(expected)
    values = sorted(1 + math.log(count) for count in expected.values())
    assert sorted(found.values) == pytest.approx(values)
    assert sum(int(starts.sum()) for starts in found.starts) == expected.total()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Free ROOM", "free room"),
        ("pay 120", "pay 987"),
        ("  two\n\n words\t", "two words"),
        ("ДА", "да"),
    ],
)
def test_what_ngrams_do_not_tell_apart(one: str, other: str) -> None:
    assert np.array_equal(letters(one)[0], letters(other)[0])


def test_ngrams_of_different_length_or_order_are_others() -> None:
    buckets = 2**22
    assert set(counted("ab", buckets).buckets) != set(counted("ba", buckets).buckets)
    assert len(set(counted("aaaaaa", buckets).buckets)) == len(spelt("aaaaaa"))


@pytest.mark.parametrize("text", TEXTS)
def test_shares_of_characters_add_up(some: NGrams, text: str) -> None:
    found = counted(text, BUCKETS)
    shares = some.shares(text)
    assert shares.shape == (len(text),)
    values = found.values * some.rarity[found.buckets]
    expected = values @ some.weights[found.buckets] / math.sqrt(values @ values)
    assert shares.sum() == pytest.approx(expected, abs=1e-4)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_has_finite_shares(some: NGrams, text: str) -> None:
    """Lone surrogates, controls, every plane."""
    shares = some.shares(text)
    assert shares.shape == (len(text),)
    assert np.isfinite(shares).all()


def test_shares_lie_where_the_words_are() -> None:
    text = "good work and a visa"
    weights = np.zeros(2**20, dtype=np.float32)
    weights[counted("visa", len(weights)).buckets] = 1.0
    weights[counted(" ", len(weights)).buckets] = 0.0
    shares = plain(weights).shares(text)
    assert shares[text.index("visa") :].sum() > 0.7 * shares.sum()


def told(logits: Logits) -> Float32s:
    """Lure logits of the tokens."""
    found: Float32s = logits.tokens[:, LURE]
    return found


@pytest.mark.parametrize("text", [*TEXTS, "\u3000", "visa and flight paid " * 3])
def test_tokens_share_what_ngrams_say(alone: Model, both: Model, some: NGrams, text: str) -> None:
    """The logit is still the mean of its tokens', and only the lure's is another."""
    rendered = render(Ad(text))
    before, after = alone.logits(rendered), both.logits(rendered)
    added = some.shares(rendered.text).sum() + some.constant
    assert after.kind[LURE] == pytest.approx(before.kind[LURE] + added, abs=1e-4)
    assert told(after).mean() == pytest.approx(after.kind[LURE], abs=1e-4)
    assert np.array_equal(np.delete(after.tokens, LURE, 1), np.delete(before.tokens, LURE, 1))
    assert np.array_equal(after.kind[1:], before.kind[1:])


def test_windows_are_compared_with_what_ngrams_say(loaded: Bundle) -> None:
    """Of a long text the window speaks whose sum is highest."""
    text = "the day is long and the road is dry " * 20 + "zqzqz " * 12
    weights = np.zeros(BUCKETS, dtype=np.float32)
    weights[counted("zqzqz", BUCKETS).buckets] = 300.0
    limits = Limits(window_tokens=48, overlap_tokens=8)
    sure = Model(loaded.read_model(), loaded.tokenizer, limits, ngrams=plain(weights))
    found = sure.logits(render(Ad(text)))
    assert found.windows > 3
    assert found.window == found.windows - 1
    assert told(found).mean() == pytest.approx(found.kind[LURE], rel=1e-4)


def test_turns_of_a_thread_speak_as_one_text(alone: Model, both: Model, some: NGrams) -> None:
    thread = ("flight paid, room free", "is there a contract?", "later, come now")
    rendered = render(Ad("sign today", thread=thread, own=frozenset({1})))
    before, after = alone.logits(rendered), both.logits(rendered)
    added = some.shares("flight paid, room free\nlater, come now\nsign today").sum() + some.constant
    assert after.kind[LURE] == pytest.approx(before.kind[LURE] + added, abs=1e-4)
    assert told(after).mean() == pytest.approx(after.kind[LURE], abs=1e-4)


def test_a_bundle_keeps_them(loaded: Bundle) -> None:
    found = loaded.ngrams()
    assert found is not None
    again = unpack(pack(found))
    assert np.array_equal(again.weights, found.weights)
    assert np.array_equal(again.rarity, found.rarity)
    assert again.constant == found.constant


def test_a_bundle_without_them_is_served_as_before(loaded: Bundle, alone: Model) -> None:
    files = {n: e for n, e in loaded.manifest.files.items() if n != bundle.NGRAMS}
    older = replace(loaded, manifest=loaded.manifest.model_copy(update={"files": files}))
    assert older.ngrams() is None
    rendered = render(Ad(TEXTS[0]))
    assert np.array_equal(Model.of(older).logits(rendered).kind, alone.logits(rendered).kind)


def saved(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"nonsense", pack(plain(np.ones(8)))[:-30],
        saved(weights=np.ones(8), rarity=np.ones(8)),
        saved(weights=np.ones(8), rarity=np.ones(4), constant=np.float64(0)),
        saved(weights=np.ones(8), rarity=np.zeros(8), constant=np.float64(0)),
        saved(weights=np.ones(7), rarity=np.ones(7), constant=np.float64(0)),
        saved(weights=np.ones((2, 2)), rarity=np.ones((2, 2)), constant=np.float64(0)),
        saved(weights=np.ones(0), rarity=np.ones(0), constant=np.float64(0)),
        saved(weights=np.ones(8), rarity=np.ones(8), constant=np.zeros(2)),
        saved(weights=np.full(8, np.nan), rarity=np.ones(8), constant=np.float64(0)),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(BundleDamaged, match="weights of n-grams"):
        unpack(content)


def test_no_word_of_a_text_is_in_the_file(loaded: Bundle) -> None:
    with np.load(loaded.path / bundle.NGRAMS, allow_pickle=False) as arrays:
        assert sorted(arrays) == ["constant", "rarity", "weights"]
        assert arrays["weights"].dtype == arrays["rarity"].dtype == np.float16
