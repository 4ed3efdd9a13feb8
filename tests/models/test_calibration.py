"""Logits to probabilities and thresholds."""

import numpy as np
import pytest

from models.calibration import (
    Calibration,
    fit_platt,
    fit_temperature,
    operating_points,
    sigmoid,
    threshold_at,
)
from models.labels import KINDS

RNG = np.random.default_rng(3)


def test_kinds_sum_to_one_and_lure_is_the_score() -> None:
    calibration = Calibration(scale=0.7, offset=-0.3)
    logits = RNG.normal(size=(50, len(KINDS))) * 10
    kinds = calibration.kind_probabilities(logits)
    assert np.allclose(kinds.sum(axis=1), 1)
    assert np.allclose(kinds[:, 0], sigmoid(0.7 * logits[:, 0] - 0.3))


@pytest.mark.parametrize("extreme", [-1e6, 1e6])
def test_no_overflow(extreme: float) -> None:
    kinds = Calibration().kind_probabilities(np.full((1, len(KINDS)), extreme))
    assert np.isfinite(kinds).all()


def test_platt_recovers_the_map_that_made_the_labels() -> None:
    logits = RNG.normal(size=20_000) * 3
    labels = RNG.random(20_000) < sigmoid(0.5 * logits - 1)
    scale, offset = fit_platt(logits, labels)
    assert scale == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.1)


def test_platt_on_perfectly_parted_classes_stays_finite() -> None:
    scale, offset = fit_platt(np.array([-5.0, -4, 4, 5]), np.array([0, 0, 1, 1]))
    assert 0 < scale < 10
    assert abs(offset) < 10


def test_platt_needs_both_classes() -> None:
    with pytest.raises(ValueError, match="3 lures and 0 others"):
        fit_platt(np.zeros(3), np.ones(3))


def test_threshold_keeps_its_promise_with_ties() -> None:
    honest = np.array([0.9] * 5 + [0.1] * 95)
    threshold = threshold_at(honest, 0.02)  # 2 allowed, but 5 share the top score
    assert (honest >= threshold).mean() <= 0.02
    assert threshold > 0.9


def test_operating_points_carry_their_sizes() -> None:
    scores = np.concatenate([np.linspace(0.5, 1, 40), np.linspace(0, 0.6, 200)])
    is_lure = np.arange(240) < 40
    strict, wide = operating_points(scores, is_lure, [("a", 0.01), ("b", 0.05)])
    assert strict.threshold > wide.threshold
    assert strict.recall <= wide.recall
    assert (strict.lures, strict.honest) == (40, 200)


def test_a_temperature_undoes_a_scale() -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(4000, 5)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    kinds = np.array([rng.choice(5, p=row) for row in shares])
    assert fit_temperature(logits, kinds) == pytest.approx(1, abs=0.06)
    assert fit_temperature(logits * 3, kinds) == pytest.approx(1 / 3, abs=0.02)
    assert fit_temperature(logits[:0], kinds[:0]) == 1
    one = np.array([[0.0, 1, 0, 0, 0, 0]])
    sharper = Calibration(rest_scale=3.0).kind_probabilities(one)
    plain = Calibration().kind_probabilities(one)
    assert sharper[0, 0] == plain[0, 0] == 0.5, "the score does not move"
    assert sharper[0, 1] > plain[0, 1]
    assert sharper.sum() == pytest.approx(1)
