"""Baselines on the small run's splits."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.__main__ import main
from evaluation.metrics import f1_at
from evaluation.peers.baselines import best_threshold, characters, measure, phrases
from evaluation.rows import WrongRow
from service.engine import Engine
from tests.conftest import TinyRun

LURES = ("no fee, fly tomorrow", "fly tomorrow, passport kept", "passport kept by the boss")
HONEST = ("shop hires a baker", "bakers wanted for the shop", "a baker's shop, mornings")


def row(text: str, kind: str, spans: list[dict[str, object]] | None = None) -> dict[str, object]:
    return {"text": text, "kind": kind, "spans": spans, "group": text, "synthetic": False}


def test_every_baseline_is_measured(tiny_run: TinyRun, tiny_engine: Engine) -> None:
    found = measure(tiny_run.data, tiny_run.base, tiny_engine, "test")
    assert found["split"] == "test"
    for subset in ("collected", "written or generated"):
        assert set(found[subset]) == {
            "flag everything", "surface", "phrases", "characters", "frozen encoder", "served",
        }  # fmt: skip
    flagged = found["written or generated"]["flag everything"]
    lures, others = (flagged["F1"][side] for side in ("lures", "others"))
    assert flagged["area under ROC"]["value"] == 0.5
    assert flagged["average precision"]["value"] == pytest.approx(lures / (lures + others))
    assert flagged["F1"]["value"] == pytest.approx(2 * lures / (2 * lures + others))


def test_phrases_count_indicators_not_hits() -> None:
    spans = [
        {"indicator": "departure_within_days", "start": 0, "end": 12},
        {"indicator": "documents_or_wages_withheld", "start": 14, "end": 27},
    ]
    score = phrases([row(LURES[1], "lure", spans)])
    texts = ("FLY TOMORROW! fly tomorrow", "Fly tomorrow; Passport kept", "nothing of it")
    assert score([row(text, "lure") for text in texts]).tolist() == [1, 2, 0]


def test_phrases_are_looked_up_as_rendered() -> None:
    spans = [{"indicator": "urgency", "start": 0, "end": 6}]
    score = phrases([row("今天！要，人", "lure", spans)])
    assert score([row("店里今天！要，人", "lure")]).tolist() == [1]


def test_characters_tell_words_apart() -> None:
    train = [row(t, "lure") for t in LURES] + [row(t, "recruitment") for t in HONEST]
    score = characters(train, seed=1)
    lure, honest = score([row("they fly tomorrow", "lure"), row("the baker's shop", "other")])
    assert lure > honest


def test_threshold_of_the_best_f1() -> None:
    scores, truth = np.array([0.1, 0.4, 0.6, 0.9]), np.array([False, True, True, True])
    threshold = best_threshold(scores, truth)
    assert threshold == 0.4
    assert f1_at(threshold)(scores, truth) == 1.0
    assert f1_at(2.0)(scores, truth) == 0.0


def test_a_missing_data_set_or_split_is_named(tiny_run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(WrongRow, match="holds no prepared data"):
        measure(tmp_path, None, None, "test")
    with pytest.raises(WrongRow, match="left_out"):
        measure(tiny_run.data, None, None, "left_out")


def test_command_prints_tables(tiny_run: TinyRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers", "--data", str(tiny_run.data)]) == 0
    assert "| flag everything |" in capsys.readouterr().out
    assert main(["peers", "--data", str(tiny_run.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["split"] == "test"
