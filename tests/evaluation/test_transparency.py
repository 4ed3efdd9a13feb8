"""Accuracy and error for a transparency report: as direct counting gives them, never surer."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.__main__ import main
from evaluation.figures import figures
from evaluation.run import FORMAT
from evaluation.transparency import Estimate, WrongResult, indicators, report
from models.text_sets import COLLECTED, WRITTEN
from tests.evaluation.test_report import POINTS, rows_of, set_of

POINT = POINTS[1]


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "bundle": "some",
        "leakage": {"texts": 0},
        "thresholds": {one.name: one.threshold for one in POINTS},
        "sets": {COLLECTED: set_of(False), WRITTEN: set_of(True)},
    }


def test_figures_are_those_of_counting(measured: dict[str, Any]) -> None:
    rows = rows_of(False)
    noise = np.random.default_rng(3).beta(2, 5, len(rows))
    flagged = np.array(
        [(1 - x if r.is_lure else x) >= POINT.threshold for r, x in zip(rows, noise, strict=True)]
    )
    lures = np.array([row.is_lure for row in rows])
    found = report(measured)["sets"][COLLECTED][POINT.name]["Total number"]
    assert found["accuracy"]["value"] == pytest.approx((flagged == lures).mean(), abs=1e-4)
    assert found["error"]["value"] == pytest.approx((flagged != lures).mean(), abs=1e-4)
    assert found["precision"]["value"] == pytest.approx(lures[flagged].mean(), abs=1e-4)
    assert found["recall"]["value"] == pytest.approx(flagged[lures].mean(), abs=1e-4)


RATES = st.fixed_dictionaries(
    {"value": st.floats(0.2, 0.8), "below": st.floats(0, 0.2), "above": st.floats(0, 0.2)}
).map(
    lambda one: {
        "value": one["value"], "low": one["value"] - one["below"],
        "high": one["value"] + one["above"],
    }
)  # fmt: skip


@given(RATES, RATES, st.integers(10, 500), st.integers(10, 500), st.none() | st.floats(0, 1))
def test_every_value_lies_in_its_interval(
    recall: dict[str, float], alarms: dict[str, float], lures: int, others: int,
    share: float | None,
) -> None:  # fmt: skip
    rates = {"recall at a": recall, "false positives at a": alarms}
    found = indicators({"lures": lures, "others": others, **rates}, "a", share)
    for one in (found.accuracy, found.error, found.precision, found.recall, found.false_positives):
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        assert 0 <= one.low <= one.value <= one.high <= 1
    assert found.accuracy.value is not None
    assert found.error.value == pytest.approx(1 - found.accuracy.value, abs=2e-4)


def test_fewer_lures_mean_less_precision_and_the_same_recall(measured: dict[str, Any]) -> None:
    as_measured = report(measured)["sets"][COLLECTED][POINT.name]["Total number"]
    same = report(measured, 0.5)["sets"][COLLECTED][POINT.name]["Total number"]
    rare = report(measured, 0.001)["sets"][COLLECTED][POINT.name]["Total number"]
    assert same == as_measured, "half of these texts are lures"
    assert rare["precision"]["high"] < as_measured["precision"]["low"]
    assert rare["recall"] == as_measured["recall"]


def test_too_few_texts_give_no_figure() -> None:
    rows = rows_of(False)[:8]
    scores = np.array([0.9 if row.is_lure else 0.1 for row in rows])
    found = indicators(figures(rows, scores, POINTS, {}), POINT.name)
    assert (found.lures, found.others) == (4, 4)
    assert str(found.accuracy) == "too few"
    assert found.recall == Estimate(None, None, None)


def test_nothing_flagged_has_no_precision() -> None:
    none = {"value": 0.0, "low": 0.0, "high": 0.2}
    rates = {"recall at a": none, "false positives at a": none}
    assert str(indicators({"lures": 90, "others": 90, **rates}, "a").precision) == "too few"


def test_the_command_writes_the_template_and_a_page(
    measured: dict[str, Any], tmp_path: Path
) -> None:
    result = tmp_path / "result.json"
    result.write_text(json.dumps(measured), "utf-8")
    out = tmp_path / "out"
    options = ["--service", "Ours", "--period", "2026-01-01/2026-12-31", "--point", POINT.name]
    assert main(["transparency", str(result), "--out", str(out), *options]) == 0
    rows = list(csv.DictReader(io.StringIO((out / "8_automated_means.csv").read_text("utf-8"))))
    assert {row["Scope"] for row in rows} == {"Total number", "en"}, "sw and th are not official"
    accuracy = next(row for row in rows if row["Indicator"].endswith("- Accuracy"))
    told = json.loads((out / "accuracy.json").read_text("utf-8"))
    own = told["sets"][COLLECTED][POINT.name]["Total number"]
    assert float(accuracy["Value"]) == pytest.approx(own["accuracy"]["value"], abs=1e-4)
    assert "30 lures, 30 others" in accuracy["Contextual Information"]
    page = (out / "accuracy.md").read_text("utf-8")
    assert "| en (official) | 10 / 10 |" in page
    assert "| sw |" in page
    assert WRITTEN in page


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"format": 1}, [], "measure the bundle anew"),
        ({"sets": {}}, [], "no set 'collected'"),
        ({}, ["--point", "sharpest"], "no threshold 'sharpest'"),
    ],
)
def test_what_was_not_measured_is_told(
    measured: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    change: dict[str, Any], options: list[str], words: str,
) -> None:  # fmt: skip
    result = tmp_path / "result.json"
    result.write_text(json.dumps({**measured, **change}), "utf-8")
    argv = ["transparency", str(result), "--out", str(tmp_path / "out"), *options]
    assert main(argv) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_older_answer_is_refused() -> None:
    with pytest.raises(WrongResult):
        report({"format": FORMAT})
