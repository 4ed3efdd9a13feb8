"""What a job would do, and how long it would take, without doing it."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from models.bundle import Bundle
from models.tokenization import from_json
from training.batches import epoch_batches
from training.corpus import loaders
from training.corpus.row import Row
from training.features import collate, features
from training.fit import answering, to_device
from training.model import freeze, from_base, keep_layers
from training.narrowing import cut
from training.objective import Objective
from training.prepare import prepared_row
from training.recipe import Recipe
from training.retrain import STEPS
from training.retrain.collect import gather
from training.retrain.labels import SOURCE, Labels
from training.retrain.mix import corpora
from training.retrain.options import Options
from training.retrain.screen import copies
from training.splits import split_of

TIMED_BATCHES = 2

PARTS = 5
"""Of a plan, beside the epochs: labels, corpora, rows, time of a batch, copies."""


def plan(options: Options, recipe: Recipe, champion: Bundle, name: str) -> dict[str, Any]:
    """Counts, steps and an estimate. Reads the labels and writes nothing.

    Near-duplicates with the corpora, the champion's opinion and reviewers are looked at by the job
    itself: they cost minutes.
    """
    epochs = range(recipe.optimise.epochs)
    with tqdm(desc="plan", total=PARTS + len(epochs), unit="part", file=sys.stderr) as bar:
        labels = gather(options)
        bar.update()
        corpus, _ = corpora(options)
        bar.update()
        rows = [*corpus, *label_rows(labels)]
        prepared = [
            prepared_row(row, row.group, split_of(row.group, recipe.mix.split, recipe.seed))
            for row in rows
            if row.source not in recipe.mix.left_out
        ]
        train = [row for row in prepared if row["split"] == "train"]
        bar.update()
        batches = 0
        for epoch in epochs:
            batches += len(epoch_batches(train, recipe, epoch))
            bar.update()
        seconds = seconds_per_batch(options.encoder, recipe, train)
        bar.update()
        found = list(copies(labels.rows))
        bar.update()
    return {
        "labels from": options.told,
        "base": champion.manifest.name,
        "bundle": name,
        "recipe": recipe.name,
        **labels.counts(),
        "copies and contradictions": len(found),
        "corpus": len(corpus),
        "rows to fit on": len(train),
        "epochs": recipe.optimise.epochs,
        "batches": batches,
        "seconds a batch": None if seconds is None else round(seconds, 2),
        "estimate": "the base encoder is not there: python -m training base"
        if seconds is None
        else f"{batches * seconds / 60:.0f} minutes to fit, on this machine as busy as it is now",
        "steps": list(STEPS),
    }


def label_rows(labels: Labels) -> list[Row]:
    """The labels as training reads them."""
    given = Path(f"{SOURCE}.jsonl")
    return [loaders.shared_row(row, given) for row in labels.rows]


def seconds_per_batch(
    encoder: Path, recipe: Recipe, train: Sequence[dict[str, Any]]
) -> float | None:
    """Of a step forward and back on the first batches; ``None`` without a base encoder."""
    from accelerate import Accelerator

    if not (encoder / "config.json").is_file():
        return None
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    model = from_base(encoder, recipe.optimise.dropout)
    before = answering(model).to(accelerator.device) if recipe.loss.remember else None
    keep_layers(model, recipe.shape.layers)
    cut(model, recipe.shape.inner_units)
    freeze(model, recipe.optimise.frozen_layers)
    model = accelerator.prepare(model)
    tokenizer = from_json((encoder / "tokenizer.json").read_text("utf-8"))
    padding = int(accelerator.unwrap_model(model).encoder.config.pad_token_id)
    objective = Objective(accelerator, model, recipe.loss, before)
    batches = epoch_batches(train, recipe, 0)[:TIMED_BATCHES]
    started = time.monotonic()
    for members in batches:
        items = [features(train[i], tokenizer, recipe, None) for i in members]
        objective.backward(to_device(collate(items, padding), accelerator.device), None, 0.0)
    return (time.monotonic() - started) / max(1, len(batches))
