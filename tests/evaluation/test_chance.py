"""P-values by hand, by brute force and by tables; and how often equals are told apart."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.chance import holm, of_resamples, of_sums, student


@settings(deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_every_way_the_signs_may_fall_is_counted(sums: list[int]) -> None:
    ways = [abs(sum(s * one for s, one in zip(signs, sums, strict=True)))
            for signs in product((-1, 1), repeat=len(sums))]  # fmt: skip
    assert of_sums(sums) == pytest.approx(np.mean([way >= abs(sum(sums)) for way in ways]))


@pytest.mark.parametrize(
    ("sums", "p"),
    [
        ([10], 1.0),  # ten copies of one campaign
        ([1] * 4, 0.125),  # four of fifteen won and none lost
        ([1] * 10, 2 / 1024),
        ([20, 1, -1], 0.75),  # one group outweighs the others: a toss of it, and theirs
        ([0] * 30, 1.0),
        ([1] * 600, 2**-599),  # no resample reaches so far
    ],
)
def test_a_group_is_one_throw(sums: list[int], p: float) -> None:
    assert of_sums(sums) == pytest.approx(p)


@pytest.mark.parametrize(
    ("t", "freedom", "p"),
    [(12.706, 1, 0.05), (2.365, 7, 0.05), (4.499, 9, 0.0015), (1.962, 1000, 0.05), (0, 5, 1)],
)
def test_tails_as_in_the_tables(t: float, freedom: int, p: float) -> None:
    assert student(t, freedom) == pytest.approx(p, rel=0.01)


def test_few_groups_have_longer_tails() -> None:
    drawn = np.random.default_rng(1).normal(0.02, 0.01, 500)
    assert of_resamples(0.02, drawn, 8) > of_resamples(0.02, drawn, 500) > 0.02
    assert of_resamples(0.0, [0.0] * 500, 500) == 1


def test_many_tries_are_paid_for() -> None:
    assert holm([]) == []
    assert holm([0.01]) == [0.01]
    assert holm([0.9, 0.02, 0.01, 0.9]) == pytest.approx([1, 0.06, 0.04, 1])
    assert holm([0.001] * 300) == pytest.approx([0.3] * 300)
