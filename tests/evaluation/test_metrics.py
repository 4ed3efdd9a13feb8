"""Figures against values worked out by hand, and intervals that respect groups."""

import numpy as np
import pytest

from evaluation.metrics import (
    average_precision,
    calibration_error,
    recall_at,
    risk_by_coverage,
    risk_coverage_area,
    with_interval,
)
from models.calibration import roc_area
from training.figures import auroc

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
LURES = np.array([True, False, True, False, False])


def test_by_hand() -> None:
    assert roc_area(SCORES, LURES) == pytest.approx(5 / 6)
    assert average_precision(SCORES, LURES) == pytest.approx((1 + 2 / 3) / 2)
    assert recall_at(0.0)(SCORES, LURES) == 0.5  # above 0.8 stands 0.9 alone
    assert recall_at(0.34)(SCORES, LURES) == 1.0


def test_calibration_error_by_hand() -> None:
    # Five bins of one text each: distances 0.1, 0.8, 0.3, 0.6, 0.5.
    assert calibration_error(SCORES, LURES) == pytest.approx(2.3 / 5)
    rng = np.random.default_rng(3)
    scores = rng.random(20_000)
    assert calibration_error(scores, rng.random(20_000) < scores) < 0.02
    assert calibration_error(scores, rng.random(20_000) < scores**3) > 0.2


def test_calibration_error_of_ties_depends_on_no_order() -> None:
    scores, truth = np.full(1000, 0.5), np.arange(1000) < 500
    assert calibration_error(scores, truth) == pytest.approx(0)
    assert calibration_error(scores, truth[::-1]) == pytest.approx(0)


def test_risk_by_coverage_by_hand() -> None:
    # Surest first: 0.9 right, 0.8 wrong, 0.7 right, 0.6 wrong, 0.5 wrong.
    expected = [0, 1 / 2, 1 / 3, 2 / 4, 3 / 5]
    assert risk_by_coverage(SCORES, LURES) == pytest.approx(expected)
    assert risk_coverage_area(SCORES, LURES) == pytest.approx(np.mean(expected))


def test_ties_count_half_and_flatter_nobody() -> None:
    same = np.full(5, 0.5)
    assert roc_area(same, LURES) == 0.5
    assert average_precision(same, LURES) == pytest.approx(0.4)  # the share of lures
    assert recall_at(0.4)(same, LURES) == 0.0


def test_training_and_evaluation_agree() -> None:
    rng = np.random.default_rng(1)
    scores, truth = rng.integers(0, 9, 200) / 9, rng.random(200) < 0.3
    ours = auroc(scores.tolist(), truth.tolist())
    assert ours == pytest.approx(roc_area(scores, truth), abs=1e-4)


def test_copies_do_not_narrow_an_interval() -> None:
    rng = np.random.default_rng(2)
    truth = rng.random(60) < 0.5
    scores = truth * 0.4 + rng.random(60)
    groups = [str(i) for i in range(60)]
    one = with_interval(roc_area, scores, truth, groups)
    copies = [group for group in groups for _ in range(10)]
    ten = with_interval(roc_area, np.repeat(scores, 10), np.repeat(truth, 10), copies)
    assert one.value == pytest.approx(ten.value)
    widths = [(one.high or 0) - (one.low or 0), (ten.high or 0) - (ten.low or 0)]
    assert widths[0] > 0.1
    assert widths[1] == pytest.approx(widths[0], abs=0.02)


def test_too_few_gives_no_figure() -> None:
    figure = with_interval(roc_area, SCORES, LURES, list("abcde"))
    assert figure.value is None
    assert str(figure) == "too few (2 lures, 3 others)"


def test_a_perfect_sample_has_an_interval() -> None:
    truth = np.arange(40) % 2 == 0
    perfect = with_interval(roc_area, truth.astype(float), truth, [str(i) for i in range(40)])
    assert perfect.value == perfect.high == 1
    assert perfect.low == pytest.approx(0.899, abs=0.002)
    halved = with_interval(roc_area, truth.astype(float), truth, [str(i // 4) for i in range(40)])
    assert (halved.low or 1) < (perfect.low or 0)  # copies are no news
