"""Places of texts, and the background that a bundle carries."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models import bundle, embedding
from models.ad import Ad
from models.embedding import Background, unit
from models.errors import BundleDamaged
from models.inference import Model
from models.rendering import render
from tests.conftest import TinyRun

KEPT = 0.01
"""How far int8 places and a half-precision projection may move a cosine."""

CHAT = Ad(
    "You fly on Thursday.", thread=("Do you pay the ticket for me?",), own=frozenset({0})
)  # fmt: skip


def some(texts: int = 40, hidden: int = 24, dims: int = 12) -> Background:
    random = np.random.default_rng(3)
    return Background(
        centre=random.normal(size=hidden).astype(np.float32),
        projection=random.normal(size=(hidden, dims)).astype(np.float32),
        places=unit(random.normal(size=(texts, dims)).astype(np.float32)),
        lures=np.arange(texts) % 3 == 0,
        languages=embedding.primary(["pt-BR", "th"] * (texts // 2)),
    )


@pytest.fixture(scope="module")
def model(tiny_run: TinyRun) -> Model:
    loaded = bundle.load(tiny_run.bundle)
    return Model(loaded.read_model(), loaded.tokenizer, loaded.manifest.limits)  # no n-grams


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 5), st.just(24)),
        elements=st.floats(-1e6, 1e6, width=32),
    )
)
def test_a_place_has_length_one(vectors: np.ndarray) -> None:
    placed = some().place(vectors)
    assert placed.dtype == np.float32
    lengths = np.linalg.norm(placed, axis=-1)
    assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))


def test_what_is_packed_comes_back() -> None:
    before = some()
    after = embedding.unpack(embedding.pack(before))
    assert np.abs(before.places @ before.places.T - after.places @ after.places.T).max() < KEPT
    vectors = np.random.default_rng(4).normal(size=(5, 24)).astype(np.float32)
    assert np.abs(before.place(vectors) - after.place(vectors)).max() < KEPT
    assert np.array_equal(before.lures, after.lures)
    assert after.languages.tolist()[:2] == ["pt", "th"]


def test_a_damaged_background_is_refused() -> None:
    with pytest.raises(BundleDamaged, match="background"):
        embedding.unpack(b"nonsense")
    stream = io.BytesIO()
    square = np.zeros((2, 2))
    np.savez(
        stream, centre=square, projection=square, places=square, lures=square, languages=square
    )
    with pytest.raises(BundleDamaged, match="do not fit"):
        embedding.unpack(stream.getvalue())
    with zipfile.ZipFile(io.BytesIO(embedding.pack(some()))) as archive:
        assert archive.testzip() is None


def test_the_readers_own_words_are_no_part_of_an_embedding(model: Model) -> None:
    logits = model.logits(render(CHAT))
    alone = model.logits(render(Ad("You fly on Thursday.")))
    assert logits.embedding is not None
    assert alone.embedding is not None
    assert logits.embedding.shape == (64,)
    assert np.array_equal(logits.embedding, alone.embedding)


def test_the_states_are_those_that_the_head_reads(model: Model, tiny_run: TinyRun) -> None:
    """The mean logits are linear in the mean state: both come from the same tokens."""
    texts = [f"Work number {i} abroad, ticket paid, {i * 37} a week" for i in range(90)]
    logits = [model.logits(render(Ad(text))) for text in texts]
    states = np.stack([one.embedding for one in logits if one.embedding is not None])
    design = np.hstack([states, np.ones((len(states), 1), np.float32)])
    kinds = np.stack([one.kind for one in logits])
    found, *_ = np.linalg.lstsq(design, kinds, rcond=None)
    assert np.abs(design @ found - kinds).max() < 1e-3


def test_the_background_holds_ordinary_texts_of_the_calibration_split(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    background = loaded.background()
    assert background is not None
    told = loaded.manifest.figures["background"]
    assert told == {
        "texts": len(background.places),
        "lures": int(background.lures.sum()),
        "languages": len(set(background.languages.tolist())),
        "dims": 64,
    }
    assert 0 < told["lures"] < told["texts"]
    assert told["languages"] > 5
