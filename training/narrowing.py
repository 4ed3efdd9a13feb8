"""Fewer inner units in every feed-forward part of the encoder: those go that the output of a layer
misses least, and the others take over what they did.

A feed-forward part gives ``outer(gelu(inner(x)))``; which of its units can go is asked of ``outer``
alone. Removing unit ``i`` and moving the other weights ``w`` so that the sum of squared errors of
the output over sample texts is the least possible costs ``|w_i|^2 / V_ii``, where ``V`` is the
inverse of the units' second moments: the optimal brain surgeon (B. Hassibi and D. Stork, NIPS 1992)
for whole rows, as in ZipLM (E. Kurtic, E. Frantar and D. Alistarh, NeurIPS 2023). The cheapest unit
goes, ``V`` and ``w`` follow, and so on, one at a time. Nothing is fitted by gradients; a fit
afterwards makes up for what was lost.
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from training.errors import RecipeError
from training.features import Batch
from training.model import LureModel

Array = NDArray[np.float64]

RIDGE = 1e-4
"""Added to every second moment, as a share of their mean: moments of few texts have no inverse."""


def narrow(model: LureModel, units: int, batches: Iterable[Batch]) -> bool:
    """Leave so many inner units in each layer, those that ``batches`` need most; 0: all. Gives
    whether any went.

    Raises :class:`~training.errors.RecipeError` where a layer has fewer.
    """
    if not is_narrower(model, units):
        return False
    moments = moments_of(model, batches)
    layers = model.encoder.encoder.layer
    bar = tqdm(zip(layers, moments, strict=True), desc="narrow", unit="layer", total=len(layers))
    for layer, seen in bar:
        inner, outer = layer.intermediate.dense, layer.output.dense
        joined = torch.cat([outer.weight, outer.bias[:, None]], dim=1).detach()
        kept, weight = fewest_missed(seen, joined.double().numpy().T, units)
        with torch.no_grad():
            inner.weight[:units] = inner.weight[torch.from_numpy(kept)].clone()
            inner.bias[:units] = inner.bias[torch.from_numpy(kept)].clone()
            outer.weight[:, :units] = torch.from_numpy(weight[:-1].T).float()
            outer.bias.copy_(torch.from_numpy(weight[-1]))
    cut(model, units)
    return True


def is_narrower(model: LureModel, units: int) -> bool:
    """Whether ``units`` is fewer than each layer has."""
    own = int(model.encoder.config.intermediate_size)
    if units > own:
        raise RecipeError(f"shape.inner_units is {units}, and a layer of the encoder has {own}")
    return units not in (0, own)


def cut(model: LureModel, units: int) -> None:
    """Keep the first so many inner units of each layer, as they are; 0: all. For a model that is
    about to be given weights of that shape."""
    if not is_narrower(model, units):
        return
    for layer in model.encoder.encoder.layer:
        inner, outer = layer.intermediate.dense, layer.output.dense
        inner.weight = torch.nn.Parameter(inner.weight.detach()[:units].clone())
        inner.bias = torch.nn.Parameter(inner.bias.detach()[:units].clone())
        outer.weight = torch.nn.Parameter(outer.weight.detach()[:, :units].clone())
        inner.out_features = outer.in_features = units
    model.encoder.config.intermediate_size = units


def moments_of(model: LureModel, batches: Iterable[Batch]) -> list[Array]:
    """``(units + 1, units + 1)`` for each layer: means of the products of any two units over all
    tokens, with a last unit that is always 1 and stands for the bias."""
    layers = model.encoder.encoder.layer
    sums: list[torch.Tensor] = [torch.zeros(()) for _ in layers]
    real = torch.zeros(())

    def watcher(index: int) -> object:
        def watch(_: object, inputs: tuple[torch.Tensor, ...], __: object) -> None:
            given = inputs[0].detach()[real]
            given = torch.cat([given, torch.ones(len(given), 1)], dim=1)
            sums[index] = sums[index] + (given.T @ given).double()

        return watch

    handles = [
        layer.output.dense.register_forward_hook(watcher(index))
        for index, layer in enumerate(layers)
    ]
    try:
        with torch.inference_mode():
            for batch in batches:
                real = batch.attention_mask > 0
                model(*batch.inputs)
    finally:
        for handle in handles:
            handle.remove()
    return [(one / one[-1, -1]).numpy() for one in sums]


def fewest_missed(moments: Array, weight: Array, units: int) -> tuple[NDArray[np.int64], Array]:
    """Which rows of ``weight``, ``(units + 1, out)``, stay, in order, and what they become, the
    last row, the bias, among them. ``moments`` as :func:`moments_of` gives them."""
    count = len(weight) - 1
    ridge = RIDGE * float(np.diag(moments)[:-1].mean())
    inverse = np.linalg.inv(moments + ridge * np.eye(count + 1))
    weight = weight.copy()
    stays = np.ones(count, dtype=bool)
    for _ in range(count - units):
        cost = (weight[:-1] ** 2).sum(axis=1) / np.diag(inverse)[:-1]
        goes = int(np.where(stays, cost, np.inf).argmin())
        stays[goes] = False
        column = inverse[:, goes] / inverse[goes, goes]
        weight -= np.outer(column, weight[goes])
        inverse -= np.outer(column, inverse[goes])
        weight[goes] = 0.0
        inverse[goes, goes] = 1.0  # the rest of its row and column is 0 by now
    kept = np.flatnonzero(stays)
    return kept, weight[[*kept, count]]
