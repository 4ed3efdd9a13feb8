"""A bundle of before embeddings is given a background, and answers as it did."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from models import bundle
from models.ad import Ad
from models.bundle import STATES
from models.inference import Model
from models.rendering import render
from tests.conftest import TinyRun
from tests.manifests import edit
from training.__main__ import main
from training.embedding import SAMPLE, add, background, written
from training.errors import ExportError
from training.sampling import spread

TEXTS = ("Chat support near Poipet, room free.", "Pickers, June to September. " * 30, "ሥራ")


@pytest.fixture
def old(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """The small bundle as it was written before."""
    folder = shutil.copytree(tiny_run.bundle, tmp_path / "old")
    model = onnx.load(folder / bundle.MODEL)
    kept = [one for one in model.graph.output if one.name != STATES]
    nodes = [one for one in model.graph.node if one.output[0] != STATES]
    del model.graph.output[:], model.graph.node[:]
    model.graph.output.extend(kept)
    model.graph.node.extend(nodes)
    content = model.SerializeToString()
    (folder / bundle.MODEL).write_bytes(content)
    (folder / bundle.BACKGROUND).unlink()

    def older(manifest: dict[str, Any]) -> None:
        manifest["format"] = 1
        del manifest["files"][bundle.BACKGROUND], manifest["figures"]["background"]
        manifest["files"][bundle.MODEL] = bundle.entry_of(content).model_dump()

    edit(folder, older)
    return folder


def model_of(folder: Path) -> Model:
    loaded = bundle.load(folder)
    return Model.of(loaded)


def test_an_old_bundle_is_served_without_embeddings(old: Path) -> None:
    assert bundle.load(old).background() is None
    assert model_of(old).logits(render(Ad(TEXTS[0]))).embedding is None


@pytest.mark.parametrize("from_data", [True, False])
def test_what_is_added_changes_no_answer(
    old: Path, tiny_run: TinyRun, tmp_path: Path, from_data: bool
) -> None:
    out = tmp_path / "new"
    manifest = add(old, tiny_run.data if from_data else None, out)
    assert manifest.name == "tiny-1"
    assert manifest.format == bundle.FORMAT
    before, after = model_of(old), model_of(out)
    for text in TEXTS:
        one, other = (model.logits(render(Ad(text))) for model in (before, after))
        assert np.array_equal(one.tokens, other.tokens)
        assert np.array_equal(one.kind, other.kind)
        assert other.embedding is not None
    found = bundle.load(out).background()
    assert found is not None
    assert manifest.figures["background"]["texts"] == len(found.places)


def test_prepared_data_gives_what_export_gave(old: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    add(old, tiny_run.data, tmp_path / "new")
    exported, added = (bundle.load(p).background() for p in (tiny_run.bundle, tmp_path / "new"))
    assert exported is not None
    assert added is not None
    assert np.allclose(exported.places, added.places, atol=1e-5)
    assert np.array_equal(exported.lures, added.lures)


def test_the_written_corpus_is_divided_as_it_was(old: Path, tiny_run: TinyRun) -> None:
    """No text of the background was trained on."""
    from training.prepare import load

    dataset, _ = load(tiny_run.data)
    splits = {row["text"]: row["split"] for row in dataset}
    train, held = written(bundle.load(old))
    assert {splits.get(row["text"], "calibration") for row in held} == {"calibration"}
    assert {splits[row["text"]] for row in train if row["text"] in splits} <= {"train"}


def test_the_command_says_what_it_wrote(
    old: Path, tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new"
    asked = ["embedding", str(old), "--out", str(out), "--data", str(tiny_run.data)]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["dims"] == 64
    assert main(["embedding", str(out), "--out", str(tmp_path / "again")]) == 2


def test_a_bundle_that_has_one_is_refused(tiny_run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="has its background already"):
        add(tiny_run.bundle, tiny_run.data, tmp_path / "new")


def test_the_projection_takes_the_common_part_away() -> None:
    random = np.random.default_rng(5)
    common = random.normal(size=32).astype(np.float32) * 20
    sample = common + random.normal(size=(400, 32)).astype(np.float32)
    found = background(sample, sample[:50], np.zeros(50, bool), ["en"] * 50)
    raw = sample[:50] / np.linalg.norm(sample[:50], axis=1, keepdims=True)
    assert (raw @ raw.T).mean() > 0.9
    assert abs((found.places @ found.places.T).mean()) < 0.1


def test_every_language_has_its_turn() -> None:
    rows = [{"language": tag} for tag in ["en-US"] * 5 + ["th"] * 2 + ["pt"]]
    assert [row["language"] for row in spread(rows, 4)] == ["en-US", "pt", "th", "en-US"]
    assert len(spread(rows, SAMPLE)) == 8
