"""The n-grams that speak beside the encoder (:mod:`models.ngrams`): fitted, weighed and added.

The fit is a linear support-vector machine (Cortes and Vapnik 1995; by liblinear, Fan et al. 2008)
on what the encoder's fit sees: the same texts, as often, changed in the same ways. How much it is
to be believed beside the encoder is learnt where neither was fitted, on the calibration split, by a
logistic regression on the two (stacking, Wolpert 1992).
"""

import random
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from tqdm import tqdm

from models.ad import Ad
from models.labels import Kind
from models.ngrams import Float32s, NGrams, counted
from models.rendering import RENDERING, render
from training.augment import augment
from training.batches import epoch_batches
from training.edits import Example
from training.framing import Framing
from training.recipe import Recipe

MIN_TEXTS = 20
"""Of lures and of other texts, in the calibration split: fewer cannot weigh two voices."""

MOST = 10.0
"""Of what n-grams say, in units of the encoder's logit: they never speak alone, however little the
encoder of a small fit has learnt."""

Row = dict[str, Any]
Floats = NDArray[np.float64]


def fit(
    rows: Sequence[Row], held: Sequence[Row], encoder: Floats, recipe: Recipe,
    rendering: int = RENDERING,
) -> NGrams | None:  # fmt: skip
    """N-grams fitted on ``rows``, weighed on ``held``, of which ``encoder`` are the lure logits, in
    that version of the rendering; ``None`` where the recipe wants none, or they have nothing to say
    beside the encoder."""
    is_lure = np.array([row["kind"] == Kind.LURE for row in held], dtype=bool)
    least = min(int(is_lure.sum()), int((~is_lure).sum()))
    if not recipe.ngrams.copies or least < MIN_TEXTS:
        return None
    texts, lures, weights = told(
        [row for row in rows if row["kind"] is not None], recipe, rendering
    )
    if len(set(lures)) < 2:
        return None
    counts = counts_of(texts, recipe.ngrams.buckets)
    rarity = rarity_of(counts)
    machine = LinearSVC(C=recipe.ngrams.cost, class_weight="balanced", random_state=recipe.seed)
    machine.fit(scaled(counts, rarity), lures, sample_weight=weights)
    found = NGrams(machine.coef_[0].astype(np.float32), rarity, float(machine.intercept_[0]))
    return weighed(found, held, encoder, is_lure, rendering)


def told(
    rows: Sequence[Row], recipe: Recipe, rendering: int = RENDERING
) -> tuple[list[str], list[bool], list[float]]:
    """Rendered texts as ``recipe.ngrams.copies`` epochs of a fit see them, contacts always filled
    in, for no served text has a placeholder; whether each is a lure; how hard it pulls."""
    mix = recipe.mix.model_copy(update={"written_share": 1.0, "replay_share": 1.0})
    whole = recipe.model_copy(update={"mix": mix})
    chances = recipe.augment.model_copy(update={"fill": 1.0})
    framing = Framing.of(rows, recipe.augment)
    texts, lures, weights = [], [], []
    drawn = [
        (f"{recipe.seed}:ngrams:{epoch}:{at}", index)
        for epoch in range(recipe.ngrams.copies)
        for at, index in enumerate(chain.from_iterable(epoch_batches(rows, whole, epoch)))
    ]
    for seed, index in tqdm(drawn, desc="n-grams", unit="text", mininterval=5):
        rng = random.Random(seed)
        row = framing.framed(rows[index], rng, rng.random() < recipe.augment.pad)
        stays = row["kind"] == Kind.ABOUT_LURES or row.get("whole", False)
        changed = augment(Example(row["text"], None), chances, rng, row["language"], stays)
        texts.append(render(Ad(text=changed.text), rendering).text)
        lures.append(row["kind"] == Kind.LURE)
        weights.append(row["weight"])
    return texts, lures, weights


def counts_of(texts: Sequence[str], buckets: int) -> csr_matrix:
    """``float32 (texts, buckets)``: :attr:`models.ngrams.Counted.values`."""
    found = [(one.buckets.astype(np.int32), one.values.astype(np.float32))
             for one in (counted(text, buckets) for text in texts)]  # fmt: skip
    ends = np.cumsum([0, *(len(where) for where, _ in found)])
    where, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return csr_matrix((values, where, ends), shape=(len(texts), buckets))


def rarity_of(counts: csr_matrix) -> Float32s:
    """``(buckets,)``: the logarithm of all texts to those with an n-gram of the bucket, and 1, as
    if one more text had them all."""
    texts, buckets = counts.shape
    having = np.bincount(counts.indices, minlength=buckets)
    return np.asarray(1 + np.log((1 + texts) / (1 + having)), dtype=np.float32)


def scaled(counts: csr_matrix, rarity: Float32s) -> csr_matrix:
    """What :class:`~models.ngrams.NGrams` multiplies its weights with; rows of length 1."""
    return normalize(counts.multiply(rarity).tocsr())


def weighed(
    found: NGrams, held: Sequence[Row], encoder: Floats, is_lure: NDArray[np.bool_],
    rendering: int = RENDERING,
) -> NGrams | None:  # fmt: skip
    """What was found, in units of the encoder's logit."""
    texts = [render(Ad(text=row["text"]), rendering).text for row in held]
    counts = counts_of(texts, len(found.weights))
    own = scaled(counts, found.rarity) @ found.weights + found.constant
    both = np.stack([encoder, own], axis=1)
    encoder_share, own_share = LogisticRegression().fit(both, is_lure).coef_[0]
    if own_share <= 0:
        return None
    ratio = float(own_share / max(encoder_share, own_share / MOST))
    weights = (ratio * found.weights).astype(np.float32)
    return NGrams(weights, found.rarity, ratio * found.constant)
