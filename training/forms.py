"""Ways to round a fitted model, side by side: what each costs in size, time and changed scores."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from models.ad import Ad
from models.bundle import Limits
from models.calibration import LURE
from models.inference import Logits, Model
from models.rendering import render
from models.tokenization import from_json
from training.export import compare as compare_scores
from training.export import graph, observe
from training.model import load
from training.onnx_graph import PRODUCTS, SHIPPED, Form
from training.prepare import load as load_data
from training.recipe import Recipe
from training.sampling import spread

FORMS: dict[str, Form | None] = {
    "float32": None,
    "shipped: int4 table; scales per channel, per token where they differ; smoothed": SHIPPED,
    "activations per token everywhere": Form(per_token=frozenset(PRODUCTS)),
    "weights to the nearest step": Form(rounding="nearest"),
    "weights to the nearest of 127 steps": Form(rounding="nearest", steps=127),
    "int8 table": Form(table="int8"),
    "weights per tensor": Form(weights="tensor"),
    "activations per text": Form(per_token=frozenset()),
    "not smoothed": Form(smooth=False),
    "plain dynamic int8: per channel, per text, not smoothed": Form(
        table="int8", per_token=frozenset(), smooth=False, rounding="nearest", steps=127
    ),
}


def compare(fitted: Path, data: Path, texts: int) -> dict[str, Any]:
    """Figures of each form against float32, on held-out texts over all languages.

    The forms take turns at each text, one thread each, so that a slow moment of the machine falls
    on all of them; a time is the median over the texts of its ratio to float32's.
    """
    model = load(fitted)
    tokenizer = from_json((fitted / "tokenizer.json").read_text("utf-8"))
    shape = Recipe.model_validate_json((fitted / "recipe.json").read_bytes()).shape
    limits = Limits(window_tokens=shape.window_tokens, overlap_tokens=shape.overlap_tokens)
    dataset, _ = load_data(data)
    train = [row for row in dataset if row["split"] == "train"]
    held = [r for r in dataset if r["split"] in ("calibration", "test") and r["kind"] is not None]
    rows = spread(held, texts)
    observed = observe(model, tokenizer, limits, train)
    graphs = {
        name: graph(model, "float32", {})
        if form is None
        else graph(model, "int8", observed, form=form)
        for name, form in FORMS.items()
    }
    runners = {name: Model(content, tokenizer, limits) for name, content in graphs.items()}
    logits: dict[str, list[Logits]] = {name: [] for name in FORMS}
    times: dict[str, list[float]] = {name: [] for name in FORMS}
    for row in tqdm(rows, desc="forms", unit="text", mininterval=5):
        rendered = render(Ad(text=row["text"]))
        for name, runner in runners.items():
            began = time.perf_counter()
            logits[name].append(runner.logits(rendered))
            times[name].append(time.perf_counter() - began)
    exact = np.array(times["float32"])
    return {
        name: {
            "graph MB": round(len(graphs[name]) / 1e6, 1),
            "time": round(float(np.median(np.array(times[name]) / exact)), 2),
            "logit change": round(logit_change(logits["float32"], logits[name]), 6),
            **compare_scores(rows, logits["float32"], logits[name]),
        }
        for name in FORMS
    }


def logit_change(before: Sequence[Logits], after: Sequence[Logits]) -> float:
    """Mean absolute change of the lure logit."""
    pairs = zip(before, after, strict=True)
    return float(np.mean([abs(float(a.kind[LURE] - b.kind[LURE])) for a, b in pairs]))


def as_markdown(found: Mapping[str, Mapping[str, Any]]) -> str:
    """A row a form."""
    count = next(iter(found.values()))["texts"]
    lines = [
        f"{count} held-out texts of all sources and languages; times as ratios to float32\n",
        "| form | graph, MB | time | mean change of the logit | change of the score: mean | "
        "99th percentile | largest | area under ROC |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in found.items():
        lines.append(
            f"| {name} | {one['graph MB']} | {one['time']} | {one['logit change']} | "
            f"{one['score_change_mean']} | {one['score_change_p99']} | "
            f"{one['score_change_max']} | {one['auroc_int8']} |"
        )
    return "\n".join(lines)
