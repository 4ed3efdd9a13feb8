"""The quick attention says what the usual one says."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from training.attention import QUICK, mask_of
from training.model import LureModel, from_base

LENGTHS = (12, 9, 1, 5)


def batch() -> tuple[Tensor, Tensor]:
    """Pieces and the mask of texts of several lengths."""
    pieces = torch.randint(5, 200, (len(LENGTHS), max(LENGTHS)), generator=torch.manual_seed(1))
    mask = torch.tensor([[i < length for i in range(max(LENGTHS))] for length in LENGTHS])
    return pieces, mask.long()


def answer(model: LureModel, pieces: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """What it says of the texts, and how a weight of the first layer would move."""
    logits = model(pieces, mask, mask).kind
    logits.pow(2).sum().backward()
    weight = model.encoder.encoder.layer[0].attention.self.query.weight
    moved = weight.grad.clone()
    model.zero_grad()
    return logits.detach(), moved


@pytest.mark.parametrize(("half", "apart"), [(False, 1e-5), (True, 0.03)])
def test_it_says_and_learns_the_same(tiny_base: Path, half: bool, apart: float) -> None:
    quick, usual = (from_base(tiny_base, 0.0, name) for name in (QUICK, "eager"))
    quick.load_state_dict(usual.state_dict())
    pieces, mask = batch()
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        mine, theirs = answer(quick, pieces, mask), answer(usual, pieces, mask)
    for own, other in zip(mine, theirs, strict=True):
        assert float((own - other).norm()) <= apart * float(other.norm())


def test_what_is_padded_changes_nothing(tiny_base: Path) -> None:
    model = from_base(tiny_base, 0.0).eval()
    pieces, mask = batch()
    alone = model(pieces[3:, :5], mask[3:, :5], mask[3:, :5]).kind
    assert torch.allclose(model(pieces, mask, mask).kind[3:], alone, atol=1e-5)
    other = pieces.clone()
    other[3, 5:] = 7
    assert torch.equal(model(other, mask, mask).kind[3], model(pieces, mask, mask).kind[3])


def test_texts_of_one_length_need_no_mask() -> None:
    assert mask_of(2, 3, torch.ones(2, 3)) is None
    assert mask_of(2, 3) is None
    added = mask_of(1, 3, torch.tensor([[1, 1, 0]]))
    assert added is not None
    assert (added == 0).tolist() == [[[[True, True, False]]]]
