"""A bundle made while the highest window spoke for a long text, as one in which all windows do:
another bundle, with thresholds of its own.

Encoder and n-grams stay as they were fitted: each window says what it said before.
"""

from pathlib import Path

from models.bundle import Manifest
from training.derived import answers, source, write
from training.errors import ExportError


def change(folder: Path, data: Path, name: str, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` as ``name``, with the mean of its windows' odds,
    and thresholds and figures from prepared ``data`` that is divided as the data that it was fitted
    on. Raises :class:`~training.errors.ExportError`, or :class:`~training.errors.StartError` where
    texts to be tested on were fitted on."""
    known = source(folder, data, out)
    manifest = known.bundle.manifest
    if manifest.limits.windows == "mean_odds":
        raise ExportError(f"{folder} takes the mean of its windows' odds already")
    limits = manifest.limits.model_copy(update={"windows": "mean_odds"})
    logits, figures = answers(known, manifest.rendering, limits)
    return write(known, out, name, logits, manifest.rendering, known.recipe, {}, figures, limits)
