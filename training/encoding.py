"""Texts through the base encoder, untouched: what a fit begins from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

MAX_TOKENS = 192
ENCODED_AT_ONCE = 32


def states(texts: Sequence[str], base: Path) -> NDArray[np.float32]:
    """``(texts, hidden)``: mean over the real tokens of the first :data:`MAX_TOKENS` of each
    rendered text."""
    import torch

    from models.tokenization import from_json, special_pieces
    from training.features import Features, collate
    from training.model import from_base

    tokenizer = from_json((base / "tokenizer.json").read_text("utf-8"))
    encoder = from_base(base, dropout=0.0, attention="sdpa").encoder.eval()
    longest = min(MAX_TOKENS, encoder.config.max_position_embeddings)
    padding = int(encoder.config.pad_token_id)
    begin, end, unknown = special_pieces(tokenizer)
    ids = [
        [begin, *(tokenizer.encode(text, add_special_tokens=False).ids or [unknown])]
        for text in texts
    ]
    ids = [[*one[: longest - 1], end] for one in ids]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))  # little padding
    found = np.zeros((len(ids), encoder.config.hidden_size), dtype=np.float32)
    for low in tqdm(range(0, len(ids), ENCODED_AT_ONCE), desc="encode", mininterval=5):
        members = order[low : low + ENCODED_AT_ONCE]
        batch = collate([Features(ids[i], None, None, None, "") for i in members], padding)
        with torch.inference_mode():
            hidden = encoder(
                input_ids=batch.input_ids, attention_mask=batch.attention_mask
            ).last_hidden_state
            weight = batch.real[..., None].float()
            found[members] = ((hidden * weight).sum(1) / weight.sum(1).clamp(min=1)).numpy()
    return found
