"""One step's gradients: the loss of a batch, and the second passes a recipe may ask for."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from training.features import Batch
from training.losses import consistency, loss_parts, lure_loss, masked_mean
from training.model import LureModel, Outputs
from training.recipe import Loss
from training.sharing import Sharing, refuse_what_one_alone_can


class Objective:
    """Passes of one model over its batches. ``model`` is what ``accelerate`` prepared; ``before``
    answers as the bundle did that the fit began from.

    Raises :class:`~training.errors.RecipeError` where several processes cannot do what is asked.
    """

    def __init__(
        self, accelerator: Accelerator, model: nn.Module, weights: Loss,
        before: LureModel | None = None,
    ) -> None:  # fmt: skip
        self.accelerator = accelerator
        self.model = model
        self.before = before
        self.weights = weights
        self.sharing = Sharing(accelerator)
        refuse_what_one_alone_can(weights, self.sharing.processes)
        inner: LureModel = accelerator.unwrap_model(model)
        self.nudge = EmbeddingNudge(inner.encoder.get_input_embeddings())

    def backward(
        self, batch: Batch, copies: Batch | None, done: float, copied: int | None = None
    ) -> dict[str, Tensor]:
        """Add the gradients of one batch, or of this process's part of it; gives the weighted parts
        of its loss by name, whose mean over the processes is the whole batch's.

        ``copies`` holds the same texts in disguise, the first of the batch first, of which
        ``copied`` count (default: all); ``done`` is the share of the steps behind us.
        """
        adversarial = self.weights.adversarial
        if copied is None:
            copied = 0 if copies is None else len(copies.kind)
        whole = self.sharing.whole(batch, copied)
        before = self._before(batch)
        with self.nudge.watching(bool(adversarial)):
            outputs = self._forward(batch)
            parts = loss_parts(outputs, batch, self.weights, done, whole, before)
            self.accelerator.backward(torch.stack(list(parts.values())).sum())
        if adversarial:
            with self.nudge.applied(adversarial):
                again = self._forward(batch)
                parts["adversarial"] = self.weights.lure * lure_loss(
                    again, batch, self.weights, whole, before
                )
                self.accelerator.backward(parts["adversarial"])
        if copies is not None:
            original = outputs.lure[: len(copies.kind)].detach()
            change = consistency(original, self._forward(copies).lure)
            counted = torch.arange(len(change), device=change.device) < copied
            # A quotation that did not fit its window became the bare lure in one of the two.
            counted &= copies.kind == batch.kind[: len(copies.kind)]
            parts["consistency"] = self.weights.consistency * masked_mean(
                change, counted, whole.copies
            )
            self.accelerator.backward(parts["consistency"])
        return parts

    def _before(self, batch: Batch) -> Outputs | None:
        if self.before is None:
            return None
        with torch.no_grad(), self.accelerator.autocast():
            outputs: Outputs = self.before(*batch.inputs)
        return outputs

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
