"""Figures as Markdown, and their place in a page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evaluation import metrics
from evaluation.__main__ import main
from evaluation.guide_tables import BEGIN, END, NoPlace, figure, put_into
from evaluation.run import measure
from service.engine import Engine
from tests.evaluation.test_measure import some_rows


@pytest.fixture(scope="module")
def measured(tiny_engine: Engine) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "RESAMPLES", 20)
        return measure(tiny_engine, some_rows(12), fairness=True, robustness=True, sample=10)


def test_the_command_fills_the_place_and_fills_it_anew(
    measured: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, page = tmp_path / "result.json", tmp_path / "guide.md"
    result.write_text(json.dumps(measured), "utf-8")
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n", "utf-8")
    for _ in range(2):
        assert main(["tables", str(result), "--into", str(page)]) == 0
    words = page.read_text("utf-8")
    assert words.startswith(f"# Before\n\n{BEGIN}\n\n`tiny-1`")
    assert words.endswith(f"{END}\n\nAfter\n")
    assert "\nold\n" not in words
    for said in (
        "| F1 at balanced |", "| calibration error |", "| answered | 100% |", "mean change",
        "gap in points", "| typos |", "| *warning around* |", "| with deletions | 150 |",
    ):  # fmt: skip
        assert said in words, said
    assert "None" not in words
    assert words.count("too few") > 1
    capsys.readouterr()
    assert main(["tables", str(result)]) == 0
    assert capsys.readouterr().out.strip() in words


def test_what_was_not_measured_is_said(
    measured: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = {k: v for k, v in measured.items() if k not in ("fairness", "robustness")}
    result = tmp_path / "result.json"
    result.write_text(json.dumps(few), "utf-8")
    assert main(["tables", str(result)]) == 0
    told = capsys.readouterr().out
    assert "Fairness was not measured" in told
    assert "Robustness was not measured" in told


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{END} {BEGIN}", "utf-8")
    with pytest.raises(NoPlace, match="has no <!-- figures -->"):
        put_into(page, "words")
    assert page.read_text("utf-8") == f"{END} {BEGIN}"


def test_a_figure_of_too_few_says_how_few() -> None:
    few = {"value": None, "low": None, "high": None, "texts": 7}
    assert figure(few, with_n=True) == "too few, n 7"
    assert figure(None) == "–"
    assert figure({"value": 0.5, "low": 0.25, "high": 0.75}) == "0.500 [0.250, 0.750]"


GUIDE = Path(__file__).parents[2] / "evaluation" / "guides" / "evaluation.md"


def test_the_guide_has_a_place_and_its_links_lead_somewhere(tmp_path: Path) -> None:
    words = GUIDE.read_text("utf-8")
    copy = tmp_path / "guide.md"
    copy.write_text(words, "utf-8")
    put_into(copy, "figures")
    assert f"{BEGIN}\n\nfigures\n\n{END}" in copy.read_text("utf-8")
    for name in re.findall(r"\]\(([^)#:]+)\)", words):
        assert (GUIDE.parent / name).exists(), name
