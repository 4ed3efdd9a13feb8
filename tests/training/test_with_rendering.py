"""A bundle served by another rendering keeps its weights, and gets thresholds of its own."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import bundle
from models.ad import Ad
from models.inference import Model
from models.rendering import RENDERING, normalise, render
from service.engine import Engine
from service.settings import Settings
from tests.conftest import TinyRun
from tests.manifests import edit
from training.__main__ import main
from training.derived import source
from training.errors import ExportError
from training.with_rendering import change, told

ROUNDING = 0.02
"""Of a threshold, scale or offset, by n-grams kept in fewer bits than they were fitted in."""

DISGUISED = "W3 p@y ca$h, r⭕⭕m fr3e, n0 deb7s, wօrk m0re"


@pytest.fixture
def older(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """The small bundle, as if fitted with the rendering before."""
    folder = shutil.copytree(tiny_run.bundle, tmp_path / "older")

    def before(manifest: dict[str, Any]) -> None:
        manifest["rendering"] = 3

    edit(folder, before)
    return folder


def test_only_what_the_rendering_moves_is_new(
    older: Path, tiny_run: TinyRun, tmp_path: Path
) -> None:
    manifest = change(older, tiny_run.data, "tiny-2", tmp_path / "new")
    new, was, exported = map(bundle.load, (tmp_path / "new", older, tiny_run.bundle))
    assert manifest.name == new.manifest.name == "tiny-2"
    assert (was.manifest.rendering, new.manifest.rendering) == (3, RENDERING)
    assert new.read_model() == was.read_model()
    for kept in (bundle.NGRAMS, bundle.TOKENIZER, bundle.BACKGROUND):
        assert new.manifest.files[kept] == was.manifest.files[kept]
    assert manifest.lineage is not None
    assert manifest.lineage.parent == bundle.named(was.manifest)
    # The small bundle was exported with the newest rendering: that is what it gets back, but for
    # the rounding of n-grams in their file.
    fitted = exported.calibration
    assert new.calibration.scale == pytest.approx(fitted.scale, rel=ROUNDING)
    assert new.calibration.offset == pytest.approx(fitted.offset, abs=ROUNDING)
    points = zip(new.calibration.operating_points, fitted.operating_points, strict=True)
    assert all(a.threshold == pytest.approx(b.threshold, abs=ROUNDING) for a, b in points)
    figures = new.manifest.figures["rendering"]
    assert set(new.manifest.figures) == {*exported.manifest.figures, "rendering"}
    for kept in ("parity", "int8", "background"):
        assert new.manifest.figures[kept] == was.manifest.figures[kept]
    assert (figures["version"], figures["fitted_with"]) == (RENDERING, 3)
    known = source(older, tiny_run.data, tmp_path / "elsewhere")
    texts = [row["text"] for row in known.held]
    assert figures["texts"] == len(texts)
    assert figures["changed"] == sum(normalise(t, 3)[0] != normalise(t)[0] for t in texts)
    assert f"Served by rendering {RENDERING}" in new.card
    assert "fitted with rendering 3" in new.card
    assert "Served by" not in was.card


def test_texts_that_another_rendering_reads_otherwise_are_counted(
    older: Path, tiny_run: TinyRun, tmp_path: Path
) -> None:
    known = source(older, tiny_run.data, tmp_path / "new")
    texts = (DISGUISED, "A plain text", "w0rk")
    rows = [{"text": text, "kind": "lure", "split": "test"} for text in texts]
    counted = told(replace(known, rows=rows), RENDERING)
    assert (counted["texts"], counted["changed"]) == (3, 1)


def test_each_is_served_by_its_own(older: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    change(older, tiny_run.data, "tiny-2", tmp_path / "new")
    assert render(Ad(DISGUISED), 3).text != render(Ad(DISGUISED)).text
    for folder in (older, tmp_path / "new"):
        loaded = bundle.load(folder)
        rendered = render(Ad(DISGUISED), loaded.manifest.rendering)
        engine = Engine.start(Settings(bundle_dir=folder))
        try:
            (scored,) = engine.scorer.score_now([Ad(DISGUISED)])
        finally:
            engine.scorer.close()
        assert scored.rendered == rendered
        assert np.array_equal(scored.logits.kind, Model.of(loaded).logits(rendered).kind)


def test_what_cannot_be_done_is_said(older: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="served by rendering 3 already"):
        change(older, tiny_run.data, "tiny-2", tmp_path / "new", 3)
    with pytest.raises(ExportError, match="no such rendering; there are 1, 2, 3, 4, 5"):
        change(older, tiny_run.data, "tiny-2", tmp_path / "new", 9)
    with pytest.raises(ExportError, match="never written over"):
        change(older, tiny_run.data, "tiny-2", older)
    assert not (tmp_path / "new").exists()


def test_the_command_does_it(
    older: Path, tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        "rendering", str(older), "--name", "tiny-2", "--data", str(tiny_run.data),
        "--out", str(tmp_path), "--version", "2",
    ]  # fmt: skip
    assert main(asked) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["rendering"]["version"] == 2
    assert bundle.load(tmp_path / "tiny-2").manifest.rendering == 2


def test_no_version_is_mistaken_for_the_newest(
    older: Path, tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        "rendering", str(older), "--name", "tiny-2", "--data", str(tiny_run.data),
        "--out", str(tmp_path), "--version", "0",
    ]  # fmt: skip
    assert main(asked) != 0
    assert "--version 0: no such rendering" in capsys.readouterr().err
    assert not (tmp_path / "tiny-2").exists()
