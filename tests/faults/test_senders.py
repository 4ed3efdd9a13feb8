"""Callers who hold connections, a few for a moment: others are answered."""

from pathlib import Path

import pytest

from tests.conftest import TinyRun
from tests.faults import senders
from tests.faults.fault import Given
from tests.faults.senders import Hold, held


@pytest.mark.parametrize("hold", [senders.half_a_body, senders.silence])
def test_ordinary_callers_are_answered(hold: Hold, tiny_run: TinyRun, tmp_path: Path) -> None:
    given = Given(tmp_path, tiny_run.bundle, 1.0, told=lambda _: None)
    outcome = held(given, "callers that hold connections", 30, hold, expects_408=True)
    assert set(outcome.seen["ordinary answers meanwhile"]) == {"200"}
    assert outcome.seen["held ones that were closed"] == {}
    assert not any("answers" in one for one in outcome.broken)
