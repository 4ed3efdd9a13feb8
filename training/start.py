"""A bundle's weights as the start of another fit: the champion goes on learning instead of a model
from nothing.

The served graph is the only form in which a bundle keeps them. Its int8 products are multiplied out
again; what their rounding took is not in them any more (scores of the shipped bundle move by 0.04
at the 99th percentile), and a fit makes up for it in its first steps.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from models.bundle import Bundle
from models.trained_on import TrainedOn
from training.errors import StartError
from training.growing import fitted_on_by
from training.model import LureModel, keep_layers
from training.narrowing import cut
from training.splits import split_of_joined

Array = NDArray[np.float32]
Found = Mapping[str, NDArray[np.generic]]

PRODUCTS = {
    "attention_output": ("attention.output.dense",),
    "inner": ("intermediate.dense",),
    "outer": ("output.dense",),
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
}
"""Matrices of the encoder in each product of the graph; :mod:`training.onnx_graph` joins them."""

EMBEDDINGS = "encoder.embeddings."
PIECES = f"{EMBEDDINGS}word_embeddings.weight"
TOKEN_TYPE = f"{EMBEDDINGS}token_type_embeddings.weight"
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


def start_from(model: LureModel, start: Bundle) -> None:
    """Put the weights of a bundle into a model of the same shape, or of more layers or inner units,
    which then has as many as the bundle: a student goes on as a student. The table of pieces stays:
    it is the base encoder's, which no fit moves.

    Raises :class:`~training.errors.StartError` where the bundle is of another encoder or has other
    labels.
    """
    state = weights_of(start, parameters_of(model))
    keep_layers(model, min(layers_of(state), len(model.encoder.encoder.layer)))
    cut(model, min(units_of(state), model.encoder.config.intermediate_size))
    own = parameters_of(model)
    wrong = sorted(set(own) ^ set(state)) or [
        name for name in sorted(own) if tuple(own[name].shape) != state[name].shape
    ]
    if wrong:
        raise StartError(
            f"{start.path} does not fit the base encoder or the labels of today: {wrong[0]} differs"
        )
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(torch.tensor(state[name]))


def blend(model: LureModel, start: Bundle, share: float) -> None:
    """Move a model that was fitted from a bundle back towards it by ``share`` of the way: the mean
    of two models that lie in one valley often does better than either on what both know (M.
    Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022)."""
    own = parameters_of(model)
    state = {name: torch.tensor(value) for name, value in weights_of(start, own).items()}
    # The fitted head reads states of another centre and spread; see training.model.standardise.
    centre, spread = model.centre.cpu(), model.spread.cpu()
    state["head.bias"] = state["head.bias"] + state["head.weight"] @ centre
    state["head.weight"] = state["head.weight"] * spread
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.lerp_(state[name].to(parameter.device), share)


def parameters_of(model: LureModel) -> dict[str, torch.nn.Parameter]:
    """Those that a bundle keeps."""
    own = dict(model.named_parameters())
    del own[PIECES]
    return own


def weights_of(start: Bundle, own: Mapping[str, torch.nn.Parameter]) -> dict[str, Array]:
    """A bundle's, by the names of a model's parameters, whose token types are taken as they are."""
    content = onnx.load_from_string(start.read_model())
    found = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in content.graph.initializer
        if not tensor.name.startswith("pieces")
    }
    token_type = own[TOKEN_TYPE].detach().cpu().numpy()
    return {**embeddings_of(found, token_type), **encoder_of(found), **head_of(found)}


def refuse_seen(start: Bundle, rows: Iterable[Mapping[str, Any]], lock: Mapping[str, Any]) -> None:
    """Refuse data that would test the new fit on what the bundle was fitted or calibrated on, or
    set its thresholds on what the bundle was fitted on: split as the bundle's own data was, nothing
    is lost by it. ``lock``: of the data; an older one does not say how splits were drawn, and
    nothing is said of calibration then.

    Raises :class:`~training.errors.StartError`.
    """
    seen = fitted_on_by(start)
    tested, calibrating = set(), defaultdict(set)
    for row in rows:
        if row["split"] in ("test", "left_out"):
            tested.add(row["own_group"])
        elif row["split"] == "calibration":
            calibrating[row["group"]].add(row["own_group"])
    if known := sorted(group for group in tested if seen.holds(group)):
        raise StartError(
            f"{len(known)} of {len(tested)} groups to be tested on were fitted on by {start.path}, "
            f"such as {known[0]}: prepare the data with the recipe and the corpora of that bundle, "
            "and with --start; new ones may be added"
        )
    drawn = lock.get("drawn")
    if drawn is None:
        return
    if moved := sorted(group for group, own in calibrating.items() if is_moved(own, seen, drawn)):
        raise StartError(
            f"{len(moved)} groups that {start.path} was fitted on came to the calibration split "
            f"with new near-copies, such as {moved[0]}: prepare the data with --start"
        )


def is_moved(own: set[str], seen: TrainedOn, drawn: Mapping[str, Any]) -> bool:
    """Whether groups that joined, and now calibrate, were fitted on before the new ones came."""
    known = {group for group in own if seen.holds(group)}
    return (
        known not in (set(), own)
        and split_of_joined(known, drawn["shares"], drawn["seed"]) == "train"
    )


def embeddings_of(found: Found, token_type: Array) -> dict[str, Array]:
    """Positions and the norm. The graph holds positions and token type 0 as one sum."""
    return {
        f"{EMBEDDINGS}position_embeddings.weight": exact(found["positions"]) - token_type[:1],
        TOKEN_TYPE: token_type,
        f"{EMBEDDINGS}LayerNorm.weight": exact(found["embedding_norm"]),
        f"{EMBEDDINGS}LayerNorm.bias": exact(found["embedding_shift"]),
    }


def layers_of(state: Mapping[str, Array]) -> int:
    """How many the encoder has."""
    return len({found[1] for name in state if (found := re.search(r"\.layer\.(\d+)\.", name))})


def units_of(state: Mapping[str, Array]) -> int:
    """How many inner units each has."""
    return len(state["encoder.encoder.layer.0.intermediate.dense.bias"])


def head_of(found: Found) -> dict[str, Array]:
    """The layer per token."""
    return {"head.weight": exact(found["head.weight"]).T, "head.bias": exact(found["head.bias"])}


def encoder_of(found: Found) -> dict[str, Array]:
    """Weights of the encoder's layers by their names in ``transformers``."""
    state: dict[str, Array] = {}
    layers = {int(name.split(".")[0]) for name in found if re.match(r"\d+\.", name)}
    for layer in sorted(layers):
        prefix = f"encoder.encoder.layer.{layer}."
        for product, parts in PRODUCTS.items():
            weights = np.split(product_of(found, f"{layer}.{product}"), len(parts), axis=1)
            biases = np.split(found[f"{layer}.{product}.bias"], len(parts))
            for part, weight, bias in zip(parts, weights, biases, strict=True):
                state[f"{prefix}{part}.weight"] = weight.T
                state[f"{prefix}{part}.bias"] = exact(bias)
        for norm in NORMS:
            state[f"{prefix}{norm}.weight"] = exact(found[f"{layer}.{norm}.scale"])
            state[f"{prefix}{norm}.bias"] = exact(found[f"{layer}.{norm}.shift"])
    return state


def product_of(found: Found, name: str) -> Array:
    """``(in, out)``: a matrix product in float32, whatever form the graph holds it in."""
    weight = exact(found[f"{name}.weight"])
    if f"{name}.scale" in found:
        weight = weight * exact(found[f"{name}.scale"])
    if f"{name}.channel" in found:  # the graph multiplies what comes in by it
        weight = weight * exact(found[f"{name}.channel"])[:, None]
    return weight


def exact(values: NDArray[np.generic]) -> Array:
    """In float32."""
    return values.astype(np.float32)
