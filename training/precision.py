"""Whether products of matrices in bfloat16 are quicker than in float32 here.

What a processor says of itself does not tell: one with AVX-512's bfloat16 instructions, and without
AMX, takes nearly twice as long with them (65 to 71 GFLOPS for 116 to 127, one thread, torch 2.13,
Intel). So both are tried, which takes some tenths of a second.
"""

import time
from functools import cache

import torch

SHAPE = 1536, 384, 1536
"""Tokens of a batch, width in, width out: the largest product of a layer."""

TURNS, PRODUCTS = 5, 4
"""How often the two take turns, and the products of a turn."""


@cache
def has_quick_bfloat16() -> bool:
    """Whether a fit on this processor should multiply in bfloat16. Found once a process."""
    if not (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return False  # it would be worked out in float32, with conversions
    tokens, width, out = SHAPE
    values, weights = torch.ones(tokens, width), torch.ones(out, width)
    given = [(values, weights), (values.bfloat16(), weights.bfloat16())]
    taken: list[list[float]] = [[], []]
    for _ in range(TURNS):  # what else the machine does meets both; the best of each is compared
        for (left, right), own in zip(given, taken, strict=True):
            own.append(seconds(left, right))
    return min(taken[1]) < min(taken[0])


def seconds(values: torch.Tensor, weights: torch.Tensor) -> float:
    """Of a few products."""
    began = time.perf_counter()
    for _ in range(PRODUCTS):
        torch.nn.functional.linear(values, weights)
    return time.perf_counter() - began
