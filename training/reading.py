"""Texts read by a bundle's model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tqdm import tqdm

from models.ad import Ad
from models.inference import Logits, Model, Outputs, Tokens, with_ngrams
from models.ngrams import NGrams
from models.rendering import RENDERING, Rendered, render


def all_logits(
    model: Model, rows: Sequence[dict[str, Any]], what: str, rendering: int = RENDERING
) -> list[Logits]:
    """Logits of every row's text in that version of the rendering; ``what`` names the progress
    bar."""
    bar = tqdm(rows, desc=what, unit="text", mininterval=5)
    return [model.logits(render(Ad(text=row["text"]), rendering)) for row in bar]


def logits_with(
    model: Model, ngrams: NGrams, rows: Sequence[dict[str, Any]], alone: Sequence[Logits],
    rendering: int = RENDERING,
) -> list[Logits]:  # fmt: skip
    """What ``model``, which has the n-grams, says of every row's text, where ``alone`` is what its
    encoder says: texts of one window, most of all, are not read again."""
    bar = tqdm(zip(rows, alone, strict=True), "with n-grams", len(rows), unit="text", mininterval=5)
    found = []
    for row, one in bar:
        rendered = render(Ad(text=row["text"]), rendering)
        found.append(added(ngrams, rendered, one) if one.windows == 1 else model.logits(rendered))
    return found


def added(ngrams: NGrams, rendered: Rendered, alone: Logits) -> Logits:
    """The logits of a text of one window with what n-grams say of it."""
    window = Tokens((), alone.offsets)
    answer = Outputs(alone.kind, alone.harm, alone.indicators, alone.tokens)
    told = with_ngrams(ngrams, rendered, window, answer)
    return replace(alone, kind=told.kind, tokens=told.tokens)
