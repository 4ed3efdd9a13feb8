"""Every error has a problem, every problem is explained in the README."""

from http import HTTPStatus
from pathlib import Path

import pytest

from service import errors
from service.problems import PROBLEMS, of_error, pointer

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def kinds(base: type[Exception]) -> set[type[Exception]]:
    """The classes that are raised: those with no subclass of their own, and
    :class:`~service.errors.StoreUnavailable`."""
    below = base.__subclasses__()
    raised = set() if below and base is not errors.StoreUnavailable else {base}
    return raised.union(*map(kinds, below))


def test_every_error_has_a_problem() -> None:
    assert kinds(errors.ServiceError) == set(PROBLEMS)


@pytest.mark.parametrize("kind", [row[1] for row in PROBLEMS.values()])
def test_every_problem_is_documented(kind: str) -> None:
    assert f"`{kind}`" in README


def test_overload_says_when_to_come_back() -> None:
    answer = of_error(errors.Overloaded(4, 7))
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("body", "ads", 3, "text"), "/ads/3/text"),
        (("body",), ""),
        (("body", "a/b", "c~d"), "/a~1b/c~0d"),  # RFC 6901, section 3
        (("query", "limit"), "?limit"),
    ],
)
def test_pointers(place: tuple[str | int, ...], expected: str) -> None:
    assert pointer(place) == expected
