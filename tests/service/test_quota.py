"""How many ads a key may have scored in a minute; here the minute is a few seconds long."""

import re
import time

import pytest

from service.errors import KeyLimited, Overloaded
from service.quota import Left, Quota


def spend(quota: Quota, ads: int, limit: int = 5, key: str = "key_a") -> Left:
    """Have ads scored; gives what was left while they were."""
    with quota.use(key, limit, ads) as use:
        return use.left


def test_what_is_spent_comes_back_as_the_window_moves_on() -> None:
    quota = Quota(window_s=2)
    assert quota.left("key_a", 5) == Left(5, 2, 5, None)
    assert spend(quota, 3) == Left(5, 2, 2, 2)
    time.sleep(1.1)
    assert spend(quota, 2) == Left(5, 2, 0, 1)
    with pytest.raises(KeyLimited):
        spend(quota, 1)
    time.sleep(1.1)
    assert spend(quota, 3).ads == 0, "three of the five have had their time"


def test_a_refusal_says_when_so_many_are_taken() -> None:
    quota = Quota(window_s=3)
    spend(quota, 2)
    time.sleep(1.2)
    spend(quota, 3)
    pauses = {}
    for ads in (1, 2, 3, 5):
        with pytest.raises(KeyLimited) as refused:
            spend(quota, ads)
        pauses[ads] = refused.value.retry_after_s
    assert pauses == {1: 2, 2: 2, 3: 3, 5: 3}
    time.sleep(2)
    assert spend(quota, 2)


def test_what_is_under_way_is_no_longer_there_for_others() -> None:
    quota = Quota()
    with quota.use("key_a", 5, 3) as first:
        assert first.left.ads == 2
        with pytest.raises(KeyLimited) as refused:
            spend(quota, 3)
        assert refused.value.extra["left"] == 2
        assert spend(quota, 2).ads == 0
    assert quota.left("key_a", 5).ads == 0


def test_keys_do_not_share() -> None:
    quota = Quota()
    spend(quota, 5)
    assert spend(quota, 5, key="key_b").ads == 0


def test_what_the_service_refuses_costs_nothing_and_what_a_caller_gives_up_does() -> None:
    quota = Quota()
    for error, left in ((Overloaded(9, 1), 5), (ZeroDivisionError(), 2)):
        with pytest.raises(type(error)), quota.use("key_a", 5, 3):
            raise error
        assert quota.left("key_a", 5).ads == left


def test_another_limit_counts_what_was_spent_under_the_one_before() -> None:
    quota = Quota()
    spend(quota, 5)
    assert quota.left("key_a", 8).ads == 3
    assert quota.left("key_a", 3).ads == 0


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (Left(600, 60, 450, 12), '"ads";r=450;t=12'),
        (Left(600, 60, 600, None), '"ads";r=600'),
        (Left(600, 60, 0, 1), '"ads";r=0;t=1'),
    ],
)
def test_headers_are_lists_of_items_with_parameters(left: Left, said: str) -> None:
    """Structured fields (RFC 9651): a string, then parameters that are integers."""
    assert left.headers() == {"RateLimit-Policy": '"ads";q=600;w=60', "RateLimit": said}
    for value in left.headers().values():
        assert re.fullmatch(r'"[a-z]+"(;[a-z]+=\d+)+', value)


def test_a_great_limit_is_cheap() -> None:
    """A hundred thousand ads of one key, a request of 256 at a time."""
    quota = Quota()
    began = time.perf_counter()
    for _ in range(390):
        spend(quota, 256, limit=100_000)
    assert quota.left("key_a", 100_000).ads == 160
    assert time.perf_counter() - began < 2
