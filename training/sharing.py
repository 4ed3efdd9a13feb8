"""A batch shared by several processes so that they learn what one process would.

Each reads a part of every batch's texts, twins together. A loss divides by what the whole batch
holds, not by what the part holds, so that the mean of the processes' gradients, which
``DistributedDataParallel`` takes, is the gradient of the whole batch. What is left is the rounding
of sums in another order, and dropout, whose masks each process draws for itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object
from torch import Tensor

from models.calibration import LURE
from training.errors import RecipeError, ResumeError
from training.features import Batch, Features
from training.recipe import Loss


def share_of(
    members: Sequence[int], rows: Sequence[Mapping[str, Any]], process: int, processes: int
) -> list[int]:
    """Places in the batch ``members`` that this process reads: twins stay together, and each unit
    goes to the process that has the fewest texts so far. Empty where there are too few."""
    units: dict[str, list[int]] = {}
    for place, i in enumerate(members):
        units.setdefault(rows[i]["pair_key"] or f"alone {place}", []).append(place)
    shares: list[list[int]] = [[] for _ in range(processes)]
    for unit in units.values():
        min(shares, key=len).extend(unit)
    return sorted(shares[process])


def unlabelled(item: Features) -> Features:
    """The same text with nothing to learn from: what a process reads that has no share."""
    return replace(item, kind=None, harms=None, marks=None, pair="")


@dataclass(frozen=True, slots=True)
class Whole:
    """What the whole batch holds, each a count divided by the number of processes."""

    known: Tensor
    lures: Tensor
    others: Tensor
    harmed: Tensor
    marked: Tensor
    pairs: Tensor
    copies: Tensor
    processes: int = 1
    gather: Callable[[Tensor], Tensor] = lambda values: values
    """One value a text, from every process; minus infinity stands for no text."""

    @classmethod
    def of(cls, counts: Tensor, *more: Any) -> "Whole":
        """From ``(7,)`` counts in the order of the fields."""
        known, lures, others, harmed, marked, pairs, copies = counts
        return cls(known, lures, others, harmed, marked, pairs, copies, *more)


def whole_of(batch: Batch, copies: int = 0) -> Whole:
    """Of a batch that one process has for itself. ``copies``: texts that are read once more."""
    return Whole.of(counts_of(batch, copies))


def counts_of(batch: Batch, copies: int) -> Tensor:
    """``(7,)``: the counts of :class:`Whole`, of this process's part."""
    known, lure = batch.kind >= 0, batch.kind == LURE
    counts = [
        known.sum(), lure.sum(), (known & ~lure).sum(), (~batch.harms.isnan().any(dim=1)).sum(),
        (batch.marked > 0).sum(),
    ]  # fmt: skip
    here = torch.tensor([len(batch.pairs), copies], device=batch.kind.device)
    return torch.cat([torch.stack(counts), here]).float()


class Sharing:
    """What the processes of one fit tell each other."""

    def __init__(self, accelerator: Accelerator) -> None:
        self.accelerator = accelerator
        self.process: int = accelerator.process_index
        self.processes: int = accelerator.num_processes

    def whole(self, batch: Batch, copies: int) -> Whole:
        """What all parts of the batch hold together; every process has to ask."""
        if self.processes == 1:
            return whole_of(batch, copies)
        counts = self.accelerator.reduce(counts_of(batch, copies), "mean")
        return Whole.of(counts, self.processes, self._gather)

    def _gather(self, values: Tensor) -> Tensor:
        padded = self.accelerator.pad_across_processes(values, pad_index=-torch.inf)
        gathered: Tensor = self.accelerator.gather(padded)
        return gathered

    def mean(self, sums: Mapping[str, float]) -> dict[str, float]:
        """Of each sum over the processes."""
        if self.processes == 1 or not sums:
            return dict(sums)
        values = torch.tensor([*sums.values()], device=self.accelerator.device)
        reduced = self.accelerator.reduce(values, "mean").tolist()
        return dict(zip(sums, reduced, strict=True))

    def agree(self, identity: Mapping[str, str], step: int) -> None:
        """Raises :class:`~training.errors.ResumeError` where the processes were not given the same.

        ``step``: where each goes on from.
        """
        if self.processes == 1:
            return
        told: list[dict[str, str]] = gather_object([{**identity, "step to go on from": str(step)}])
        names = [name for name in told[0] if len({one[name] for one in told}) > 1]
        if names:
            raise ResumeError(
                f"the processes have another {' and '.join(names)}: give every machine the same "
                "data, base and bundle, and a --run that all of them see"
            )


def refuse_what_one_alone_can(weights: Loss, processes: int) -> None:
    """Raises :class:`~training.errors.RecipeError` where a part of the loss compares all texts of a
    batch with each other, and they lie in several processes."""
    if processes > 1 and weights.contrastive:
        raise RecipeError(
            f"loss.contrastive is {weights.contrastive:g}, and it compares all texts of a batch: "
            "fit in one process, or set it to 0"
        )
