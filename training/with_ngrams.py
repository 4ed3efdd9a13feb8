"""A bundle without n-grams, and the same with them: another bundle, with thresholds of its own."""

from pathlib import Path

from models import bundle, ngrams
from models.bundle import Manifest
from models.inference import Model
from training.derived import source, write
from training.errors import ExportError
from training.export import calibrating_texts, ngram_figures
from training.ngrams import fit
from training.reading import all_logits, logits_with
from training.recipe import NGramPart


def add(folder: Path, data: Path, part: NGramPart, name: str, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` as ``name``, with n-grams fitted on prepared
    ``data`` that is divided as the data that it was fitted on. Raises
    :class:`~training.errors.ExportError`, or :class:`~training.errors.StartError` where texts to be
    tested on were fitted on."""
    known = source(folder, data, out)
    loaded, rendering = known.bundle, known.bundle.manifest.rendering
    if bundle.NGRAMS in loaded.manifest.files:
        raise ExportError(f"{folder} has n-grams already")
    recipe = known.recipe.model_copy(update={"ngrams": part})
    content, limits, held = loaded.read_model(), loaded.manifest.limits, known.held
    alone = all_logits(Model(content, loaded.tokenizer, limits), held, "score", rendering)
    added = fit(known.of("train"), *calibrating_texts(held, alone), recipe, rendering)
    if added is None:
        raise ExportError("n-grams have nothing to say beside the encoder; no bundle was written")
    model = Model(content, loaded.tokenizer, limits, ngrams=added)
    logits = logits_with(model, added, held, alone, rendering)
    return write(
        known, out, name, logits, rendering, recipe,
        {bundle.NGRAMS: ngrams.pack(added)}, {"ngrams": ngram_figures(held, alone, added)},
    )  # fmt: skip
