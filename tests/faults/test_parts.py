"""The faults of the parts beside the service, each for a second or two: is what they say so?"""

import json
from pathlib import Path

import pytest

from tests.conftest import TinyRun
from tests.faults import broker as brokers
from tests.faults.broker import ADS
from tests.faults.clock import clock
from tests.faults.damage import damage
from tests.faults.database import database
from tests.faults.disk import disk
from tests.faults.fault import Fault, Given, Outcome
from tests.faults.spoiling import spoiled, ways


@pytest.fixture
def given(tmp_path: Path, tiny_run: TinyRun) -> Given:
    own = tmp_path / "own"
    own.mkdir()
    return Given(own, tiny_run.bundle, 1.0, told=lambda _: None)


@pytest.mark.parametrize("fault", [database, disk, damage, clock])
def test_what_is_promised_is_kept(fault: Fault, given: Given) -> None:
    outcome = fault(given)
    if outcome.undone:
        pytest.skip(outcome.undone)
    assert outcome.broken == []
    assert json.loads(json.dumps(outcome.row()))["seen"] == outcome.seen


def decision(number: int, said: str = "allow") -> tuple[None, bytes]:
    return None, json.dumps({"subject": f"ad-{number}", "data": said}).encode()


def test_a_message_that_is_lost_or_decided_otherwise_is_told() -> None:
    every = [decision(number) for number in range(ADS)]
    well, lost, twice = (Outcome("", "") for _ in range(3))
    brokers.judge(well, [*every, every[0]], [1.0, 2.0], 0)
    brokers.judge(lost, every[1:], [brokers.GOES_ON_S + 1], 1)
    brokers.judge(twice, [*every, decision(3, "review")], [1.0], 0)
    assert well.broken == []
    assert well.seen["decided twice, the same"] == 1
    assert len(lost.broken) == 3
    assert twice.broken == ["1 were decided twice and not the same"]


def test_a_bundle_is_spoiled_in_one_file_alone(given: Given) -> None:
    before = {one.name: one.read_bytes() for one in given.bundle.iterdir()}
    every = list(ways(given.bundle, seed=1))
    assert {one.file for one in every} == set(before)
    for one in every:
        folder = spoiled(given.bundle, given.folder / "spoiled", one)
        after = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
        same = {name for name, content in before.items() if after.get(name) == content}
        assert set(before) - same <= {one.file}, one.way
        if one.way != "unreadable":
            assert one.file not in same, one.way
    assert before == {one.name: one.read_bytes() for one in given.bundle.iterdir()}
