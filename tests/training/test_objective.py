"""What a recipe may add to the loss, against values worked out by hand and on the small run."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from safetensors.torch import load_file

from models.calibration import LURE
from models.tokenization import from_json
from tests.conftest import TINY_RECIPE, TinyRun
from training.batches import epoch_batches
from training.features import Batch, collate, features
from training.fit import fit
from training.losses import consistency, contrastive, lure_loss
from training.model import LureModel, Outputs, freeze, from_base
from training.objective import Objective
from training.prepare import load
from training.recipe import Loss, Recipe

PLAIN = Loss(label_smoothing=0.0)


def answers(lure: list[float], kinds: list[int]) -> tuple[Outputs, Batch]:
    """Outputs of a model that says these lure logits of texts of these kinds."""
    count = len(lure)
    kind = torch.zeros(count, 6)
    kind[:, LURE] = torch.tensor(lure)
    none = torch.zeros(count, 1, 1)
    outputs = Outputs(kind, torch.zeros(count, 12), none, none, torch.zeros(count, 2), none)
    batch = Batch(
        none, none, none, torch.tensor(kinds), none, none, torch.zeros(count), [],
        torch.ones(count), torch.ones(count),
    )  # fmt: skip
    return outputs, batch


def changed(part: str, **values: object) -> Recipe:
    """The tiny recipe with some values of one part changed."""
    own = getattr(TINY_RECIPE, part).model_copy(update=values)
    return TINY_RECIPE.model_copy(update={part: own})


def test_focus_turns_away_from_what_is_right() -> None:
    outputs, batch = answers([3.0, 0.0], [0, 0])
    log = torch.nn.functional.softplus(torch.tensor([-3.0, 0.0]))
    wrong = 1 - torch.tensor([3.0, 0.0]).sigmoid()
    assert lure_loss(outputs, batch, PLAIN) == pytest.approx(float(log.mean()))
    focused = PLAIN.model_copy(update={"focus": 2.0})
    assert lure_loss(outputs, batch, focused) == pytest.approx(float((log * wrong**2).mean()))


def test_only_the_hardest_of_the_others_count() -> None:
    outputs, batch = answers([1.0, -4.0, 2.0, -3.0, -5.0], [0, 1, 1, 1, 1])
    half = PLAIN.model_copy(update={"hardest": 0.5})
    kept = torch.nn.functional.softplus(torch.tensor([-1.0, 2.0, -3.0]))
    assert lure_loss(outputs, batch, half) == pytest.approx(float(kept.mean()))


def test_consistency_is_nothing_between_equals_and_moves_the_copy_alone() -> None:
    original = torch.tensor([0.3, -1.0], requires_grad=True)
    same = original.detach().clone().requires_grad_(True)
    assert consistency(original.detach(), same).mean().item() == pytest.approx(0, abs=1e-6)
    copy = torch.tensor([-2.0, -1.0], requires_grad=True)
    p, q = torch.tensor(0.3).sigmoid(), torch.tensor(-2.0).sigmoid()
    by_hand = (p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()) / 2
    found = consistency(original.detach(), copy).mean()
    torch.autograd.backward(found)
    assert found.item() == pytest.approx(by_hand.item(), abs=1e-6)
    assert original.grad is None
    assert copy.grad is not None
    assert copy.grad[0] < 0  # a step against it lifts the copy towards the original


def test_contrastive_is_small_where_kinds_lie_apart() -> None:
    kinds = torch.tensor([0, 0, 1, 1])
    apart = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    mixed = apart[[0, 2, 1, 3]]
    assert contrastive(apart, kinds).item() == pytest.approx(
        torch.log(1 + 2 * torch.exp(torch.tensor(-10.0))).item(), abs=1e-5
    )
    assert contrastive(mixed, kinds) > 5
    assert contrastive(apart[:2], torch.tensor([0, 1])) == 0


def some_batch(run: TinyRun) -> Batch:
    """Sixteen rows of the small run."""
    dataset, _ = load(run.data)
    rows = [row for row in dataset if row["split"] == "train"][:16]
    tokenizer = from_json((run.base / "tokenizer.json").read_text("utf-8"))
    items = [features(row, tokenizer, TINY_RECIPE, None) for row in rows]
    return collate(items, 1)


def test_an_adversarial_step_raises_the_loss_and_leaves_no_trace(tiny_run: TinyRun) -> None:
    torch.manual_seed(1)
    model: LureModel = from_base(tiny_run.base, dropout=0.0)
    batch = some_batch(tiny_run)
    table = model.encoder.get_input_embeddings().weight.clone()
    weights = Loss(adversarial=0.2)
    objective = Objective(Accelerator(cpu=True), model, weights)
    before = model(*batch.inputs)
    parts = objective.backward(batch, None, 0.0)
    assert parts["adversarial"] > parts["lure"]
    assert torch.equal(model(*batch.inputs).tokens, before.tokens)
    assert torch.equal(model.encoder.get_input_embeddings().weight, table)


def test_copies_are_compared_with_the_first_of_the_batch(tiny_run: TinyRun) -> None:
    model = from_base(tiny_run.base, dropout=0.0)
    batch = some_batch(tiny_run)
    part = replace(
        batch,
        **{name: getattr(batch, name)[:8] for name in ("input_ids", "attention_mask", "real")},
        kind=batch.kind[:8],
    )
    parts = Objective(Accelerator(cpu=True), model, Loss(consistency=1.0)).backward(batch, part, 0)
    assert parts["consistency"].item() == pytest.approx(0, abs=1e-5)


def test_a_copy_that_became_another_kind_teaches_nothing(tiny_run: TinyRun) -> None:
    model = from_base(tiny_run.base, dropout=0.0)
    batch = some_batch(tiny_run)
    backwards = {
        name: getattr(batch, name).flip(0) for name in ("input_ids", "attention_mask", "real")
    }
    weights = Loss(consistency=1.0)
    for kind, teaches in ((batch.kind, True), ((batch.kind + 1) % 6, False)):
        copies = replace(batch, **backwards, kind=kind)
        parts = Objective(Accelerator(cpu=True), model, weights).backward(batch, copies, 0)
        assert (parts["consistency"].item() > 0) == teaches


def test_frozen_layers_stay_and_the_others_move(tiny_run: TinyRun, tmp_path: Path) -> None:
    """With everything else that a recipe can ask for switched on."""
    optimise = TINY_RECIPE.optimise.model_copy(update={"epochs": 1, "frozen_layers": 1})
    loss = TINY_RECIPE.loss.model_copy(
        update={
            "focus": 1.0, "harm_focus": 2.0, "hardest": 0.7, "consistency": 1.0,
            "adversarial": 0.1, "contrastive": 0.1, "contrastive_until": 0.5,
        }
    )  # fmt: skip
    mix = TINY_RECIPE.mix.model_copy(update={"written_share": 0.3, "lure_repeats": 2})
    recipe = TINY_RECIPE.model_copy(update={"optimise": optimise, "loss": loss, "mix": mix})
    fitted = fit(tiny_run.base, tiny_run.data, recipe, tmp_path / "run", resume=False)
    before, after = (load_file(f / "model.safetensors") for f in (tiny_run.base, fitted))
    moved = {name for name in after if not torch.equal(before[name], after[name])}
    assert moved
    assert all("layer.1." in name for name in moved)


def test_freezing_none_leaves_all_but_the_table_free(tiny_run: TinyRun) -> None:
    model = from_base(tiny_run.base, dropout=0.0)
    freeze(model, 0)
    still = [name for name, p in model.named_parameters() if not p.requires_grad]
    assert still == ["encoder.embeddings.word_embeddings.weight"]


def test_an_epoch_holds_a_share_of_the_written_texts_and_every_collected_lure(
    tiny_run: TinyRun,
) -> None:
    dataset, _ = load(tiny_run.data)
    rows = [row for row in dataset if row["split"] == "train"]
    written = [i for i, row in enumerate(rows) if row["source"] == "written"]
    lures = [i for i, r in enumerate(rows) if r["kind"] == "lure" and not r["synthetic"]]
    recipe = changed("mix", written_share=0.4, lure_repeats=3, source_cap=5)
    drawn = [i for batch in epoch_batches(rows, recipe, 0) for i in batch]
    assert len([i for i in drawn if i in set(written)]) == pytest.approx(
        0.4 * len(written), rel=0.1
    )
    assert lures
    assert all(drawn.count(i) == 3 for i in lures)
    collected = [i for i in drawn if rows[i]["source"] != "written" and i not in set(lures)]
    assert len(collected) == 5


def test_a_replay_is_some_of_everything_and_all_labels(tiny_run: TinyRun) -> None:
    dataset, _ = load(tiny_run.data)
    rows = [row for row in dataset if row["split"] == "train"]
    labels = [{**row, "source": "feedback", "pair_key": ""} for row in rows[:4]]
    given = [*rows, *labels]
    whole = changed("mix", source_cap=10**6)
    part = changed("mix", source_cap=10**6, replay_share=0.25)
    often = changed("mix", source_cap=2, replay_share=0.25, label_repeats=3)

    def drawn(recipe: Recipe) -> list[str]:
        return [given[i]["source"] for batch in epoch_batches(given, recipe, 0) for i in batch]

    before, after = Counter(drawn(whole)), Counter(drawn(part))
    assert after["feedback"] == before["feedback"] == 4
    assert Counter(drawn(often))["feedback"] == 12
    del before["feedback"], after["feedback"]
    assert after.total() == pytest.approx(0.25 * before.total(), rel=0.15)
    assert after["written"] / after.total() == pytest.approx(
        before["written"] / before.total(), abs=0.15
    )


def test_dropped_tokens_become_unknown_and_only_in_training(tiny_run: TinyRun) -> None:
    dataset, _ = load(tiny_run.data)
    row = max(dataset, key=lambda row: len(row["text"]))
    tokenizer = from_json((tiny_run.base / "tokenizer.json").read_text("utf-8"))
    none = {"fill": 0.0, "crop": 0.0, "evade": 0.0, "case": 0.0}
    plain, dropping = changed("augment", **none), changed("augment", drop=0.3, **none)
    unknown = tokenizer.token_to_id("<unk>")
    assert unknown is not None
    whole = features(row, tokenizer, dropping, None).ids
    assert whole == features(row, tokenizer, plain, None).ids
    dropped = features(row, tokenizer, dropping, random.Random(1)).ids
    share = (dropped.count(unknown) - whole.count(unknown)) / len(whole)
    assert 0.15 < share < 0.45
