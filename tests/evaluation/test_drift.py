"""Score logs that moved and score logs that did not."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.__main__ import main
from evaluation.drift import compare_logs, read_log
from evaluation.rows import WrongRow, read
from models.stability import stability_index


def log(path: Path, parts: dict[tuple[str, str], np.ndarray]) -> Path:
    """A score log of platform and language to scores."""
    lines = [
        json.dumps({"score": float(score), "platform": platform, "language": language})
        for (platform, language), scores in parts.items()
        for score in scores
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_the_index_by_hand() -> None:
    old = np.repeat([0.25, 0.75], 500)  # the deciles are 0.25, 0.5 and 0.75: four bins
    new = np.repeat([0.25, 0.75], [250, 750])
    p = np.array([0.5, 500.5, 0.5, 500.5]) / 1002
    q = np.array([0.5, 250.5, 0.5, 750.5]) / 1002
    assert stability_index(old, new) == pytest.approx(float(np.sum((q - p) * np.log(q / p))))
    assert stability_index(old, old) == 0


def test_scores_that_lie_at_the_lowest_can_move() -> None:
    old = np.repeat([0.0, 0.5], [920, 80])  # every decile is 0
    assert stability_index(old, old) == 0
    assert stability_index(old, np.full(1000, 0.5)) > 1


def test_only_the_slice_that_moved_is_to_be_relabelled(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    steady = ("social", "es"), ("dating", "th")
    old = {key: rng.beta(1, 6, 3000) for key in (*steady, ("gaming", "vi-VN"))}
    new = {key: rng.beta(1, 6, 3000) for key in steady} | {("gaming", "vi"): rng.beta(3, 4, 900)}
    found = compare_logs(log(tmp_path / "old", old), log(tmp_path / "new", new))
    assert found["relabel"] == ["language=vi", "platform=gaming", "platform=gaming language=vi"]
    assert found["slices"]["language=es"]["verdict"] == "steady"


def test_the_same_scores_again_are_no_drift(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for trial in range(20):
        parts = [{("social", str(i)): rng.beta(1, 6, 300) for i in range(6)} for _ in range(2)]
        paths = [log(tmp_path / f"{trial}-{i}", part) for i, part in enumerate(parts)]
        assert compare_logs(*paths)["relabel"] == []


def test_a_small_slice_is_too_few_and_never_drifts(tmp_path: Path) -> None:
    old, new = {("social", "lo"): np.full(199, 0.1)}, {("social", "lo"): np.full(5000, 0.9)}
    found = compare_logs(log(tmp_path / "old", old), log(tmp_path / "new", new))
    assert found["relabel"] == []
    assert "language=lo" in found["too few"]


@pytest.mark.parametrize("line", ['{"score": 1.5}', '{"platform": "social"}', "[1]", "{"])
def test_a_line_that_is_no_score_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log"
    path.write_text('{"score": 0.5}\n' + line, "utf-8")
    with pytest.raises(WrongRow, match="log:2:"):
        read_log(path)


def test_lines_that_stand_for_an_ad_without_a_score_are_passed_over_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text('{"score": 0.5}\n', "utf-8")
    new.write_text('{"line": 1, "error": "text: nothing to read"}\n{"score": 0.5}\n', "utf-8")
    assert main(["drift", str(old), str(new)]) == 0
    assert "Lines without a score, passed over: 0 old, 1 new." in capsys.readouterr().out


def test_a_line_without_a_score_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"platform": "social"}', "utf-8")
    with pytest.raises(WrongRow, match="log:1: no `score`"):
        read_log(path)


def test_a_line_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"score": 0.5}\n{"score": 0.5, "platform": "caf\xe9"}\n')
    with pytest.raises(WrongRow, match="log:2: UnicodeDecodeError"):
        read_log(path)
    rows = tmp_path / "rows.jsonl"
    row = b'{"text": "a", "language": "fr", "kind": "lure", "group": "1"}\n'
    rows.write_bytes(row + row.replace(b'"a"', b'"\xe9"'))
    with pytest.raises(WrongRow, match=r"rows.jsonl:2: UnicodeDecodeError"):
        read([rows])
    for wrong, words in ((b'"group": null', "no group"), (b'"group": "1", "harms": "a"', "list")):
        rows.write_bytes(row + row.replace(b'"group": "1"', wrong))
        with pytest.raises(WrongRow, match=rf"rows.jsonl:2: .*{words}"):
            read([rows])


def test_the_command_says_it_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(3)
    old = log(tmp_path / "old", {("social", "en"): rng.beta(1, 6, 1000)})
    new = log(tmp_path / "new", {("social", "en"): rng.beta(4, 2, 1000)})
    assert main(["drift", str(old), str(new)]) == 1
    assert "Relabel a sample of: all" in capsys.readouterr().out
    assert main(["drift", str(old), str(old)]) == 0
