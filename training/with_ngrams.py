"""A bundle without n-grams, and the same with them: another bundle, with thresholds of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import bundle, ngrams, trained_on
from models.bundle import Bundle, Manifest
from models.inference import Model
from models.trained_on import TrainedOn
from training.card import of_manifest
from training.errors import ExportError
from training.export import (
    calibrate,
    calibrating_texts,
    held_figures,
    indicator_figures,
    ngram_figures,
)
from training.lineage import made_from
from training.ngrams import fit
from training.prepare import load as load_data
from training.reading import all_logits, logits_with
from training.recipe import NGramPart, Recipe
from training.start import refuse_seen


def add(folder: Path, data: Path, part: NGramPart, name: str, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` as ``name``, with n-grams fitted on prepared
    ``data`` that is divided as the data that it was fitted on. Raises
    :class:`~training.errors.ExportError`, or :class:`~training.errors.StartError` where texts to be
    tested on were fitted on."""
    loaded = bundle.load(folder)
    if bundle.NGRAMS in loaded.manifest.files:
        raise ExportError(f"{folder} has n-grams already")
    if out.exists():
        raise ExportError(f"{out} exists; a bundle is never written over: choose another --name")
    dataset, lock = load_data(data)
    refuse_seen(loaded, dataset)
    recipe = Recipe.model_validate(loaded.manifest.data["recipe"]).model_copy(
        update={"ngrams": part}
    )
    rows = [row for row in dataset if row["kind"] is not None]
    train = [row for row in rows if row["split"] == "train"]
    known = [row for row in rows if row["split"] in ("calibration", "test")]
    content, limits = loaded.read_model(), loaded.manifest.limits
    alone = all_logits(Model(content, loaded.tokenizer, limits), known, "score")
    added = fit(train, *calibrating_texts(known, alone), recipe)
    if added is None:
        raise ExportError("n-grams have nothing to say beside the encoder; no bundle was written")
    model = Model(content, loaded.tokenizer, limits, ngrams=added)
    logits = logits_with(model, added, known, alone)
    calibration = calibrate(known, logits)
    figures = {
        "held_out": held_figures(known, logits, calibration),
        "indicators": indicator_figures(known, logits, calibration),
        "ngrams": ngram_figures(known, alone, added),
    }
    fields = {
        "name": name,
        "created": datetime.now(UTC).date().isoformat(),
        "data": {**lock, "recipe": recipe.model_dump(mode="json")},
        "lineage": made_from(bundle.named(loaded.manifest), lock, recipe, {}),
    }
    told = {**fields, "figures": {**loaded.manifest.figures, **figures}}
    fitted_on = [row for row in dataset if row["split"] in ("train", "calibration")]
    changed = {
        bundle.TRAINED_ON: trained_on.pack(seen_by(loaded, fitted_on)),
        bundle.NGRAMS: ngrams.pack(added),
        bundle.CALIBRATION: calibration.model_dump_json(indent=1).encode("utf-8"),
        bundle.CARD: of_manifest(loaded.manifest.model_copy(update=told), calibration).encode(
            "utf-8"
        ),
    }
    manifest = bundle.rewrite(folder, out, changed, figures, fields)
    bundle.load(out)
    return manifest


def seen_by(loaded: Bundle, rows: Sequence[dict[str, Any]]) -> TrainedOn:
    """What the encoder or its n-grams were fitted on."""
    new = trained_on.of((row["own_group"] for row in rows), [row["text"] for row in rows])
    old = loaded.trained_on()
    return new if old is None else trained_on.joined(old, new)
