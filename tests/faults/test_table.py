"""Outcomes are kept and shown as they came."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.faults.__main__ import app
from tests.faults.fault import Outcome
from tests.faults.table import markdown, read


def row(name: str, quick: bool, outcome: Outcome) -> str:
    return json.dumps({"name": name, "quick": quick, **outcome.row()}) + "\n"


def test_the_last_full_outcome_is_shown(tmp_path: Path) -> None:
    first, last = Outcome("a disk is full", "503"), Outcome("a disk is full", "503")
    first.seen["answers"] = {"200": 1}
    last.seen["answers"] = {"200": 1200, "503": 3}
    last.expect(False, "one was lost")
    last.expect(True, "never shown")
    result = tmp_path / "result.jsonl"
    result.write_text(
        row("disk", False, first) + row("disk", False, last) + row("disk", True, first)
    )
    assert markdown(read(result)).splitlines()[2:] == [
        "| a disk is full | 503 | answers: 200 × 1,200, 503 × 3. **Not kept:** one was lost |"
    ]


def test_quick_outcomes_are_no_result(tmp_path: Path) -> None:
    result = tmp_path / "result.jsonl"
    result.write_text(row("disk", True, Outcome("a disk is full", "503")))
    with pytest.raises(ValueError, match="at full length"):
        read(result)


def test_a_fault_that_is_none_is_named() -> None:
    answer = CliRunner().invoke(app, ["run", "earthquake"])
    assert answer.exit_code == 2
    assert "earthquake" in answer.output
