"""The background that a bundle carries: where ordinary texts lie, so that an incident's threshold
can be set from a few examples and no other text.

The projection is fitted on training texts, unlabelled; the background are texts of the calibration
split, which the model was not fitted on. On held-out texts it would find texts that it was fitted
on farther from a lure than others, and promise too few false alarms.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import bundle
from models.bundle import Manifest
from models.embedding import Background, Floats, pack, primary, unit
from models.inference import Logits, Model
from training.corpus import loaders
from training.errors import ExportError
from training.onnx_graph import with_states
from training.prepare import load as load_data
from training.reading import all_logits
from training.sampling import spread
from training.splits import draw_of, split_of

SAMPLE = 1200
"""Training texts, languages in turn, that the projection is fitted on: 3 for each direction."""

MOST = 3000
"""Texts of the background; 1,600 take 0.6 MB."""

DIMS = 256
"""Directions that are kept, those of most variance first."""

SHRINK = 10.0
"""What is added to the variance of a direction before it is divided out, in mean variances. 0 makes
all directions alike, noise too; much keeps the first ones, which tell lures from other texts and
one lure little from another."""

Row = dict[str, Any]


def background(
    sample: Floats, held: Floats, lures: NDArray[np.bool_], languages: Sequence[str]
) -> Background:
    """From embeddings: ``sample`` of training texts ``(texts, hidden)``, ``held`` of texts that the
    model was not fitted on, with what is known of these."""
    centre = sample.mean(axis=0)
    _, spread, directions = np.linalg.svd(sample - centre, full_matrices=False)
    variance = spread**2 / len(sample)
    scale = 1 / np.sqrt(variance + SHRINK * variance.sum() / sample.shape[1])
    projection = (directions.T * scale)[:, :DIMS].astype(np.float32)
    places = unit((held - centre) @ projection)
    return Background(centre, projection, places, lures, primary(languages))


def of_rows(model: Model, train: Sequence[Row], held: Sequence[Row], rendering: int) -> Background:
    """The same, from texts: ``train`` is what the model was fitted on, ``held`` is not."""
    some = spread(train, SAMPLE)
    logits = all_logits(model, [*some, *held], "embed", rendering)
    return of_logits(logits[: len(some)], logits[len(some) :], held)


def of_logits(sample: Sequence[Logits], held: Sequence[Logits], rows: Sequence[Row]) -> Background:
    """The same, from what the model said; ``rows`` are those of ``held``."""
    lures = np.array([row["kind"] == "lure" for row in rows])
    return background(stacked(sample), stacked(held), lures, [row["language"] for row in rows])


def stacked(logits: Sequence[Logits]) -> Floats:
    """``(texts, hidden)``."""
    return np.stack([one.embedding for one in logits if one.embedding is not None])


def told(found: Background) -> dict[str, Any]:
    """What a manifest says of it."""
    return {
        "texts": len(found.places),
        "lures": int(found.lures.sum()),
        "languages": len(set(found.languages.tolist())),
        "dims": found.places.shape[1],
    }


def add(folder: Path, data: Path | None, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out``, with states and a background that it had not: its
    answers stay as they are. ``data`` is the prepared data it was fitted on; without it the written
    corpus is divided as it was then. Raises :class:`~training.errors.ExportError`."""
    loaded = bundle.load(folder)
    if bundle.BACKGROUND in loaded.manifest.files:
        raise ExportError(f"{folder} has its background already")
    train, held = prepared(loaded.manifest, data) if data else written(loaded)
    if not train or not held:
        raise ExportError(f"no texts that {folder} was fitted on, or none that it was not")
    content = with_states(loaded.read_model())
    model = Model(content, loaded.tokenizer, loaded.manifest.limits)
    found = of_rows(model, train, held, loaded.manifest.rendering)
    changed = {bundle.MODEL: content, bundle.BACKGROUND: pack(found)}
    return bundle.rewrite(folder, out, changed, {"background": told(found)})


def prepared(manifest: Manifest, data: Path) -> tuple[list[Row], list[Row]]:
    """Training and calibration texts of prepared data."""
    dataset, lock = load_data(data)
    if lock["sha256"] != manifest.data["sha256"]:
        raise ExportError(f"{data} is not the data that {manifest.name} was fitted on")
    rows = [row for row in dataset if row["kind"] is not None]
    held = [row for row in rows if row["split"] == "calibration"]
    return [row for row in rows if row["split"] == "train"], spread(held, MOST)


def written(loaded: bundle.Bundle) -> tuple[list[Row], list[Row]]:
    """The same of the written corpus, by the bundle's own recipe and digests: a group whose name
    draws calibration was never trained on, whatever it was joined to."""
    seen = loaded.trained_on()
    if seen is None:
        raise ExportError(f"{loaded.path} does not say what it was fitted on: give --data")
    shares, seed = draw_of(loaded.manifest.data)
    train: list[Row] = []
    held: list[Row] = []
    for row in loaders.written():
        if seen.holds(row.group):
            split = split_of(row.group, shares, seed)
            given = {"text": row.text, "language": row.language, "kind": row.kind}
            (held if split == "calibration" else train).append(given)
    return train, spread(held, MOST)
