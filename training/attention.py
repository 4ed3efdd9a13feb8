"""Attention that passes over its scores in the type that the products are made in.

Where a fit multiplies in bfloat16, ``transformers``' own ``eager`` adds the mask and takes the
softmax in float32: the scores, ``(ads, heads, tokens, tokens)``, are converted and written over in
twice the bytes. Here the mask is added where the scores lie, and the softmax, which sums in float32
whatever it is given, takes and gives bfloat16, as fused kernels do. Those (``sdpa``) are quicker
forward and slower backward. Of ``eager``, a pass forward and backward over 16 texts of 96, 192 and
256 tokens takes 0.87, 0.78 and 0.72 of the time, of ``sdpa`` 0.62, 0.82 and 0.88 (one thread, AMX,
torch 2.13, the best of four in turn); the logits are as near to those of ``eager`` as ``sdpa``'s.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface

QUICK = "lurewatch"
"""What ``attn_implementation`` calls it by."""


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """``query``, ``key``, ``value``: ``(ads, heads, tokens, width)``; gives ``(ads, tokens, heads,
    width)`` and, since nobody asks for them, no weights. No dropout: the encoder has none."""
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    with torch.autocast(query.device.type, enabled=False):
        scores = (query * scale) @ key.transpose(2, 3)
        if attention_mask is not None:
            scores += attention_mask
        mixed = torch.softmax(scores, dim=-1) @ value
    return mixed.transpose(1, 2).contiguous(), None


def mask_of(
    batch_size: int, kv_length: int, attention_mask: Tensor | None = None, **_: Any
) -> Tensor | None:
    """``(ads, 1, 1, tokens)``, added to the scores of keys whoever asks; ``None`` where all are
    real. ``attention_mask``: ``(ads, tokens)``, 1 for those that are. bfloat16, which can be added
    to any type where that lies."""
    if attention_mask is None or bool(attention_mask.all()):
        return None
    padding = ~attention_mask[:, :kv_length].bool()
    added = torch.zeros(batch_size, kv_length, dtype=torch.bfloat16, device=padding.device)
    return added.masked_fill_(padding, torch.finfo(torch.bfloat16).min)[:, None, None]


AttentionInterface.register(QUICK, attend)
AttentionMaskInterface.register(QUICK, mask_of)
