"""A study fits each step once, and says what it changed."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from models.bundle import digest
from models.bundle import load as load_bundle
from tests.conftest import TINY_RECIPE, TinyRun
from training.errors import RecipeError
from training.figures import difference
from training.study import as_markdown, by_slice, capped, changed, load, run, summary

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

[steps.focal]
"loss.focus" = 2.0
"""


def test_a_study_fits_once_and_compares(tiny_run: TinyRun, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    found = run(path, tiny_run.base, tiny_run.data, tmp_path / "out")
    assert set(found) == {"control", "focal"}
    assert found["control"]["seeds"] == [1]
    focal = found["focal"]["AUROC written"]
    before = found["control"]["AUROC written"]["mean"]
    assert focal["change"] == pytest.approx(focal["mean"] - before, abs=1e-4)
    files = sorted(p.name for p in (tmp_path / "out").iterdir() if p.suffix != ".lock")
    assert files == ["control-1.json", "focal-1.json"], "runs are cleared away"
    times = [(tmp_path / "out" / name).stat().st_mtime_ns for name in files]
    assert run(path, tiny_run.base, tiny_run.data, tmp_path / "out") == found
    assert times == [(tmp_path / "out" / name).stat().st_mtime_ns for name in files]
    table = as_markdown(found, ["AUROC written", "AUROC nowhere"])
    assert table.splitlines()[3].startswith(f"| focal | 1 | {focal['mean']:.3f} (")


def test_a_study_goes_on_from_a_bundle_and_shares_its_fits(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    path, out = tmp_path / "study.toml", tmp_path / "out"
    control = STUDY.replace("[1]", "[1, 2]").partition("[steps.focal]")[0]
    path.write_text(control.replace("1e-3", "1e-6"))
    out.mkdir()
    with FileLock(out / "control-1.lock"):  # as another process holds it that is at this fit
        found = run(path, tiny_run.base, tiny_run.data, out, tiny_run.bundle)
    assert found["control"]["seeds"] == [2]
    told = json.loads((out / "control-2.json").read_text())
    assert told["start"] == digest(load_bundle(tiny_run.bundle).manifest)
    # Rates so small move nothing: what is measured is the bundle, and then a beginner.
    with FileLock(out / "control-1.lock"):
        begun = run(path, tiny_run.base, tiny_run.data, out)
    assert json.loads((out / "control-2.json").read_text())["start"] is None, "fitted again"
    kept = {name: told[name] for name in ("recipe", "base", "data", "start", "left_out_cap")}
    assert summary(out, {("control", 2): kept}) == {}, "what has another start is not compared"
    assert told["figures"] != json.loads((out / "control-2.json").read_text())["figures"]
    assert found["control"]["AUROC written"] != begun["control"]["AUROC written"]


def test_a_large_source_is_measured_on_a_part() -> None:
    kinds = ["lure"] * 5 + ["other"] * 9
    rows = [
        {"id": f"{source}-{i}", "source": source, "kind": kind}
        for source in ("near", "far")
        for i, kind in enumerate(kinds)
    ]
    chosen = capped(rows, 3)
    assert Counter((row["source"], row["kind"]) for row in chosen) == dict.fromkeys(
        [(source, kind) for source in ("near", "far") for kind in ("lure", "other")], 3
    )
    assert capped(rows[::-1], 3) == chosen, "whatever the order, the same"
    assert capped(rows, 0) == rows


def test_the_interval_by_hand() -> None:
    # t of two degrees of freedom at 97.5 % is 4.3027; the deviation of 1, 2, 3 is 1.
    found = difference([0.01, 0.02, 0.03])
    reach = 4.3027 * 0.01 / 3**0.5
    assert found["change"] == 0.02
    assert found["interval"] == pytest.approx([0.02 - reach, 0.02 + reach], abs=1e-4)
    assert "interval" not in difference([0.01])


def test_a_change_that_is_no_number_of_a_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"loss\.fokus"):
        changed(TINY_RECIPE, {"loss.fokus": 1.0})
    with pytest.raises(RecipeError, match="hardest"):
        changed(TINY_RECIPE, {"loss.hardest": 2.0})
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace("control", "kontrol"))
    with pytest.raises(RecipeError, match="no step 'control'"):
        load(path)


def test_a_source_is_called_as_it_is_and_a_language_by_its_primary_subtag() -> None:
    rows = [
        {"source": source, "language": language, "kind": kind}
        for source, language in (("our-posts", "pt-BR"), ("our-reports", "pt-PT"))
        for kind in ["lure"] * 5 + ["other"] * 5
    ]
    scores = np.array([*[1.0] * 5, *[0.0] * 5, *[0.5] * 10])
    found = by_slice(scores, rows)
    assert found == {"AUROC our-posts": 1.0, "AUROC our-reports": 0.5}, "of one language no slice"


def test_what_a_stop_left_half_is_fitted_anew(tiny_run: TinyRun, tmp_path: Path) -> None:
    path, out = tmp_path / "study.toml", tmp_path / "out"
    path.write_text(STUDY.partition("[steps.focal]")[0])
    out.mkdir()
    (out / "control-1.json").write_text('{"recipe": {"na')
    checkpoint = out / "control-1" / "checkpoint"
    checkpoint.mkdir(parents=True)
    (checkpoint / "progress.json").write_text('{"identity": {"recipe": "of before"}}')
    assert run(path, tiny_run.base, tiny_run.data, out)["control"]["seeds"] == [1]
