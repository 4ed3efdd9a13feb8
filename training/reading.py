"""Texts read by a bundle's model."""

from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from models.ad import Ad
from models.inference import Logits, Model
from models.rendering import render


def all_logits(model: Model, rows: Sequence[dict[str, Any]], what: str) -> list[Logits]:
    """Logits of every row's text; ``what`` names the progress bar."""
    bar = tqdm(rows, desc=what, unit="text", mininterval=5)
    return [model.logits(render(Ad(text=row["text"]))) for row in bar]
