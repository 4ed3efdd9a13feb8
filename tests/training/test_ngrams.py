"""N-grams are fitted on what the encoder sees, and weighed where neither was fitted."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import bundle, trained_on
from models.ad import Ad
from models.calibration import LURE
from models.inference import Model
from models.ngrams import NGrams, counted
from models.rendering import render
from tests.conftest import TINY_RECIPE, TinyRun
from tests.manifests import edit
from training.__main__ import main
from training.augment import PLACEHOLDER
from training.errors import ExportError, StartError
from training.ngrams import counts_of, fit, rarity_of, scaled, told, weighed
from training.prepare import load as load_data
from training.reading import all_logits, logits_with
from training.recipe import NGramPart, load
from training.with_ngrams import add

PLAIN = ("the road is dry today", "bread and tea at noon", "a long walk by the river")
RECIPE = TINY_RECIPE.model_copy(
    update={
        "augment": TINY_RECIPE.augment.model_copy(update={"evade": 0.0, "case": 0.0}),
        "mix": TINY_RECIPE.mix.model_copy(update={"source_cap": 10_000}),
    }
)


def row(text: str, kind: str | None, at: int = 0, source: str = "elsewhere") -> dict[str, Any]:
    return {
        "id": f"{source}-{at}", "text": text, "language": "en", "kind": kind, "source": source,
        "synthetic": False, "pair_key": "", "weight": 1.0, "split": "train", "spans": None,
        "harms": None,
    }  # fmt: skip


def planted(count: int, seed: int) -> list[dict[str, Any]]:
    """Every other text is a lure, and says so by one odd word."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        words = rng.choice(PLAIN).split()
        rng.shuffle(words)
        sign = ["brumelio"] if i % 2 else []
        rows.append(row(" ".join([*words, *sign]), "lure" if i % 2 else "other", i))
    return rows


def test_a_word_that_tells_lures_is_found_and_nothing_else() -> None:
    rows, held = planted(200, 1), planted(80, 2)
    weak = np.where([one["kind"] == "lure" for one in held], 0.3, -0.3)
    noise = np.random.default_rng(4).normal(size=80)
    found = fit(rows, held, weak + noise, RECIPE)
    assert found is not None
    assert found.shares("tea today brumelio").sum() + found.constant > 0
    assert found.shares("tea today by noon").sum() + found.constant < 0


def test_what_says_the_contrary_of_the_truth_is_not_added() -> None:
    rows, held = planted(200, 1), planted(80, 2)
    wrong = [one | {"kind": "other" if one["kind"] == "lure" else "lure"} for one in rows]
    sure = np.where([one["kind"] == "lure" for one in held], 3.0, -3.0)
    assert fit(wrong, held, sure, RECIPE) is None


@pytest.mark.parametrize("few", ["lure", "other"])
def test_too_few_to_weigh_by(few: str) -> None:
    rows = planted(200, 1)
    held = [one for one in planted(80, 2) if one["kind"] != few][:30]
    held += [one for one in planted(80, 2) if one["kind"] == few][:19]
    assert fit(rows, held, np.zeros(len(held)), RECIPE) is None


def test_a_recipe_may_want_none() -> None:
    recipe = RECIPE.model_copy(update={"ngrams": NGramPart()})
    assert fit(planted(200, 1), planted(80, 2), np.zeros(80), recipe) is None


def test_weights_are_in_units_of_the_encoders_logit() -> None:
    """An encoder whose logits are ten times as large is worth a tenth as much a unit."""
    held = planted(80, 2)
    is_lure = np.array([one["kind"] == "lure" for one in held])
    encoder = np.where(is_lure, 1.0, -1.0) + np.random.default_rng(4).normal(size=80)
    weights = np.zeros(2**14, np.float32)
    weights[counted("brumelio", len(weights)).buckets] = 1.0
    found = NGrams(weights, np.ones(len(weights), np.float32), -0.3)
    small, large = (weighed(found, held, k * encoder, is_lure) for k in (1, 10))
    assert small is not None
    assert large is not None
    assert 3 < large.weights.max() / small.weights.max() < 30


def test_no_placeholder_is_learnt() -> None:
    """No served text has one; contacts are invented anew for each copy."""
    rows = [row(f"write to <handle> or <phone>, desk {i}", "lure", i) for i in range(6)]
    recipe = RECIPE.model_copy(update={"ngrams": NGramPart(copies=4)})
    texts, lures, _ = told(rows, recipe)
    assert len(texts) == 24
    assert all(lures)
    assert not any(PLACEHOLDER.search(text) for text in texts)
    assert len(set(texts)) > 6


def test_a_doubted_label_pulls_less() -> None:
    rows = [one | {"weight": 0.1 if i < 3 else 1.0} for i, one in enumerate(planted(10, 1))]
    _, _, weights = told(rows, RECIPE)
    assert sorted(weights) == [0.1] * 3 + [1.0] * 7


def test_labels_of_reviewers_are_seen_as_often_as_the_recipe_says() -> None:
    mix = RECIPE.mix.model_copy(update={"label_repeats": 3, "replay_share": 0.2})
    labelled = [row("zarniq desk, come today", "lure", i, "feedback") for i in range(2)]
    texts, _, _ = told([*planted(20, 1), *labelled], RECIPE.model_copy(update={"mix": mix}))
    assert sum("zarniq" in text.lower() for text in texts) == 6
    assert len(texts) == 26  # all of the rest, whatever share of it the encoder goes over


def test_what_is_fitted_on_is_what_serving_multiplies_with() -> None:
    counts = counts_of(PLAIN, 2**14)
    rarity = rarity_of(counts)
    weights = np.random.default_rng(7).normal(size=2**14).astype(np.float32)
    served = [NGrams(weights, rarity, 0.0).shares(text).sum() for text in PLAIN]
    assert np.allclose(scaled(counts, rarity) @ weights, served, atol=1e-4)


def test_what_stands_in_every_text_is_worth_least() -> None:
    rarity = rarity_of(counts_of(["ba", "ba", "ba dok"], 2**14))
    common, rare = (counted(text, 2**14).buckets for text in ("ba", "dok"))
    assert rarity[common].max() == 1.0
    assert rarity[rare].min() == pytest.approx(1 + np.log(4 / 2))


def test_an_export_carries_them(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    told_of = loaded.manifest.figures["ngrams"]
    assert told_of["weights"] == 2**14
    assert set(told_of["auroc_of_the_encoder_alone"]) == set(loaded.manifest.figures["held_out"])
    assert "speak beside the encoder (16384 hashed weights)" in loaded.card


def test_adding_them_to_what_the_encoder_said_gives_what_the_model_says(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    own = loaded.ngrams()
    assert own is not None
    alone = Model(loaded.read_model(), loaded.tokenizer, loaded.manifest.limits)
    texts = (*PLAIN, "job " * 400, " ", "招聘客服 包吃住", "İş: 2 garson, hemen gel")
    rows = [row(text, "other", i) for i, text in enumerate(texts)]
    model = Model.of(loaded)
    found = logits_with(model, own, rows, all_logits(alone, rows, "alone"))
    for one, other in zip(found, all_logits(model, rows, "both"), strict=True):
        assert np.array_equal(one.kind, other.kind)
        assert np.array_equal(one.tokens, other.tokens)
        assert np.array_equal(one.indicators, other.indicators)
        assert one.windows == other.windows
    assert {one.windows == 1 for one in found} == {True, False}


@pytest.fixture
def without(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """The small bundle as an older version wrote it."""
    folder = shutil.copytree(tiny_run.bundle, tmp_path / "without")
    (folder / bundle.NGRAMS).unlink()

    def older(manifest: dict[str, Any]) -> None:
        manifest["format"] = 2
        del manifest["files"][bundle.NGRAMS], manifest["figures"]["ngrams"]
        del manifest["data"]["recipe"]["ngrams"]

    edit(folder, older)
    return folder


def test_a_bundle_is_given_what_export_would_give_it(
    without: Path, tiny_run: TinyRun, tmp_path: Path
) -> None:
    part = TINY_RECIPE.ngrams
    manifest = add(without, tiny_run.data, part, "tiny-2", tmp_path / "new")
    new, exported = bundle.load(tmp_path / "new"), bundle.load(tiny_run.bundle)
    assert manifest.name == new.manifest.name == "tiny-2"
    assert manifest.format == bundle.FORMAT
    assert manifest.lineage is not None
    assert manifest.lineage.parent == bundle.named(bundle.load(without).manifest)
    assert new.calibration == exported.calibration
    assert new.read_model() == exported.read_model()
    assert new.manifest.figures == exported.manifest.figures
    one, other = new.ngrams(), exported.ngrams()
    assert one is not None
    assert other is not None
    assert np.array_equal(one.weights, other.weights)
    rendered = render(Ad("Chat support, room free."))
    before = Model.of(bundle.load(without)).logits(rendered)
    after = Model.of(new).logits(rendered)
    assert after.kind[LURE] != before.kind[LURE]
    assert np.array_equal(after.kind[1:], before.kind[1:])


def test_what_cannot_be_added_is_said(without: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    part = TINY_RECIPE.ngrams
    with pytest.raises(ExportError, match="has n-grams already"):
        add(tiny_run.bundle, tiny_run.data, part, "tiny-2", tmp_path / "new")
    with pytest.raises(ExportError, match="never written over"):
        add(without, tiny_run.data, part, "tiny-2", without)
    with pytest.raises(ExportError, match="nothing to say"):
        add(without, tiny_run.data, NGramPart(), "tiny-2", tmp_path / "new")
    dataset, _ = load_data(tiny_run.data)
    tested = next(row for row in dataset if row["split"] == "test")
    content = trained_on.pack(trained_on.of([tested["own_group"]], [tested["text"]]))
    (without / bundle.TRAINED_ON).write_bytes(content)
    entry = bundle.entry_of(content).model_dump()
    edit(without, lambda manifest: manifest["files"].update({bundle.TRAINED_ON: entry}))
    with pytest.raises(StartError, match=r"1 of .* groups to be tested on were fitted on"):
        add(without, tiny_run.data, part, "tiny-2", tmp_path / "new")


def test_what_either_was_fitted_on_is_known() -> None:
    one = trained_on.of(["a"], ["a bed and a wage"])
    other = trained_on.of(["a", "b"], ["a bed and a wage", "come to the port at six"])
    found = trained_on.joined(one, other)
    assert found.holds("a")
    assert found.holds("b")
    assert len(found.groups) == len(found.sketches) == 2
    assert found.nearest("come to the port at six") == 1.0


def test_the_command_adds_them(
    without: Path, tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        "ngrams", str(without), "--name", "tiny-2", "--data", str(tiny_run.data),
        "--out", str(tmp_path),
    ]  # fmt: skip
    assert main(asked) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["ngrams"]["weights"] == load("fourth").ngrams.buckets
    assert bundle.load(tmp_path / "tiny-2").ngrams() is not None
