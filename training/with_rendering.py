"""A bundle as it is served by another version of the rendering: another bundle, with thresholds of
its own.

Encoder and n-grams stay as they were fitted. Plain texts read nearly the same in every version, so
they need no other fit to gain from disguises that a newer one undoes.
"""

from pathlib import Path
from typing import Any

from models.ad import Ad
from models.bundle import Manifest
from models.rendering import RENDERING, RENDERINGS, render
from training.derived import Source, answers, source, write
from training.errors import ExportError


def change(folder: Path, data: Path, name: str, out: Path, version: int = RENDERING) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` as ``name``, for that version of the rendering,
    with thresholds and figures from prepared ``data`` that is divided as the data that it was
    fitted on. Raises :class:`~training.errors.ExportError`, or
    :class:`~training.errors.StartError` where texts to be tested on were fitted on."""
    if version not in RENDERINGS:
        known_ones = ", ".join(map(str, RENDERINGS))
        raise ExportError(f"--version {version}: no such rendering; there are {known_ones}")
    known = source(folder, data, out)
    manifest = known.bundle.manifest
    if manifest.rendering == version:
        raise ExportError(f"{folder} is served by rendering {version} already")
    logits, figures = answers(known, version, manifest.limits)
    figures = {"rendering": told(known, version), **figures}
    return write(known, out, name, logits, version, known.recipe, {}, figures)


def told(known: Source, version: int) -> dict[str, Any]:
    """What a manifest says of the change: both versions, and how many held-out texts the new one
    reads otherwise."""
    before, texts = known.bundle.manifest.rendering, [Ad(text=row["text"]) for row in known.held]
    changed = sum(render(ad, version).text != render(ad, before).text for ad in texts)
    return {"version": version, "fitted_with": before, "texts": len(texts), "changed": changed}
