"""Baselines on the small run's splits."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation import compare, metrics
from evaluation.__main__ import main
from evaluation.peers.baselines import characters, digests, labelled, phrases, prepared
from evaluation.peers.beside import Answers, file_name
from evaluation.peers.folder import write
from evaluation.peers.together import fair, measure
from evaluation.report.headline import headline
from evaluation.rows import WrongRow
from models.text_sets import COLLECTED, MANNER, WRITTEN
from service.engine import Engine
from tests.conftest import TinyRun

LURES = ("no fee, fly tomorrow", "fly tomorrow, passport kept", "passport kept by the boss")
HONEST = ("shop hires a baker", "bakers wanted for the shop", "a baker's shop, mornings")


def row(text: str, kind: str, spans: list[dict[str, object]] | None = None) -> dict[str, object]:
    return {"text": text, "kind": kind, "spans": spans, "group": text, "synthetic": False}


@pytest.fixture(scope="module")
def made(tiny_run: TinyRun, tiny_engine: Engine) -> Answers:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "RESAMPLES", 20)
        patch.setattr(compare, "RESAMPLES", 40)
        return measure(
            None, tiny_run.data, "test", tiny_run.base, tiny_engine, None, only_unseen=True
        )


def test_every_baseline_is_measured_on_the_same_texts(made: Answers, tiny_engine: Engine) -> None:
    assert list(made) == [
        tiny_engine.name, "flag everything", "flag nothing", "keyword list", "surface features",
        "TF-IDF + linear SVM", "frozen-encoder probe",
    ]  # fmt: skip
    for name, answer in made.items():
        assert set(answer["sets"]) == {COLLECTED, WRITTEN, MANNER}
        for part, ours in zip(
            answer["sets"].values(), made[tiny_engine.name]["sets"].values(), strict=True
        ):
            assert part["all"]["texts"] == ours["all"]["texts"]
            assert part["slices"].keys() == ours["slices"].keys()
            assert ("beside ours" in part) == (name != tiny_engine.name)


def test_flagging_everything_or_nothing_by_hand(made: Answers) -> None:
    everything, nothing = (
        made[name]["sets"][WRITTEN]["all"] for name in ("flag everything", "flag nothing")
    )
    lures, others = everything["lures"], everything["others"]
    for whole in (everything, nothing):
        assert whole["area under ROC"]["value"] == 0.5
        assert whole["average precision"]["value"] == pytest.approx(lures / (lures + others))
    assert everything["F1 at balanced"]["value"] == pytest.approx(2 * lures / (2 * lures + others))
    for what in ("recall", "false positives"):
        assert everything[f"{what} at high_precision"]["value"] == 1
        assert nothing[f"{what} at high_recall"]["value"] == 0


def test_a_peer_gets_thresholds_from_the_calibration_split(made: Answers) -> None:
    thresholds = made["TF-IDF + linear SVM"]["thresholds"]
    assert list(thresholds) == ["high_precision", "balanced", "high_recall"]
    assert sorted(thresholds.values(), reverse=True) == list(thresholds.values())
    assert all(0 < one <= 1.001 for one in thresholds.values())


def test_every_answer_has_a_page_that_names_whose_it_is(made: Answers, tmp_path: Path) -> None:
    assert write(made, tmp_path)
    table = (tmp_path / "index.md").read_text("utf-8")
    for name in made:
        assert f"| [{name}]({file_name(name)}.html) |" in table
        html = (tmp_path / f"{file_name(name)}.html").read_text("utf-8")
        assert f"Evaluation of <bdi>{name}" in html
        assert html.count("Not measured in this run.") == 2, "fairness and robustness"
        assert json.loads((tmp_path / f"{file_name(name)}.json").read_text("utf-8")) == made[name]


def test_a_headline_of_a_peer_does_not_speak_of_us(made: Answers) -> None:
    found = copy.deepcopy(made["flag everything"])
    found["sets"][COLLECTED] = found["sets"][WRITTEN]
    said = headline(found)
    assert "\u201cflag everything\u201d sends 100 to review" in said
    assert "Lurewatch" not in said


def test_texts_that_were_fitted_on_are_refused(tiny_run: TinyRun) -> None:
    known = prepared(tiny_run.data, "test")
    rows = labelled(known.test)
    fitted_on = labelled(known.train)
    with pytest.raises(WrongRow, match="of groups that the baselines was fitted on"):
        measure([*rows, fitted_on[0]], tiny_run.data, "test", None, None, None)
    long = next(row for row in fitted_on if len(row.text) > 200)
    copied = replace(long, group="elsewhere", id="copied", text=long.text + " !")
    seen = {"the baselines": digests(known)}
    with pytest.raises(WrongRow, match=r"near-duplicates of what the baselines.*copied"):
        fair([replace(copied)], seen, only_unseen=False)
    with pytest.raises(WrongRow, match="nothing is left"):
        fair([fitted_on[0], copied], seen, only_unseen=True)


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


def test_a_missing_data_set_or_split_is_named(tiny_run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(WrongRow, match="holds no prepared data"):
        prepared(tmp_path, "test")
    with pytest.raises(WrongRow, match="left_out"):
        prepared(tiny_run.data, "left_out")


def test_command_prints_tables(
    tiny_run: TinyRun, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    asked = ["peers", "--data", str(tiny_run.data), "--unseen"]
    assert main(asked) == 0
    assert "| flag nothing |" in capsys.readouterr().out
    assert main(["peers"]) == 2
    assert "name files to measure on, or --data" in capsys.readouterr().err
