"""The loss: four parts, each masked where a row lacks the label, and a ranking of twins."""

import torch
import torch.nn.functional as F
from torch import Tensor

from models.calibration import LURE
from training.features import Batch
from training.model import Outputs
from training.recipe import Loss


def loss_parts(outputs: Outputs, batch: Batch, weights: Loss) -> dict[str, Tensor]:
    """Weighted parts by name; their sum is the loss. A part with nothing labelled is 0."""
    known = batch.kind >= 0
    is_lure = batch.kind == LURE
    lure_logit = outputs.kind[:, LURE]
    smooth = weights.label_smoothing
    target = is_lure.float() * (1 - 2 * smooth) + smooth
    lure = F.binary_cross_entropy_with_logits(lure_logit, target, reduction="none")

    # The other kinds compete among themselves, given that the text is no lure.
    rest_logits = torch.cat([outputs.kind[:, :LURE], outputs.kind[:, LURE + 1 :]], dim=1)
    rest_target = torch.where(batch.kind > LURE, batch.kind - 1, batch.kind).clamp(min=0)
    rest = F.cross_entropy(rest_logits, rest_target, reduction="none", label_smoothing=smooth)

    harmed = ~batch.harms.isnan().any(dim=1)
    harm = F.binary_cross_entropy_with_logits(
        outputs.harm, batch.harms.nan_to_num(), reduction="none"
    ).sum(1)

    token = F.binary_cross_entropy_with_logits(
        outputs.indicator, batch.marks, reduction="none",
        pos_weight=torch.full((), weights.indicator_positive, device=batch.marks.device),
    ).sum(-1)  # fmt: skip
    token = (token * batch.real).sum(1) / batch.real.sum(1).clamp(min=1)

    pair = lure_logit.new_zeros(())
    if batch.pairs:
        left, right = (torch.tensor(side) for side in zip(*batch.pairs, strict=True))
        # Twins differ in what matters alone: a lure's logit stands above its twin's.
        pair = F.softplus(1 - (lure_logit[left] - lure_logit[right])).mean()
    return {
        "lure": weights.lure * masked_mean(lure, known),
        "rest": weights.rest * masked_mean(rest, known & ~is_lure),
        "harm": weights.harm * masked_mean(harm, harmed),
        "indicator": weights.indicator * masked_mean(token, batch.marked > 0),
        "pair": weights.pair * pair,
    }


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over the rows where ``mask`` holds; 0 where there are none."""
    return (values * mask).sum() / mask.sum().clamp(min=1)
