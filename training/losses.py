"""The loss: four parts, each masked where a row lacks the label, a ranking of twins, and what a
recipe adds to them."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from models.calibration import LURE
from training.features import Batch
from training.model import Outputs
from training.recipe import Loss
from training.sharing import Whole, whole_of

TEMPERATURE = 0.1
"""Of the contrastive part, as in Khosla et al. (2020)."""

HOLD = 0.25
"""Of a squared distance of logits: twice as steep as the cross-entropy where it is steepest."""


def loss_parts(
    outputs: Outputs,
    batch: Batch,
    weights: Loss,
    done: float = 1.0,
    whole: Whole | None = None,
    before: Outputs | None = None,
) -> dict[str, Tensor]:
    """Weighted parts by name; their sum is the loss. A part with nothing labelled is 0.

    ``whole``: what the batch holds of which this process has a part; default: it has all.
    ``before``: answers of the bundle that the fit began from, where texts are learnt from them.

    A text of half the weight pulls half as hard in the lure, rest, harm and indicator parts; twins
    and what a recipe adds do not look at weights.

    ``done``: share of the steps behind us, for parts that end.
    """
    whole = whole or whole_of(batch)
    known = batch.kind >= 0
    is_lure = batch.kind == LURE
    lure_logit = outputs.lure

    # The other kinds compete among themselves, given that the text is no lure.
    rest_logits = rest_of(outputs)
    rest_target = torch.where(batch.kind > LURE, batch.kind - 1, batch.kind).clamp(min=0)
    rest = F.cross_entropy(
        rest_logits, rest_target, reduction="none", label_smoothing=weights.label_smoothing
    )
    harmed = ~batch.harms.isnan().any(dim=1)
    harm_target, marks = batch.harms.nan_to_num(), batch.marks

    share = torch.zeros_like(batch.weight)
    if before is not None:
        share = weights.remember * batch.old
        known_rest = F.cross_entropy(rest_logits, rest_of(before).softmax(1), reduction="none")
        rest = rest.lerp(known_rest, share)
        harm_target = harm_target.lerp(before.harm.sigmoid(), share[:, None])
        marks = marks.lerp(unweighted(before.indicator, weights), share[:, None, None])

    harm = F.binary_cross_entropy_with_logits(outputs.harm, harm_target, reduction="none")
    if weights.harm_focus:
        absent = outputs.harm.sigmoid().detach() ** weights.harm_focus
        harm = harm * torch.where(batch.harms > 0, torch.ones_like(absent), absent)

    token = F.binary_cross_entropy_with_logits(
        outputs.indicator, marks, reduction="none",
        pos_weight=torch.full((), weights.indicator_positive, device=marks.device),
    ).sum(-1)  # fmt: skip
    token = (token * batch.real).sum(1) / batch.real.sum(1).clamp(min=1)

    pair = lure_logit.new_zeros(())
    if batch.pairs:
        left, right = (torch.tensor(side) for side in zip(*batch.pairs, strict=True))
        # Twins differ in what matters alone: a lure's logit stands above its twin's.
        apart = F.softplus(1 - (lure_logit[left] - lure_logit[right]))
        pair = (apart * (1 - share[left])).sum() / whole.pairs
    parts = {
        "lure": weights.lure * lure_loss(outputs, batch, weights, whole, before),
        "rest": weights.rest * masked_mean(rest * batch.weight, known & ~is_lure, whole.others),
        "harm": weights.harm * masked_mean(harm.sum(1) * batch.weight, harmed, whole.harmed),
        "indicator": weights.indicator
        * masked_mean(token * batch.weight, batch.marked > 0, whole.marked),
        "pair": weights.pair * pair,
    }
    if weights.states and before is not None:
        apart = distance(outputs.states, before.states, batch.real)
        parts["states"] = weights.states * masked_mean(apart * batch.old, known, whole.known)
    if weights.contrastive:
        early = done < weights.contrastive_until or weights.contrastive_until == 1.0
        weight = weights.contrastive if early else 0.0
        parts["contrastive"] = weight * contrastive(outputs.state[known], batch.kind[known])
    return parts


def rest_of(outputs: Outputs) -> Tensor:
    """``(ads, 5)``: logits of the kinds that are no lure."""
    return torch.cat([outputs.kind[:, :LURE], outputs.kind[:, LURE + 1 :]], dim=1)


def distance(states: Tensor, wanted: Tensor, real: Tensor) -> Tensor:
    """``(ads,)``: mean squared difference of two models' token states, ``(ads, tokens, hidden)``,
    where ``real`` is 1, each channel in units of its spread over the batch in ``wanted``: an
    encoder made for one vector a text gives all its tokens much the same state, and only the little
    in which they differ tells them apart."""
    seen = wanted.float()[real > 0]
    spread = seen.std(0, correction=0).clamp(min=1e-3)
    apart = ((states.float() - wanted.float()) / spread).square().mean(-1)
    return (apart * real).sum(1) / real.sum(1).clamp(min=1)


def unweighted(logits: Tensor, weights: Loss) -> Tensor:
    """What to learn with a weight on the positive ones so that these logits come out: the loss
    ``-w t log p - (1 - t) log(1 - p)`` is least at ``p`` for ``t = p / (p + w (1 - p))``."""
    return (logits - math.log(weights.indicator_positive)).sigmoid()


def lure_loss(
    outputs: Outputs,
    batch: Batch,
    weights: Loss,
    whole: Whole | None = None,
    before: Outputs | None = None,
) -> Tensor:
    """Mean cross-entropy of the lure logit, smoothed; focused and of the hardest where the recipe
    says so. ``whole`` and ``before`` as for :func:`loss_parts`.

    What is learnt from answers is held at their logits, not at their probabilities, which hardly
    change where a text is far from the threshold, while its rank does (Buzzega et al. 2020).
    """
    whole = whole or whole_of(batch)
    known = batch.kind >= 0
    is_lure = batch.kind == LURE
    target = is_lure.float() * (1 - 2 * weights.label_smoothing) + weights.label_smoothing
    loss = F.binary_cross_entropy_with_logits(outputs.lure, target, reduction="none")
    if weights.focus:
        wrong = (outputs.lure.sigmoid().detach() - is_lure.float()).abs()
        loss = loss * wrong**weights.focus
    if before is not None:
        away = HOLD * (outputs.lure - before.lure) ** 2
        loss = loss.lerp(away, weights.remember * batch.old)
    if weights.hardest == 1:
        return masked_mean(loss * batch.weight, known, whole.known)
    others = known & ~is_lure
    ranked = whole.gather(loss.detach().masked_fill(~others, -torch.inf))
    count = round(weights.hardest * float(whole.others) * whole.processes)
    count = min(max(1, count), int((ranked > -torch.inf).sum()))
    hardest = others & (loss >= ranked.topk(count).values[-1]) if count else others
    counted = whole.lures + count / whole.processes
    return masked_mean(loss * batch.weight, (known & is_lure) | hardest, counted)


def consistency(original: Tensor, copy: Tensor) -> Tensor:
    """``(ads,)``: divergence of the copy's lure probability from the original's, both as logits:
    Kullback-Leibler, in nats. The original gets no gradient (Xie et al. 2020)."""
    target = original.sigmoid()
    cross = F.binary_cross_entropy_with_logits(copy, target, reduction="none")
    own = F.binary_cross_entropy_with_logits(original, target, reduction="none")
    return cross - own


def contrastive(states: Tensor, kinds: Tensor) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, equation 2) of ``(ads, hidden)`` states; 0
    where no two texts are of one kind."""
    unit = F.normalize(states, dim=1)
    alike = (kinds[:, None] == kinds[None]).float()
    alike.fill_diagonal_(0)
    if not alike.any():
        return states.new_zeros(())
    near = unit @ unit.T / TEMPERATURE
    near = near.masked_fill(torch.eye(len(near), dtype=torch.bool, device=near.device), -1e9)
    log_share = near - near.logsumexp(1, keepdim=True)
    each = -(log_share * alike).sum(1) / alike.sum(1).clamp(min=1)
    return masked_mean(each, alike.sum(1) > 0)


def masked_mean(values: Tensor, mask: Tensor, count: Tensor | None = None) -> Tensor:
    """Sum over the rows where ``mask`` holds by ``count``, their number unless another is given;
    0 where there are none."""
    count = mask.sum() if count is None else count
    return (values * mask).sum() / torch.where(count > 0, count, 1)
