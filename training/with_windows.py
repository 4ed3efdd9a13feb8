"""A bundle made while the highest window spoke for a long text, as one in which all windows do:
another bundle, with thresholds of its own.

Encoder and n-grams stay as they were fitted: each window says what it said before.
"""

from pathlib import Path
from typing import Any

from models.bundle import Manifest
from models.inference import Model
from training.derived import source, write
from training.errors import ExportError
from training.export import ngram_figures
from training.reading import all_logits, logits_with


def change(folder: Path, data: Path, name: str, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` as ``name``, with the mean of its windows' odds,
    and thresholds and figures from prepared ``data`` that is divided as the data that it was fitted
    on. Raises :class:`~training.errors.ExportError`, or :class:`~training.errors.StartError` where
    texts to be tested on were fitted on."""
    known = source(folder, data, out)
    loaded, held = known.bundle, known.held
    old = loaded.manifest.limits
    if old.windows == "mean_odds":
        raise ExportError(f"{folder} takes the mean of its windows' odds already")
    limits = old.model_copy(update={"windows": "mean_odds"})
    content, added, rendering = loaded.read_model(), loaded.ngrams(), loaded.manifest.rendering
    reader = Model(content, loaded.tokenizer, limits)
    logits = alone = all_logits(reader, held, "score", rendering)
    figures: dict[str, Any] = {}
    if added is not None:
        model = Model(content, loaded.tokenizer, limits, ngrams=added)
        logits = logits_with(model, added, held, alone, rendering)
        figures["ngrams"] = ngram_figures(held, alone, added)
    return write(known, out, name, logits, rendering, known.recipe, {}, figures, limits)
