"""A fit that learns what it knew from the bundle it began from, and reviewers' labels from
themselves."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator

from models import bundle
from tests.conftest import TINY_RECIPE, TinyRun
from tests.training.test_objective import answers, some_batch
from training.features import Batch
from training.fit import answering, fit
from training.losses import HOLD, lure_loss, unweighted
from training.model import LureModel, from_base, load
from training.objective import Objective
from training.recipe import Loss
from training.start import start_from

ALL = Loss(remember=1.0, pair=0.3)
SMALL_STEPS = {
    "epochs": 1, "dropout": 0.0, "weight_decay": 0.0,
    "learning_rate": 2e-4, "head_learning_rate": 2e-3,
}  # fmt: skip


def begun(run: TinyRun) -> tuple[LureModel, LureModel]:
    """A model that stands where the bundle stands, and one that answers as the bundle does."""
    model = from_base(run.base, dropout=0.0)
    start_from(model, bundle.load(run.bundle))
    return model, answering(model)


def pull(run: TinyRun, batch: Batch, weights: Loss) -> float:
    """Norm of the first step's gradient."""
    model, before = begun(run)
    Objective(Accelerator(cpu=True), model, weights, before).backward(batch, None, 0.0)
    pulls = [p.grad.norm() for p in model.parameters() if p.grad is not None]
    return float(torch.stack(pulls).norm())


def test_what_is_known_pulls_nowhere_and_labels_do(tiny_run: TinyRun) -> None:
    batch = some_batch(tiny_run)
    count = len(batch.kind)
    known = replace(batch, old=torch.ones(count))
    label = replace(batch, old=torch.tensor([0.0] + [1.0] * (count - 1)))
    without = pull(tiny_run, known, Loss(pair=0.3))
    assert pull(tiny_run, known, ALL) < 1e-3 * without
    assert pull(tiny_run, label, ALL) > 0.05 * without
    half = pull(tiny_run, known, ALL.model_copy(update={"remember": 0.5}))
    assert 0.2 * without < half < 0.8 * without


def test_a_text_is_held_where_it_was_by_its_share() -> None:
    outputs, batch = answers([0.5, 0.5], [0, 0])
    before, _ = answers([-1.0, -1.0], [0, 0])
    batch = replace(batch, old=torch.tensor([1.0, 0.0]))
    weights = Loss(label_smoothing=0.0, remember=0.25)
    label = math.log(1 + math.exp(-0.5))
    held = 0.75 * label + 0.25 * HOLD * 1.5**2
    found = lure_loss(outputs, batch, weights, None, before)
    assert float(found) == pytest.approx((held + label) / 2)


def test_a_weight_on_marked_tokens_does_not_move_what_is_known() -> None:
    logits = torch.tensor([-4.0, 0.0, 1.5], requires_grad=True)
    weight = torch.tensor(4.0)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, unweighted(logits.detach(), Loss(indicator_positive=4.0)), pos_weight=weight
    )
    torch.autograd.backward(loss)
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-6


def test_a_recipe_asks_for_it(tiny_run: TinyRun, tmp_path: Path) -> None:
    """On data without a reviewer's label a fit then stays where it began: in small steps, as
    retraining makes them (in large ones Adam strays, however little it is pulled)."""
    away = []
    for remember in (0.0, 1.0):
        recipe = TINY_RECIPE.model_copy(
            update={
                "loss": TINY_RECIPE.loss.model_copy(update={"remember": remember}),
                "optimise": TINY_RECIPE.optimise.model_copy(update=SMALL_STEPS),
            }
        )
        out = tmp_path / f"{remember}"
        model = load(fit(tiny_run.base, tiny_run.data, recipe, out, False, start=tiny_run.bundle))
        began, _ = begun(tiny_run)
        batch = some_batch(tiny_run)
        with torch.no_grad():
            away.append(float((model(*batch.inputs).kind - began(*batch.inputs).kind).norm()))
    assert away[1] < 0.5 * away[0]
