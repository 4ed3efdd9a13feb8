"""The model: a multilingual encoder and one linear layer per token.

A document's logits are the mean of its tokens' logits, so a token's share of a score is exact and
costs nothing: evidence is read off the same forward pass. An indicator's document logit is the
maximum over tokens, because one phrase is enough to show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel

from models.calibration import LURE
from models.labels import HARMS, INDICATORS, KINDS
from training.attention import QUICK
from training.errors import RecipeError
from training.features import Batch

RARE = -5.0
"""Logit that an indicator starts at."""

WIDTH = len(KINDS) + len(HARMS) + len(INDICATORS)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Of a batch of ``ads`` texts padded to ``tokens``."""

    kind: Tensor  # (ads, 6)
    harm: Tensor  # (ads, 12)
    indicator: Tensor  # (ads, tokens, indicators)
    tokens: Tensor  # (ads, tokens, logits)
    state: Tensor  # (ads, hidden): mean of the standardised token states
    states: Tensor  # (ads, tokens, hidden): the encoder's, as they come

    @property
    def lure(self) -> Tensor:
        """``(ads,)``: the lure logit."""
        return self.kind[:, LURE]


class LureModel(nn.Module):
    """Encoder and head."""

    centre: Tensor  # (hidden,), and the next: see standardise
    spread: Tensor

    def __init__(self, encoder: PreTrainedModel, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        width = encoder.config.hidden_size
        self.register_buffer("centre", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))
        self.head = nn.Linear(encoder.config.hidden_size, WIDTH)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        # One token in two hundred shows a given indicator: starting there, the first steps are not
        # spent on learning that most tokens show none.
        nn.init.constant_(self.head.bias[len(KINDS) + len(HARMS) :], RARE)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, real: Tensor) -> Outputs:
        """``real`` is 1 for tokens that stand for text: neither padding nor special."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        centred = (hidden - self.centre) / self.spread
        tokens = self.head(self.dropout(centred)).float()
        weight = real[..., None].float()
        mean = (tokens * weight).sum(1) / weight.sum(1).clamp(min=1)
        kind, harm, _ = mean.split([len(KINDS), len(HARMS), len(INDICATORS)], dim=-1)
        state = (centred.float() * weight).sum(1) / weight.sum(1).clamp(min=1)
        return Outputs(kind, harm, tokens[..., len(KINDS) + len(HARMS) :], tokens, state, hidden)


def from_base(folder: Path, dropout: float, attention: str = QUICK) -> LureModel:
    """A new model on the base encoder in ``folder``, its embedding table frozen.

    The table is 82 % of the weights, most of it for languages and words no corpus of ours holds:
    moving only the seen part would pull them away from the unseen part. Dropout stands before the
    head alone: inside the encoder it took half the time of a step on CPUs. ``attention``: see
    :mod:`training.attention`; ``sdpa`` is for who asks for no gradient.
    """
    encoder = AutoModel.from_pretrained(
        folder,
        add_pooling_layer=False,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation=attention,
    )
    encoder.get_input_embeddings().weight.requires_grad_(False)
    return LureModel(encoder, dropout)


def keep_layers(model: LureModel, layers: int) -> bool:
    """Leave so many layers of the encoder, the first, the last and evenly between; 0: all. Gives
    whether any went.

    DistilBERT was begun so, from every second layer of its teacher (V. Sanh et al. 2019; of twelve
    the same six as here: 0, 2, 4, 7, 9, 11), and a fit makes up for much of what goes with the
    others (H. Sajjad et al., "On the effect of dropping layers of pre-trained transformer models",
    2023).

    Raises :class:`~training.errors.RecipeError` where the encoder has fewer.
    """
    stack = model.encoder.encoder.layer
    if layers > len(stack):
        raise RecipeError(f"shape.layers is {layers}, and the encoder has {len(stack)} layers")
    if layers in (0, len(stack)):
        return False
    last = len(stack) - 1
    chosen = [round(i * last / (layers - 1)) for i in range(layers)] if layers > 1 else [last]
    model.encoder.encoder.layer = nn.ModuleList(stack[i] for i in chosen)
    model.encoder.config.num_hidden_layers = layers
    return True


def freeze(model: LureModel, layers: int) -> None:
    """Keep the embeddings and the lowest ``layers`` of the encoder as they came."""
    if layers:
        for part in (model.encoder.embeddings, *model.encoder.encoder.layer[:layers]):
            part.requires_grad_(False)


def standardise(model: LureModel, batches: Iterable[Batch], learnt: bool = False) -> None:
    """Let the head see token states of mean 0 and variance 1 in every channel.

    An encoder made for one vector a text gives all its tokens much the same state; without this the
    head has not learnt one indicator after a thousand steps. What it does is linear, and
    :func:`save` folds it into the head. A head that has ``learnt`` answers as before.
    """
    states = []
    with torch.no_grad():
        for batch in batches:
            answer = model.encoder(input_ids=batch.input_ids, attention_mask=batch.attention_mask)
            states.append(answer.last_hidden_state[batch.real > 0].float())
    seen = torch.cat(states)
    model.centre.copy_(seen.mean(0))
    model.spread.copy_(seen.std(0).clamp(min=1e-3))
    if learnt:
        with torch.no_grad():
            model.head.bias.add_(model.head.weight @ model.centre)
            model.head.weight.mul_(model.spread)


def save(model: LureModel, folder: Path) -> None:
    """The encoder as ``transformers`` writes it, the head beside it."""
    model.encoder.save_pretrained(folder)
    weight = model.head.weight / model.spread
    head = {"weight": weight, "bias": model.head.bias - weight @ model.centre}
    tensors = {name: value.detach().contiguous() for name, value in head.items()}
    save_file(tensors, folder / "head.safetensors")


def load(folder: Path, attention: str = QUICK) -> LureModel:
    """What :func:`save` wrote, ready to answer."""
    model = from_base(folder, dropout=0.0, attention=attention)
    model.head.load_state_dict(load_file(folder / "head.safetensors"))
    return model.eval()
