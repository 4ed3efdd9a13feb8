"""Products in bfloat16 are taken only where they are quicker."""

from collections.abc import Iterator

import pytest
import torch

from training import precision


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What was found of this processor is found anew."""
    precision.has_quick_bfloat16.cache_clear()
    yield
    precision.has_quick_bfloat16.cache_clear()


@pytest.mark.parametrize(("half_s", "quick"), [(2.0, False), (0.5, True)])
def test_says_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, half_s: float, quick: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    took = {torch.float32: 1.0, torch.bfloat16: half_s}
    monkeypatch.setattr(precision, "seconds", lambda values, _: took[values.dtype])
    assert precision.has_quick_bfloat16() is quick


def test_is_not_measured_without_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(precision, "seconds", None)
    assert precision.has_quick_bfloat16() is False


def test_does_not_change_its_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    first = precision.has_quick_bfloat16()
    monkeypatch.setattr(precision, "seconds", None)
    assert precision.has_quick_bfloat16() is first
