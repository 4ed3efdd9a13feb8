"""A short kill loop on each database; the long one is ``python -m tests.e2e.kill_loop``."""

from pathlib import Path

import pytest

from tests.conftest import TinyRun
from tests.e2e.kill_loop import KillLoop
from tests.e2e.killing.verdict import NEVER


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_nothing_accepted_is_lost_and_nobody_is_told_twice_with_different_answers(
    database_url: str, tiny_run: TinyRun, tmp_path: Path
) -> None:
    figures = KillLoop(database_url, tmp_path, tiny_run.bundle, seed=5).run(6, hurry=True)
    assert figures["kills"] == 6
    assert figures["freezes"] > 0
    assert figures["done"] == figures["accepted"] > 0
    assert figures["deliveries"] >= figures["accepted"]
    assert {name: figures[name] for name in NEVER} == dict.fromkeys(NEVER, 0)
