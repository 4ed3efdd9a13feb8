"""A fit that keeps a part of the encoder's layers and learns what all of them answered."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from models import bundle
from tests.conftest import TinyRun
from tests.training.test_objective import changed, some_batch
from tests.training.test_remember import begun
from training import fit as fitting
from training.card import card
from training.errors import RecipeError
from training.export import export
from training.fit import answering, fit
from training.losses import distance
from training.model import LureModel, from_base, keep_layers, load
from training.recipe import Recipe
from training.start import start_from


def deep(layers: int) -> LureModel:
    """A model of so many layers, as small as one can be."""
    config = BertConfig(
        vocab_size=4, hidden_size=4, num_hidden_layers=layers, num_attention_heads=1,
        intermediate_size=4, max_position_embeddings=4,
    )  # fmt: skip
    return LureModel(BertModel(config, add_pooling_layer=False), dropout=0.0)


def student(epochs: int = 1, remember: float = 0.8, states: float = 0.0) -> Recipe:
    """One of the two layers of the small run's encoder."""
    recipe = changed("shape", layers=1)
    optimise = recipe.optimise.model_copy(update={"epochs": epochs})
    loss = recipe.loss.model_copy(update={"remember": remember, "states": states})
    return recipe.model_copy(update={"optimise": optimise, "loss": loss})


@pytest.mark.parametrize(
    ("of", "layers", "kept"),
    [
        (12, 6, [0, 2, 4, 7, 9, 11]),  # as DistilBERT was begun
        (12, 4, [0, 4, 7, 11]),
        (12, 2, [0, 11]),
        (12, 1, [11]),  # the head reads the last
        (3, 2, [0, 2]),
        (3, 3, [0, 1, 2]),
        (3, 0, [0, 1, 2]),
    ],
)
def test_layers_are_chosen_evenly_the_last_among_them(
    of: int, layers: int, kept: list[int]
) -> None:
    model = deep(of)
    before = list(model.encoder.encoder.layer)
    assert keep_layers(model, layers) == (len(kept) < of)
    assert [before.index(layer) for layer in model.encoder.encoder.layer] == kept
    assert model.encoder.config.num_hidden_layers == len(kept)


def test_more_layers_than_there_are_is_told() -> None:
    with pytest.raises(RecipeError) as told:
        keep_layers(deep(3), 6)
    assert str(told.value) == "shape.layers is 6, and the encoder has 3 layers"


def test_the_teacher_keeps_all_its_layers(tiny_run: TinyRun) -> None:
    model = from_base(tiny_run.base, dropout=0.0).eval()
    start_from(model, bundle.load(tiny_run.bundle))
    batch = some_batch(tiny_run)
    with torch.no_grad():
        before = model(*batch.inputs).kind
        teacher = answering(model)
        keep_layers(model, 1)
        assert torch.equal(teacher(*batch.inputs).kind, before)
        assert not torch.allclose(model(*batch.inputs).kind, before, atol=1e-3)
    assert teacher.encoder.config.num_hidden_layers == 2


def test_a_student_learns_what_its_teacher_answers(tiny_run: TinyRun, tmp_path: Path) -> None:
    """No text of the small run is a reviewer's label, so all are learnt from the answers."""
    _, teacher = begun(tiny_run)
    batch = some_batch(tiny_run)
    away = []
    for remember in (0.0, 1.0):
        out = tmp_path / f"{remember}"
        recipe = student(epochs=4, remember=remember)
        model = load(fit(tiny_run.base, tiny_run.data, recipe, out, False, start=tiny_run.bundle))
        assert len(model.encoder.encoder.layer) == 1
        with torch.no_grad():
            apart = model(*batch.inputs).lure - teacher(*batch.inputs).lure
        away.append(float(apart.norm()))
    assert away[1] < away[0]


def test_states_are_told_apart_in_units_of_their_spread() -> None:
    wanted = torch.tensor([[[1.0, 10.0], [3.0, 50.0], [9.0, 9.0]]])
    own = wanted + torch.tensor([[[2.0, 0.0], [0.0, 40.0], [7.0, 7.0]]])
    real = torch.tensor([[1.0, 1.0, 0.0]])
    first, second = (2 / 1) ** 2 / 2, (40 / 20) ** 2 / 2  # spread of 1 and 3, of 10 and 50
    assert float(distance(own, wanted, real)) == pytest.approx((first + second) / 2)
    assert float(distance(wanted, wanted, real)) == 0


def test_a_student_learns_what_its_teacher_sees_in_tokens(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    _, teacher = begun(tiny_run)
    batch = some_batch(tiny_run)
    away = []
    for states in (0.0, 3.0):
        out = tmp_path / f"{states}"
        recipe = student(remember=0.0, states=states)
        model = load(fit(tiny_run.base, tiny_run.data, recipe, out, False, start=tiny_run.bundle))
        with torch.no_grad():
            own, wanted = model(*batch.inputs).states, teacher(*batch.inputs).states
        away.append(float(distance(own, wanted, batch.real).mean()))
        parts = json.loads((out / "metrics.jsonl").read_text("utf-8").splitlines()[0])["loss"]
        assert ("states" in parts) == bool(states)
    assert away[1] < away[0]


def test_a_student_is_exported_and_goes_on_as_one(tiny_run: TinyRun, tmp_path: Path) -> None:
    fitted = fit(
        tiny_run.base, tiny_run.data, student(), tmp_path / "run", False, start=tiny_run.bundle
    )
    export(fitted, tiny_run.data, tmp_path / "student", "student", "int8")
    served = bundle.load(tmp_path / "student")
    assert len(served.read_model()) < len(bundle.load(tiny_run.bundle).read_model())
    fields = {name: getattr(served.manifest, name) for name in type(served.manifest).model_fields}
    assert ", 1 of its layers, embedding table frozen" in card(fields, served.calibration)
    # Another fit from it, by a recipe that asks for nothing: the base encoder has two layers.
    model = from_base(tiny_run.base, dropout=0.0)
    start_from(model, served)
    assert len(model.encoder.encoder.layer) == model.encoder.config.num_hidden_layers == 1


def goes_on_to_the_same(
    run: TinyRun, recipe: Recipe, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after its first checkpoint, a fit goes on to the weights of one that was not."""
    given = (run.base, run.data, recipe)
    whole = fit(*given, folder / "a", False, 3, run.bundle)
    keep = fitting.checkpoint

    def stop(*told: Any) -> None:
        keep(*told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "checkpoint", stop)
        with pytest.raises(KeyboardInterrupt):
            fit(*given, folder / "b", False, 3, run.bundle)
    again = fit(*given, folder / "b", True, 3, run.bundle)
    wanted = load(whole).state_dict()
    for name, value in load(again).state_dict().items():
        assert torch.equal(value, wanted[name]), name


def test_a_student_resumes(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on_to_the_same(tiny_run, student(), tmp_path, monkeypatch)


def test_fewer_layers_and_weights_of_all_of_them_exclude_each_other(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    recipe = student()
    optimise = recipe.optimise.model_copy(update={"start_share": 0.2})
    wrong = recipe.model_copy(update={"optimise": optimise})
    with pytest.raises(RecipeError, match=r"start_share is above 0, and shape\.layers"):
        fit(tiny_run.base, tiny_run.data, wrong, tmp_path, False, start=tiny_run.bundle)
