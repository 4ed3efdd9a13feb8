"""What the champion says of texts: kinds with their probabilities, from the served graph."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.ad import Ad
from models.bundle import Bundle
from models.inference import Model
from models.rendering import render

Probabilities = NDArray[np.float64]
"""``(texts, kinds)`` in the order of :data:`models.labels.KINDS`; rows sum to 1."""


def probabilities(champion: Bundle, texts: Sequence[str], threads: int = 2) -> Probabilities:
    """Calibrated, by rendering, windows and int8 graph as in serving."""
    model = Model.of(champion)

    def kinds(text: str) -> NDArray[np.float32]:
        return model.logits(render(Ad(text=text), champion.manifest.rendering)).kind

    with ThreadPoolExecutor(threads) as pool:
        logits = list(tqdm(pool.map(kinds, texts), "champion", len(texts), unit="text",
                           mininterval=5))  # fmt: skip
    found = champion.calibration.kind_probabilities(np.stack(logits))
    return np.asarray(found, dtype=np.float64)
