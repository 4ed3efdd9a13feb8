"""A bundle in which the highest window spoke becomes one in which all do: the same weights, other
thresholds."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from models import bundle
from models.ad import Ad
from models.inference import Model
from models.rendering import render
from tests.conftest import TinyRun
from tests.manifests import edit
from training.__main__ import main
from training.with_windows import change

LONG = "We pay the ticket and the visa. " * 60


@pytest.fixture
def older(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """The small bundle, as bundles were before."""
    folder = shutil.copytree(tiny_run.bundle, tmp_path / "older")

    def before(manifest: dict[str, Any]) -> None:
        del manifest["limits"]["windows"]

    edit(folder, before)
    return folder


def test_weights_stay_and_long_texts_are_read_by_all_windows(
    older: Path, tiny_run: TinyRun, tmp_path: Path
) -> None:
    manifest = change(older, tiny_run.data, "tiny-2", tmp_path / "new")
    new, was = bundle.load(tmp_path / "new"), bundle.load(older)
    ways = (was.manifest.limits.windows, new.manifest.limits.windows)
    assert ways == ("highest", "mean_odds")
    assert new.read_model() == was.read_model()
    for kept in (bundle.NGRAMS, bundle.TOKENIZER, bundle.BACKGROUND):
        assert new.manifest.files[kept] == was.manifest.files[kept]
    assert manifest.lineage is not None
    assert manifest.lineage.parent == bundle.named(was.manifest)
    assert "the odds are the mean of theirs" in new.card
    assert "the highest logit speaks" not in new.card
    said = [Model.of(one).logits(render(Ad(LONG))) for one in (was, new)]
    assert said[0].windows == said[1].windows > 1
    assert said[1].kind[0] < said[0].kind[0]
    short = [Model.of(one).logits(render(Ad("We pay the visa."))).kind for one in (was, new)]
    assert (short[0] == short[1]).all()


def test_what_cannot_be_done_is_said(
    tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["windows", str(tiny_run.bundle), "--name", "tiny-2", "--data", str(tiny_run.data)]
    assert main([*given, "--out", str(tmp_path)]) == 2
    assert "takes the mean of its windows' odds already" in capsys.readouterr().err
