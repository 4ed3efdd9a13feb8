"""One step's gradients: the loss of a batch, and the second passes a recipe may ask for."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from training.features import Batch
from training.losses import consistency, loss_parts, lure_loss
from training.model import LureModel, Outputs
from training.recipe import Loss


class Objective:
    """Passes of one model over its batches. ``model`` is what ``accelerate`` prepared."""

    def __init__(self, accelerator: Accelerator, model: nn.Module, weights: Loss) -> None:
        self.accelerator = accelerator
        self.model = model
        self.weights = weights
        inner: LureModel = accelerator.unwrap_model(model)
        self.nudge = EmbeddingNudge(inner.encoder.get_input_embeddings())

    def backward(self, batch: Batch, copies: Batch | None, done: float) -> dict[str, Tensor]:
        """Add the gradients of one batch; gives the weighted parts of its loss by name.

        ``copies`` holds the same texts in disguise, the first of the batch first; ``done`` is the
        share of the steps behind us.
        """
        adversarial = self.weights.adversarial
        with self.nudge.watching(bool(adversarial)):
            outputs = self._forward(batch)
            parts = loss_parts(outputs, batch, self.weights, done)
            self.accelerator.backward(torch.stack(list(parts.values())).sum())
        if adversarial:
            with self.nudge.applied(adversarial):
                again = self._forward(batch)
                parts["adversarial"] = self.weights.lure * lure_loss(again, batch, self.weights)
                self.accelerator.backward(parts["adversarial"])
        if copies is not None:
            original = outputs.lure[: len(copies.kind)].detach()
            change = consistency(original, self._forward(copies).lure)
            parts["consistency"] = self.weights.consistency * change
            self.accelerator.backward(parts["consistency"])
        return parts

    def _forward(self, batch: Batch) -> Outputs:
        with self.accelerator.autocast():
            outputs: Outputs = self.model(*batch.inputs)
        return outputs


class EmbeddingNudge:
    """Watches the token embeddings of a pass, then moves those of the next against it.

    The fast gradient method of Miyato, Dai and Goodfellow (2017), for a table that is frozen.
    """

    def __init__(self, table: nn.Module) -> None:
        self.watched: Tensor | None = None
        self.step: Tensor | None = None
        self.active = False
        table.register_forward_hook(self._hook)

    def _hook(self, _module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        if self.step is not None:
            return output + self.step
        if self.active:
            self.watched = output.detach().requires_grad_(True)
            return self.watched
        return output

    @contextmanager
    def watching(self, active: bool) -> Iterator[None]:
        """Keep the gradient at the embeddings of the pass inside."""
        self.active = active
        yield
        self.active = False

    @contextmanager
    def applied(self, length: float) -> Iterator[None]:
        """Move each text's embeddings by ``length`` of their own norm, up the watched gradient."""
        assert self.watched is not None
        assert self.watched.grad is not None
        gradient, own = self.watched.grad, self.watched.detach()
        norm = gradient.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12)
        self.step = length * own.norm(dim=(1, 2), keepdim=True) * gradient / norm
        yield
        self.step = self.watched = None
