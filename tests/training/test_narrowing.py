"""A fit that keeps a part of each layer's inner units, those that its output would miss most."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import bundle
from tests.conftest import TinyRun
from tests.training.test_objective import changed, some_batch
from tests.training.test_student import goes_on_to_the_same
from training.card import card
from training.errors import RecipeError
from training.export import export
from training.fit import answering, fit
from training.model import LureModel, from_base, load
from training.narrowing import RIDGE, cut, fewest_missed, moments_of, narrow
from training.recipe import Recipe
from training.start import start_from

Array = NDArray[np.float64]

UNITS = 8


def begun(tiny_run: TinyRun) -> LureModel:
    """The small run's bundle as a model."""
    model = from_base(tiny_run.base, dropout=0.0).eval()
    start_from(model, bundle.load(tiny_run.bundle))
    return model


def slim(epochs: int = 1) -> Recipe:
    """A part of the inner units of the small run's encoder."""
    recipe = changed("shape", inner_units=UNITS)
    optimise = recipe.optimise.model_copy(update={"epochs": epochs})
    return recipe.model_copy(update={"optimise": optimise})


def some_layer() -> tuple[Array, Array]:
    """Moments of six units and the bias's, and their weights into three outputs."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6)
    values = np.concatenate([values, np.ones((400, 1))], axis=1)
    return values.T @ values / 400, rng.normal(size=(7, 3))


def ridged(moments: Array) -> Array:
    """As :func:`fewest_missed` reads them."""
    size = RIDGE * float(np.diag(moments)[:-1].mean())
    return moments + size * np.eye(len(moments))


def best_without(gone: set[int], moments: Array, weight: Array) -> tuple[Array, float]:
    """Weights of all rows but ``gone`` with the smallest squared error of the output, by solving
    for them at once, and that error."""
    kept = [row for row in range(len(weight)) if row not in gone]
    seen = ridged(moments)
    solved = np.zeros_like(weight)
    solved[kept] = np.linalg.solve(seen[np.ix_(kept, kept)], seen[kept] @ weight)
    left = solved - weight
    return solved[kept], float(np.trace(left.T @ seen @ left))


def test_the_unit_goes_that_is_missed_least_and_the_others_take_over() -> None:
    moments, weight = some_layer()
    kept, _ = fewest_missed(moments, weight, 5)
    errors = [best_without({unit}, moments, weight)[1] for unit in range(6)]
    assert set(range(6)) - set(kept.tolist()) == {int(np.argmin(errors))}
    assert sorted(errors)[1] > errors[int(np.argmin(errors))] * 1.01  # it was a choice


@pytest.mark.parametrize("units", [1, 2, 4, 6])
def test_what_stays_is_the_best_that_these_units_can_do(units: int) -> None:
    moments, weight = some_layer()
    kept, moved = fewest_missed(moments, weight, units)
    assert len(kept) == units
    solved, _ = best_without(set(range(6)) - set(kept.tolist()), moments, weight)
    np.testing.assert_allclose(moved, solved, rtol=1e-6, atol=1e-9)


def test_moments_are_of_real_tokens_alone(tiny_run: TinyRun) -> None:
    model = begun(tiny_run)
    batch = some_batch(tiny_run)
    assert (batch.attention_mask == 0).any()
    given: list[torch.Tensor] = []
    last = model.encoder.encoder.layer[-1].output.dense
    last.register_forward_hook(lambda _, inputs, __: given.append(inputs[0]))
    seen = moments_of(model, [batch])
    own = given[0].detach()[batch.attention_mask > 0].double().numpy()
    np.testing.assert_allclose(seen[-1][:-1, :-1], own.T @ own / len(own), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(seen[-1][-1, :-1], own.mean(axis=0), rtol=1e-4, atol=1e-6)
    assert seen[-1][-1, -1] == 1


def test_units_that_are_missed_least_answer_nearer_than_the_first(tiny_run: TinyRun) -> None:
    batch = some_batch(tiny_run)
    whole = begun(tiny_run)
    chosen, first = begun(tiny_run), begun(tiny_run)
    teacher = answering(chosen)
    assert narrow(chosen, UNITS, [batch])
    cut(first, UNITS)
    with torch.no_grad():
        wanted = whole(*batch.inputs).states
        away = [float((model(*batch.inputs).states - wanted).norm()) for model in (chosen, first)]
        assert torch.equal(teacher(*batch.inputs).states, wanted)
    assert away[0] < away[1]
    for model in (chosen, first):
        assert model.encoder.config.intermediate_size == UNITS
        for layer in model.encoder.encoder.layer:
            assert layer.intermediate.dense.weight.shape[0] == UNITS
            assert layer.output.dense.weight.shape[1] == UNITS


def test_all_units_or_none_named_changes_nothing(tiny_run: TinyRun) -> None:
    model = begun(tiny_run)
    own = model.encoder.config.intermediate_size
    for units in (0, own):
        assert not narrow(model, units, [])
        cut(model, units)
    assert model.encoder.config.intermediate_size == own


def test_more_units_than_there_are_is_told(tiny_run: TinyRun) -> None:
    model = begun(tiny_run)
    own = model.encoder.config.intermediate_size
    with pytest.raises(RecipeError) as told:
        narrow(model, own + 1, [])
    assert str(told.value) == (
        f"shape.inner_units is {own + 1}, and a layer of the encoder has {own}"
    )


def test_a_narrower_model_is_exported_and_goes_on_as_one(tiny_run: TinyRun, tmp_path: Path) -> None:
    run = tmp_path / "run"
    fitted = fit(tiny_run.base, tiny_run.data, slim(), run, False, start=tiny_run.bundle)
    assert load(fitted).encoder.config.intermediate_size == UNITS
    export(fitted, tiny_run.data, tmp_path / "slim", "slim", "int8")
    served = bundle.load(tmp_path / "slim")
    assert len(served.read_model()) < len(bundle.load(tiny_run.bundle).read_model())
    fields = {name: getattr(served.manifest, name) for name in type(served.manifest).model_fields}
    told = f", {UNITS} inner units in each layer, embedding table frozen"
    assert told in card(fields, served.calibration)
    # Another fit from it, by a recipe that asks for nothing: the base encoder has more.
    model = from_base(tiny_run.base, dropout=0.0)
    start_from(model, served)
    assert model.encoder.config.intermediate_size == UNITS


def test_a_narrower_model_resumes(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on_to_the_same(tiny_run, slim(), tmp_path, monkeypatch)


def test_fewer_units_and_weights_of_all_of_them_exclude_each_other(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    recipe = slim()
    optimise = recipe.optimise.model_copy(update={"start_share": 0.2})
    wrong = recipe.model_copy(update={"optimise": optimise})
    with pytest.raises(RecipeError, match=r"shape\.layers or shape\.inner_units leaves less"):
        fit(tiny_run.base, tiny_run.data, wrong, tmp_path, False, start=tiny_run.bundle)
