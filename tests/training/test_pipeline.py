"""The steps on the small run: what is written, what is refused, what repeats."""

import json
import multiprocessing
import os
import shutil
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors.torch import load_file

from evaluation.gate import unfaithful
from models import bundle
from models.labels import INDICATORS
from models.tokenization import from_json
from tests.conftest import TINY_RECIPE, TinyRun, tiny_rows
from training import export as exporting
from training.batches import epoch_batches
from training.errors import CorpusError, ExportError, ParityError, ResumeError
from training.export import export
from training.features import features
from training.fit import CHECKPOINT, fit
from training.prepare import load, prepare
from training.recipe import Augment


def test_no_group_crosses_splits(tiny_run: TinyRun) -> None:
    dataset, lock = load(tiny_run.data)
    splits: dict[str, set[str]] = {}
    for row in dataset:
        splits.setdefault(row["group"], set()).add(row["split"])
    assert all(len(found) == 1 for found in splits.values())
    assert lock["rows"] == len(dataset)
    assert {"train", "calibration", "test"} <= {row["split"] for row in dataset}


def test_twins_stand_in_one_batch(tiny_run: TinyRun) -> None:
    dataset, _ = load(tiny_run.data)
    rows = [row for row in dataset if row["split"] == "train"]
    batches = epoch_batches(rows, TINY_RECIPE, 0)
    for batch in batches:
        keys = [rows[i]["pair_key"] for i in batch if rows[i]["pair_key"]]
        for key in keys:
            assert keys.count(key) == sum(row["pair_key"] == key for row in rows)
    assert epoch_batches(rows, TINY_RECIPE, 0) == batches
    assert epoch_batches(rows, TINY_RECIPE, 1) != batches


def test_a_text_about_lures_has_the_room_of_a_served_window(tiny_run: TinyRun) -> None:
    tokenizer = from_json((tiny_run.base / "tokenizer.json").read_text("utf-8"))
    shape = TINY_RECIPE.shape.model_copy(update={"train_tokens": 32})
    recipe = TINY_RECIPE.model_copy(update={"shape": shape})
    dataset, _ = load(tiny_run.data)
    long = max((row for row in dataset), key=lambda row: len(row["text"]))
    lengths = {
        kind: len(features(dict(long) | {"kind": kind, "spans": None}, tokenizer, recipe, None).ids)
        for kind in ("lure", "about_lures")
    }
    assert lengths == {"lure": 32, "about_lures": shape.window_tokens}


def test_repeated_ids_are_refused(tmp_path: Path) -> None:
    rows = tiny_rows()[:3]
    with pytest.raises(CorpusError, match="ids stand twice"):
        prepare([*rows, rows[0]], TINY_RECIPE, tmp_path / "data")


def test_a_seed_repeats_a_run(tiny_run: TinyRun, tmp_path: Path) -> None:
    again = fit(tiny_run.base, tiny_run.data, TINY_RECIPE, tmp_path / "again", resume=False)
    assert same_weights(tiny_run.out / "fitted", again)


def killed_fit(base: Path, data: Path, out: Path) -> None:
    """In a process of its own, with a checkpoint after every third batch."""
    fit(base, data, TINY_RECIPE, out, resume=False, save_every=3)


def test_a_killed_run_resumes_to_the_same_weights(tiny_run: TinyRun, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    process = multiprocessing.get_context("spawn").Process(
        target=killed_fit, args=(tiny_run.base, tiny_run.data, out)
    )
    process.start()
    deadline = time.monotonic() + 120
    while not (out / CHECKPOINT / "progress.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert not (out / "fitted").exists(), "killed too late to show anything"
    resumed = fit(tiny_run.base, tiny_run.data, TINY_RECIPE, out, resume=True)
    assert same_weights(tiny_run.out / "fitted", resumed)
    told = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    whole = (tiny_run.out / "metrics.jsonl").read_text().splitlines()
    for one, other in zip(told, map(json.loads, whole), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], abs=1e-3)


def test_a_checkpoint_of_another_run_is_refused(tiny_run: TinyRun, tmp_path: Path) -> None:
    """Else the weights of one run would get the data and the recipe of another on their card."""
    out = tmp_path / "other"
    shutil.copytree(tiny_run.out, out)
    other = TINY_RECIPE.model_copy(update={"seed": 2})
    with pytest.raises(ResumeError, match="made with another recipe"):
        fit(tiny_run.base, tiny_run.data, other, out, resume=True)
    prepare(tiny_rows()[:100], TINY_RECIPE, tmp_path / "data")
    with pytest.raises(ResumeError, match="made with another data"):
        fit(tiny_run.base, tmp_path / "data", TINY_RECIPE, out, resume=True)


def test_a_kill_between_two_checkpoints_leaves_the_older(tiny_run: TinyRun, tmp_path: Path) -> None:
    out = tmp_path / "torn"
    shutil.copytree(tiny_run.out, out)
    os.replace(out / CHECKPOINT, out / (CHECKPOINT + ".old"))
    again = fit(tiny_run.base, tiny_run.data, TINY_RECIPE, out, resume=True)
    assert same_weights(tiny_run.out / "fitted", again)
    assert (out / "metrics.jsonl").read_text() == (tiny_run.out / "metrics.jsonl").read_text()


def test_a_left_out_source_takes_its_copies_along(tmp_path: Path) -> None:
    rows = tiny_rows()[:40]
    copy = replace(rows[0], id="copy", source="far", group="far:1")
    recipe = TINY_RECIPE.model_copy(
        update={"mix": TINY_RECIPE.mix.model_copy(update={"left_out": ("far",)})}
    )
    prepare([*rows, copy], recipe, tmp_path / "data")
    splits = {row["id"]: row["split"] for row in load(tmp_path / "data")[0]}
    assert splits["copy"] == splits[rows[0].id] == "left_out"


def test_a_left_out_language_is_in_no_other_split(tmp_path: Path) -> None:
    mix = TINY_RECIPE.mix.model_copy(update={"left_out_languages": ("th",)})
    prepare(tiny_rows(), TINY_RECIPE.model_copy(update={"mix": mix}), tmp_path / "data")
    dataset, _ = load(tmp_path / "data")
    thai = {row["split"] for row in dataset if row["language"].startswith("th")}
    assert thai == {"left_out"}
    assert {row["split"] for row in dataset} > {"left_out"}


def same_weights(one: Path, other: Path) -> bool:
    """Equal up to the rounding of float32 sums in another order of threads."""
    return all(
        torch.allclose(value, load_file(other / name)[key], atol=1e-5)
        for name in ("model.safetensors", "head.safetensors")
        for key, value in load_file(one / name).items()
    )


def test_figures_are_written_by_epoch(tiny_run: TinyRun) -> None:
    lines = [json.loads(line) for line in (tiny_run.out / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]
    first, second = (sum(line["loss"].values()) for line in lines)
    assert second < first


def test_the_bundle_says_what_it_saw(tiny_run: TinyRun) -> None:
    manifest = bundle.load(tiny_run.bundle).manifest
    assert manifest.data["recipe"]["name"] == "tiny"
    assert manifest.data["sha256"] == load(tiny_run.data)[1]["sha256"]
    assert manifest.figures["parity"]["largest_difference"] <= exporting.PARITY
    assert manifest.figures["int8"]["score_change_p99"] <= exporting.SCORE_CHANGE
    assert manifest.indicators == INDICATORS
    card = (tiny_run.bundle / "CARD.md").read_text()
    for source in manifest.data["sources"]:
        assert f"| {source} |" in card


def test_export_refuses_other_data(tiny_run: TinyRun, tmp_path: Path) -> None:
    other = tmp_path / "other"
    prepare(tiny_rows()[:60], TINY_RECIPE, other)
    with pytest.raises(ParityError, match="is not the data that"):
        export(tiny_run.out / "fitted", other, tmp_path / "x", "x", "int8")
    assert not (tmp_path / "x").exists()


def test_export_refuses_a_graph_that_answers_otherwise(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PARITY", 1e-9)
    with pytest.raises(ParityError, match="no bundle was written"):
        export(tiny_run.out / "fitted", tiny_run.data, tmp_path / "x", "x", "int8")
    assert not (tmp_path / "x").exists()


def test_int8_that_moves_scores_falls_back_then_gives_up(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SCORE_CHANGE", -1.0)
    with pytest.raises(ParityError, match="whatever is left out"):
        export(tiny_run.out / "fitted", tiny_run.data, tmp_path / "x", "x", "int8")
    assert not (tmp_path / "x").exists()


def test_for_a_gate_the_nearest_int8_is_written_and_says_what_is_wrong(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SCORE_CHANGE", -1.0)
    fitted, out = tiny_run.out / "fitted", tmp_path / "far"
    figures = export(fitted, tiny_run.data, out, "far", "int8", for_gate=True)["int8"]
    manifest = bundle.load(out).manifest
    assert manifest.figures["int8"] == figures
    assert figures["score_change_p99"] > figures["score_change_p99_allowed"] == -1.0
    assert "Not to be served" in (out / "CARD.md").read_text("utf-8")
    told = unfaithful(manifest)
    assert told is not None
    assert f"{figures['texts']:,} texts, -1 is allowed" in told
    assert unfaithful(bundle.read_manifest(tiny_run.bundle)) is None


def test_a_graph_that_is_too_large_is_written_for_no_gate(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MAX_GRAPH_BYTES", 1)
    with pytest.raises(ParityError, match="too large"):
        export(tiny_run.out / "fitted", tiny_run.data, tmp_path / "x", "x", "int8", for_gate=True)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["Bad_Name", "../up", ""])
def test_a_bad_name_is_told_before_anything_is_computed(
    tiny_run: TinyRun, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ExportError, match="--name"):
        export(tiny_run.out / "fitted", tiny_run.data, tmp_path / "x", name, "int8")
    with pytest.raises(ExportError, match="never written over"):
        export(tiny_run.out / "fitted", tiny_run.data, tiny_run.bundle, "tiny-1", "int8")


def test_nothing_fitted_is_told(tiny_run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="python -m training fit"):
        export(tmp_path / "nothing", tiny_run.data, tmp_path / "x", "x", "int8")


def test_float32_export_serves_too(tiny_run: TinyRun, tmp_path: Path) -> None:
    export(tiny_run.out / "fitted", tiny_run.data, tmp_path / "exact", "exact", "float32")
    assert bundle.load(tmp_path / "exact").manifest.precision == "float32"


def test_a_changed_corpus_file_is_named(tiny_run: TinyRun, tmp_path: Path) -> None:
    shutil.copytree(tiny_run.data, tmp_path / "data")
    (tmp_path / "data" / "dataset.lock.json").unlink()
    with pytest.raises(CorpusError, match="python -m training prepare"):
        load(tmp_path / "data")


def test_an_export_reports_the_run_in_pictures(tiny_run: TinyRun) -> None:
    page = (tiny_run.out / "report" / "report.md").read_text("utf-8")
    for name in ("losses", "epochs", "calibration", "precision_recall"):
        assert f"({name}.png)" in page
        picture = (tiny_run.out / "report" / f"{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 5000


def test_long_texts_are_seen_as_often_as_asked_whatever_the_share(tiny_run: TinyRun) -> None:
    dataset, _ = load(tiny_run.data)
    rows = [row for row in dataset if row["split"] == "train"]
    lone = [i for i, r in enumerate(rows) if r["source"] == "written" and not r["pair_key"]]
    twins = [i for i, r in enumerate(rows) if r["source"] == "written" and r["pair_key"]][:1]
    long = {lone[0], *twins}
    for i in long:
        rows[i] = {**rows[i], "text": "Duties and pay by agreement. " * 60}
    mix = TINY_RECIPE.mix.model_copy(update={"written_share": 0.1, "long_repeats": 3})
    recipe = TINY_RECIPE.model_copy(update={"mix": mix})
    drawn = Counter(i for batch in epoch_batches(rows, recipe, 0) for i in batch)
    with_twins = {i for i, r in enumerate(rows) if r["pair_key"] == rows[twins[0]]["pair_key"]}
    assert all(drawn[i] == 3 for i in {lone[0], *with_twins})
    others = [i for i in lone[1:] if drawn[i]]
    assert len(others) < 0.3 * len(lone)


def test_texts_of_a_batch_are_seen_as_often_as_asked_whatever_the_share(tiny_run: TinyRun) -> None:
    dataset, _ = load(tiny_run.data)
    rows = [row for row in dataset if row["split"] == "train"]
    written = [i for i, r in enumerate(rows) if r["source"] == "written"]
    keys = {rows[i]["pair_key"] for i in written[:2]} - {""}
    named = {i for i in written if i in written[:2] or rows[i]["pair_key"] in keys}
    for i in named:
        rows[i] = {**rows[i], "id": f"manner-{i}"}
    often = {"written_share": 0.1, "often": ("manner-",), "often_repeats": 3}
    mix = TINY_RECIPE.mix.model_copy(update=often)
    recipe = TINY_RECIPE.model_copy(update={"mix": mix})
    drawn = Counter(i for batch in epoch_batches(rows, recipe, 0) for i in batch)
    assert all(drawn[i] == 3 for i in named)
    assert len([i for i in written if drawn[i]]) < 0.4 * len(written)


def test_a_part_of_a_lure_shows_one_of_its_marks(tiny_run: TinyRun) -> None:
    """Else what any firm says of itself would be learnt as a lure's words."""
    tokenizer = from_json((tiny_run.base / "tokenizer.json").read_text("utf-8"))
    shape = TINY_RECIPE.shape.model_copy(update={"train_tokens": 32})
    plain = TINY_RECIPE.augment.model_copy(update=dict.fromkeys(Augment.model_fields, 0.0))
    recipe = TINY_RECIPE.model_copy(update={"shape": shape, "augment": plain})
    dataset, _ = load(tiny_run.data)
    words = "We have made windows since 1931. " * 20 + "Bring your passport to the station. "
    start = words.index("your passport")
    row = dict(dataset[0]) | {
        "text": words + "Our firm is proud of its people. " * 20,
        "spans": [{"indicator": "documents_at_first_contact", "start": start, "end": start + 13}],
    }
    for kind, always in (("lure", True), ("recruitment", False)):
        parts = [features(row | {"kind": kind}, tokenizer, recipe, Random(i)) for i in range(40)]
        assert all(len(one.ids) == 32 for one in parts)
        assert all(one.marks for one in parts) is always
    assert len({tuple(one.ids) for one in parts}) > 10
