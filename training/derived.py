"""A bundle made from another without a fit of its encoder: thresholds and figures of its own.

Scores are others, so its thresholds are set anew on the calibration split of the data that the
other was fitted on, its figures are computed anew on the test split, and its lineage names the
other. What was measured as its graph was made (parity, int8) and the background of incidents stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import bundle, trained_on
from models.bundle import Bundle, Limits, Manifest
from models.inference import Logits, Model
from models.trained_on import TrainedOn
from training.card import of_manifest
from training.errors import ExportError
from training.export import calibrate, held_figures, indicator_figures, ngram_figures
from training.lineage import made_from
from training.prepare import load as load_data
from training.reading import all_logits, logits_with
from training.recipe import Recipe
from training.start import refuse_seen

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A bundle, and prepared data that is divided as the data that it was fitted on."""

    bundle: Bundle
    rows: Sequence[Row]
    """All of the data."""

    lock: dict[str, Any]
    """What the data is, as its manifest says."""

    @property
    def recipe(self) -> Recipe:
        """That it was fitted by."""
        return Recipe.model_validate(self.bundle.manifest.data["recipe"])

    def of(self, *splits: str) -> list[Row]:
        """Rows of those splits whose kind is known."""
        return [row for row in self.rows if row["kind"] is not None and row["split"] in splits]

    @property
    def held(self) -> list[Row]:
        """What the encoder was not fitted on."""
        return self.of("calibration", "test")


def source(folder: Path, data: Path, out: Path) -> Source:
    """The bundle in ``folder`` and prepared ``data``, for a new bundle at ``out``. Raises
    :class:`~training.errors.ExportError`, or :class:`~training.errors.StartError` where texts to be
    tested or calibrated on were fitted on."""
    loaded = bundle.load(folder)
    if out.exists():
        raise ExportError(f"{out} exists; a bundle is never written over: choose another --name")
    rows, lock = load_data(data)
    refuse_seen(loaded, rows, lock)
    return Source(loaded, rows, lock)


def answers(known: Source, rendering: int, limits: Limits) -> tuple[list[Logits], dict[str, Any]]:
    """What the encoder and the n-grams that the bundle has say of ``known.held`` in that rendering,
    read so; and what a manifest says of the n-grams then, where there are any."""
    loaded, held = known.bundle, known.held
    content, added = loaded.read_model(), loaded.ngrams()
    alone = all_logits(Model(content, loaded.tokenizer, limits), held, "score", rendering)
    if added is None:
        return alone, {}
    model = Model(content, loaded.tokenizer, limits, ngrams=added)
    logits = logits_with(model, added, held, alone, rendering)
    return logits, {"ngrams": ngram_figures(held, alone, added)}


def write(
    known: Source, out: Path, name: str, logits: Sequence[Logits], rendering: int, recipe: Recipe,
    files: dict[str, bytes], figures: dict[str, Any], limits: Limits | None = None,
) -> Manifest:  # fmt: skip
    """Write the derived bundle: ``logits`` are what it says of ``known.held`` in that rendering,
    ``files`` what it holds otherwise than the other, ``figures`` what its manifest says more,
    ``limits`` how it reads where that is otherwise too."""
    held, old = known.held, known.bundle.manifest
    calibration = calibrate(held, logits, rendering)
    figures = {
        "held_out": held_figures(held, logits, calibration),
        "indicators": indicator_figures(held, logits, calibration, rendering),
        **figures,
    }
    fields = {
        "name": name,
        "created": datetime.now(UTC).date().isoformat(),
        "rendering": rendering,
        "limits": limits or old.limits,
        "data": {**known.lock, "recipe": recipe.model_dump(mode="json")},
        "lineage": made_from(bundle.named(old), known.lock, recipe, {}),
    }
    told = old.model_copy(update={**fields, "figures": {**old.figures, **figures}})
    fitted_on = [row for row in known.rows if row["split"] in ("train", "calibration")]
    changed = {
        bundle.TRAINED_ON: trained_on.pack(seen_by(known.bundle, fitted_on)),
        bundle.CALIBRATION: calibration.model_dump_json(indent=1).encode("utf-8"),
        bundle.CARD: of_manifest(told, calibration).encode("utf-8"),
        **files,
    }
    manifest = bundle.rewrite(known.bundle.path, out, changed, figures, fields)
    bundle.load(out)
    return manifest


def seen_by(loaded: Bundle, rows: Sequence[Row]) -> TrainedOn:
    """What the encoder, its n-grams or its thresholds were fitted on."""
    new = trained_on.of((row["own_group"] for row in rows), [row["text"] for row in rows])
    old = loaded.trained_on()
    return new if old is None else trained_on.joined(old, new)
