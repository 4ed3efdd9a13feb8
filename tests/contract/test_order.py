"""Long files of tests are begun first."""

from pathlib import Path

import pytest

from tests.order import LONG, long_first

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("name", LONG)
def test_a_long_file_is_there(name: str) -> None:
    assert (TESTS / name).is_file()


def test_long_files_come_first_and_the_others_as_they_stood(request: pytest.FixtureRequest) -> None:
    files = list(dict.fromkeys(one.nodeid.partition("::")[0] for one in request.session.items))
    named = [name for name in files if name.removeprefix("tests/") in LONG]
    assert files[: len(named)] == named
    assert long_first(request.session.items) == request.session.items
