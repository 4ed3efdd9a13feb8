"""A fit that goes on from a bundle."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models import bundle
from models.ad import Ad
from models.inference import Model, windows
from models.rendering import render
from tests.conftest import TINY_RECIPE, TinyRun, make_tiny_base
from training.corpus import loaders
from training.errors import StartError
from training.export import torch_logits
from training.features import collate, features
from training.fit import fit
from training.model import from_base, load, standardise
from training.prepare import load as load_data
from training.start import EMBEDDINGS, PIECES, TOKEN_TYPE, blend, refuse_seen, start_from

CLOSE = 0.35
"""Largest difference of a logit between int8 products and the same multiplied out again, two
layers, of logits up to 5: activations are not rounded there. One matrix in the wrong place moves
them by more than 2."""

ROUNDED = 0.03
"""Largest share of a matrix (Frobenius norm) that rounding to the bundle's steps takes: one step in
95 takes about a hundredth, and rows that make up for others a little more. Another matrix in its
place is further away than 1."""


def test_the_weights_answer_as_the_bundle_does(tiny_run: TinyRun) -> None:
    served = bundle.load(tiny_run.bundle)
    limits = served.manifest.limits
    runner = Model(served.read_model(), served.tokenizer, limits)
    model = from_base(tiny_run.base, dropout=0.0).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    start_from(model, bundle.load(tiny_run.bundle))
    assert torch.equal(model.state_dict()[PIECES], before[PIECES])
    assert not torch.equal(model.head.weight, before["head.weight"])
    for row in loaders.written()[:20]:
        window = windows(served.tokenizer, render(Ad(text=row.text)).text, limits)[0]
        difference = np.abs(torch_logits(model, window.ids) - runner.run(window.ids)[3])
        assert difference.max() < CLOSE


def test_the_weights_are_those_that_were_fitted(tiny_run: TinyRun) -> None:
    fitted = load(tiny_run.out / "fitted")
    model = from_base(tiny_run.base, dropout=0.0)
    wanted = fitted.state_dict()
    start_from(model, bundle.load(tiny_run.bundle))
    types = wanted[TOKEN_TYPE][:1] - model.state_dict()[TOKEN_TYPE][:1]
    wanted[f"{EMBEDDINGS}position_embeddings.weight"] += types  # only their sum is ever used
    for name, mine in model.state_dict().items():
        if name == TOKEN_TYPE:
            continue
        lost = float((mine - wanted[name]).norm())
        assert lost <= ROUNDED * float(wanted[name].norm()) + 1e-6, name


def test_standardising_leaves_what_was_learnt(tiny_run: TinyRun) -> None:
    model = from_base(tiny_run.base, dropout=0.0).eval()
    start_from(model, bundle.load(tiny_run.bundle))
    tokenizer = bundle.load(tiny_run.bundle).tokenizer
    dataset, _ = load_data(tiny_run.data)
    items = [features(row, tokenizer, TINY_RECIPE, None) for row in dataset.select(range(8))]
    batch = collate(items, pad=1)
    before = model(*batch.inputs).kind
    standardise(model, [batch], learnt=True)
    assert torch.allclose(model(*batch.inputs).kind, before, atol=1e-4)


def test_a_fit_goes_part_of_the_way_back(tiny_run: TinyRun, tmp_path: Path) -> None:
    served = bundle.load(tiny_run.bundle)
    dataset, _ = load_data(tiny_run.data)
    items = [features(row, served.tokenizer, TINY_RECIPE, None) for row in dataset.select(range(8))]
    batch = collate(items, pad=1)
    began = from_base(tiny_run.base, dropout=0.0).eval()
    start_from(began, served)
    model = load(tiny_run.out / "fitted")
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.add_(torch.randn_like(parameter))  # as if it had learnt something else
    standardise(model, [batch], learnt=True)  # and reads states by another measure
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    blend(model, served, 1.0)
    assert torch.allclose(model(*batch.inputs).kind, began(*batch.inputs).kind, atol=1e-3)
    model.load_state_dict(weights)
    far = (model(*batch.inputs).kind - began(*batch.inputs).kind).norm()
    blend(model, served, 0.5)
    near = (model(*batch.inputs).kind - began(*batch.inputs).kind).norm()
    assert 0.1 * far < near < 0.9 * far


def test_a_recipe_says_how_far_back(tiny_run: TinyRun, tmp_path: Path) -> None:
    kinds = []
    for share in (0.0, 0.9):
        optimise = TINY_RECIPE.optimise.model_copy(update={"epochs": 1, "start_share": share})
        recipe = TINY_RECIPE.model_copy(update={"optimise": optimise})
        out = tmp_path / f"back {share}"
        model = load(fit(tiny_run.base, tiny_run.data, recipe, out, False, start=tiny_run.bundle))
        kinds.append(model.state_dict()["head.weight"])
    began = from_base(tiny_run.base, dropout=0.0)
    start_from(began, bundle.load(tiny_run.bundle))
    first, last = (float((kind - began.head.weight.detach()).norm()) for kind in kinds)
    assert last == pytest.approx(first / 10, rel=0.05)


def test_a_fit_goes_on_from_a_bundle(tiny_run: TinyRun, tmp_path: Path) -> None:
    optimise = TINY_RECIPE.optimise.model_copy(
        update={"epochs": 1, "learning_rate": 1e-9, "head_learning_rate": 1e-9}
    )
    still = TINY_RECIPE.model_copy(update={"optimise": optimise})
    out = fit(tiny_run.base, tiny_run.data, still, tmp_path, resume=False, start=tiny_run.bundle)
    began = from_base(tiny_run.base, dropout=0.0)
    start_from(began, bundle.load(tiny_run.bundle))
    for name, value in load(out).state_dict().items():
        assert torch.allclose(value, began.state_dict()[name], atol=1e-3), name


def test_what_the_bundle_saw_is_no_test_of_it(tiny_run: TinyRun) -> None:
    dataset, lock = load_data(tiny_run.data)
    rows = list(dataset)
    refuse_seen(bundle.load(tiny_run.bundle), rows, lock)
    swapped = [{**row, "split": "test"} if row["split"] == "train" else row for row in rows]
    with pytest.raises(StartError, match="were fitted on by"):
        refuse_seen(bundle.load(tiny_run.bundle), swapped, lock)


def test_another_encoder_is_refused(tiny_run: TinyRun, tmp_path: Path) -> None:
    model = from_base(make_tiny_base(tmp_path), dropout=0.0)
    del model.encoder.encoder.layer[1]
    with pytest.raises(StartError, match="does not fit"):
        start_from(model, bundle.load(tiny_run.bundle))
