"""Languages that a fit did not see, beside one that saw them."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.labels import Kind
from tests.conftest import TinyRun
from training.errors import CorpusError
from training.left_out_languages import (
    MIN_EACH,
    Read,
    as_long,
    as_markdown,
    deal,
    recipe_of,
    run,
    summary,
    write_without,
)
from training.prepare import load as load_data
from training.study import load as load_study

STUDY = """
recipe = "second"
seeds = [1]

[common]
"optimise.epochs" = 1
"optimise.learning_rate" = 1e-3
"mix.written_share" = 0.2
"shape.train_tokens" = 64
"shape.window_tokens" = 96
"shape.overlap_tokens" = 24

[steps.control]
"""


def held(**texts: int) -> list[dict[str, object]]:
    """So many lures, and as many others, of each language."""
    return [
        {"id": f"{name}-{kind}-{i}", "language": name, "kind": kind, "group": f"{name}-{i}"}
        for name, count in texts.items()
        for kind in (Kind.LURE, Kind.OTHER)
        for i in range(count)
    ]


def test_every_language_with_texts_enough_is_left_out_once() -> None:
    rows = held(en=40, th=30, sw=20, vi=MIN_EACH, ne=MIN_EACH - 1)
    assert deal(rows, 2) == [("en", "sw"), ("th", "vi")]
    with pytest.raises(CorpusError, match=r"4 languages .* --parts is 5"):
        deal(rows, 5)


def test_what_a_language_costs_is_taken_on_the_same_texts() -> None:
    rows = held(en=20, th=20)
    apart = {row["id"]: (2.0 if row["kind"] == Kind.LURE else -2.0) for row in rows}
    level = {name: (0.0 if str(name).startswith("th") else value) for name, value in apart.items()}
    counts = {"en": [5, 5, 10], "th": [0, 0, 10]}
    seen = Read({str(k): v for k, v in apart.items()}, {"en": [8, 10, 10], "th": [8, 10, 10]})
    blind = Read({str(k): v for k, v in level.items()}, counts)
    found = summary(rows, {(): seen, ("th",): blind, ("en",): seen})
    thai = found["languages"]["th"]
    assert (thai["lures"], thai["others"]) == (20, 20)
    assert (thai["AUROC seen"], thai["AUROC unseen"]) == (1.0, 0.5)
    assert thai["recall change"] == 0, "all of them lie above the line of the other languages"
    assert thai["false alarms unseen"] == 1
    assert thai["false alarms seen"] == 0
    assert thai["indicator F1 seen"] == 0.8
    assert thai["indicator F1 unseen"] == 0
    assert found["languages"]["en"]["AUROC change"] == 0
    assert found["all"]["AUROC change"] == {"mean": -0.25, "interval": [-0.25, -0.25]}
    lines = as_markdown(found).splitlines()
    assert lines[2].startswith("| all 2 |  | 1.000, 0.750 (-0.250 [-0.250, -0.250]) |")
    assert [line.split(" | ")[0] for line in lines[3:]] == ["| th", "| en"], "the worst first"


def test_no_text_near_a_language_that_is_left_out_is_learnt(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    dataset, lock = load_data(tiny_run.data)
    rows = [dict(row) for row in dataset]
    write_without(rows, ("en",), lock, tmp_path)
    kept, own = load_data(tmp_path)
    groups = {row["group"] for row in rows if row["language"].split("-")[0] == "en"}
    after = {row["id"]: row["split"] for row in kept}
    for row in rows:
        out = row["group"] in groups and row["split"] == "train"
        assert after[row["id"]] == ("left_out" if out else row["split"])
    assert own["drawn"] == lock["drawn"]
    assert own["sha256"] != lock["sha256"]


def test_each_part_is_fitted_once_and_all_are_read_alike(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.left_out_languages.MIN_EACH", 3)
    path, out = tmp_path / "study.toml", tmp_path / "out"
    path.write_text(STUDY)
    recipe = recipe_of(load_study(path), 3)
    assert recipe.seed == 3
    dataset, _ = load_data(tiny_run.data)
    rows = [dict(row) for row in dataset]
    shorter = as_long(recipe, rows, ("en",)).mix.written_share
    assert recipe.mix.written_share < shorter <= 1, "what is left is learnt more often"
    found = run(path, tiny_run.base, tiny_run.data, out, parts=2)
    files = sorted(out.iterdir())
    assert [file.suffix for file in files] == [".json"] * 3, "runs are cleared away"
    read = [set(json.loads(file.read_text())["logits"]) for file in files]
    assert read[0] == read[1] == read[2]
    assert not any(row["split"] == "train" and row["id"] in read[0] for row in rows)
    assert found["languages"]
    assert np.isfinite(found["all"]["AUROC change"]["mean"])
    times = [file.stat().st_mtime_ns for file in files]
    assert run(path, tiny_run.base, tiny_run.data, out, parts=2) == found
    assert times == [file.stat().st_mtime_ns for file in files], "what is done is not done again"
