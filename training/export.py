"""A fitted model to a bundle: graph, parity, quantisation, calibration, card.

Nothing is written before the graph answers as the fitted model does. What is compared and how:

* **float32 graph against torch**, every logit of every token: the largest difference may be
  :data:`PARITY`. Both compute in float32; sums run in another order through twelve layers, which
  was seen to move logits (of a size up to 15) by less than 2e-4.
* **int8 graph against the float32 graph**, scores, on texts of every language: the 99th percentile
  of the change may be :data:`SCORE_CHANGE`. Where int8 does worse, the matrix products that move
  the lure logit most are left in float32, a few at a time. Where that does not help either, nothing
  is written, or (``for_gate``) the nearest is, for the gate to refuse by its figures.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from models import bundle, trained_on
from models.ad import Ad
from models.bundle import Limits, Manifest
from models.calibration import (
    LURE,
    Calibration,
    fit_platt,
    fit_temperature,
    operating_points,
    sigmoid,
)
from models.cli import say
from models.embedding import Background
from models.inference import Float32s, Logits, Model, windows
from models.labels import INDICATORS, KINDS, Kind
from models.ngrams import NGrams
from models.rendering import RENDERING, render
from models.tokenization import Tokenizer, from_json
from training import embedding, ngrams, pieces, report
from training.base import ORIGIN
from training.card import card
from training.corpus.row import spans_in
from training.errors import ExportError, ParityError
from training.features import token_marks
from training.figures import METRICS, auroc, by_set
from training.lineage import lineage
from training.model import LureModel, load
from training.onnx_graph import PRODUCTS, SHIPPED, Form, Inputs, Precision, build
from training.prepare import load as load_data
from training.reading import all_logits, logits_with
from training.recipe import Recipe
from training.sampling import spread

PARITY = 2e-3
SCORE_CHANGE = 0.05
MAX_GRAPH_BYTES = 85 * 10**6
"""An int8 bundle lives in git without large-file storage: 90 MB with its tokenizer of 4."""

OBSERVED_TEXTS = 300
PARITY_TEXTS = 200
MIN_TEXTS = 5
"""Fewer texts of a language give it no figure of its own."""

OPERATING_POINTS = (("high_precision", 0.01), ("balanced", 0.02), ("high_recall", 0.05))
THRESHOLDS = tuple(round(0.2 + 0.05 * i, 2) for i in range(13))
"""Thresholds that an indicator's may be chosen from: 0.2 to 0.8."""

KEPT = (0, 2, 4)
"""How many products, the most sensitive first, are left in float32: tried in this order until int8
passes. Each adds up to 1.8 MB to a bundle of this encoder."""

SENSITIVITY_TEXTS = 40

Row = dict[str, Any]


def export(
    fitted: Path, data: Path, out: Path, name: str, precision: Precision,
    more: dict[str, Any] | None = None, for_gate: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Write the bundle to the new folder ``out``; gives its figures. ``more`` goes into its
    lineage.

    ``for_gate``: a gate comes after, so a bundle whose scores int8 moves too far is written all the
    same. Raises :class:`~training.errors.ParityError` for such a one otherwise, and
    :class:`~training.errors.ExportError` where it cannot be written as asked.
    """
    if out.exists():
        raise ExportError(f"{out} exists; a bundle is never written over: choose another --name")
    if not re.match(bundle.NAME, name):
        raise ExportError(f"--name {name!r}: small letters, digits, dots and dashes, at most 64")
    if not (fitted / "head.safetensors").is_file():
        raise ExportError(f"{fitted} holds no fitted model: run 'python -m training fit' first")
    model = load(fitted)
    tokenizer_json = (fitted / "tokenizer.json").read_text("utf-8")
    tokenizer = from_json(tokenizer_json)
    recipe = Recipe.model_validate_json((fitted / "recipe.json").read_bytes())
    lock = json.loads((fitted / "data.lock.json").read_text("utf-8"))
    dataset, current = load_data(data)
    if current["sha256"] != lock["sha256"]:
        raise ParityError(
            f"{data} is not the data that {fitted} was fitted on: its texts may be training "
            "texts; prepare the same corpora with the same recipe, or fit again"
        )
    limits = Limits(
        window_tokens=recipe.shape.window_tokens, overlap_tokens=recipe.shape.overlap_tokens,
        windows="mean_odds",
    )  # fmt: skip
    by_split: dict[str, list[Row]] = {}
    for row in dataset:
        by_split.setdefault(row["split"], []).append(row)
    held = [row for split in ("calibration", "test") for row in by_split.get(split, [])]
    known = [row for row in held if row["kind"] is not None]
    calibrating = {row["kind"] == "lure" for row in known if row["split"] == "calibration"}
    if calibrating != {True, False}:
        raise ExportError(
            "the calibration split needs lures and other texts, or no threshold can be set: "
            "prepare more data, or another split"
        )

    exact_graph = graph(model, "float32", {})
    exact = Model(exact_graph, tokenizer, limits, threads=torch.get_num_threads())
    parity = check_parity(model, exact, tokenizer, limits, known)
    if precision == "float32":
        content, kept = exact_graph, frozenset[str]()
        int8_figures: dict[str, Any] = {}
        logits = all_logits(exact, known, "score")
    else:
        observed = observe(model, tokenizer, limits, by_split.get("train", known))
        reference = all_logits(exact, known, "score, float32")
        content, logits, kept, int8_figures = quantise(
            model, observed, tokenizer, limits, known, reference, for_gate
        )
    served = Model(content, tokenizer, limits)
    background = background_of(served, by_split.get("train", known), known, logits)
    added = ngrams.fit(by_split.get("train", known), *calibrating_texts(known, logits), recipe)
    alone = logits
    if added is not None:
        whole = Model(content, tokenizer, limits, ngrams=added)
        logits = logits_with(whole, added, known, alone)
    calibration = calibrate(known, logits)
    epochs = report.read_epochs(fitted.parent / METRICS)
    figures: dict[str, Any] = {
        "parity": parity,
        "int8": int8_figures,
        "held_out": held_figures(known, logits, calibration),
        "indicators": indicator_figures(known, logits, calibration),
        "background": embedding.told(background),
        **({} if added is None else {"ngrams": ngram_figures(known, alone, added)}),
    }
    form = "float32" if precision == "float32" else "int8 matrices, int4 embedding table"
    fields = {
        "name": name,
        "created": datetime.now(UTC).date().isoformat(),
        "encoder": origin(fitted),
        "precision": form + (f", float32 {' and '.join(sorted(kept))}" if kept else ""),
        "limits": limits,
        "data": {**lock, "recipe": recipe.model_dump(mode="json")},
        "figures": figures,
        "lineage": lineage(fitted, lock, recipe, more or {}),
    }
    text = card(fields, calibration)
    fitted_on = [row for split in ("train", "calibration") for row in by_split.get(split, [])]
    seen = trained_on.of(
        (row["own_group"] for row in fitted_on), [row["text"] for row in fitted_on]
    )
    manifest: Manifest = bundle.write(
        out, fields, pieces.slim(tokenizer_json), calibration, text, content, seen, background,
        pieces.from_json(tokenizer_json), added,
    )  # fmt: skip
    figures["bytes"] = sum(entry.bytes for entry in manifest.files.values())
    bundle.load(out)
    scores = sigmoid(calibration.lure_logit(lure_logits(logits)))
    page = report.write(fitted.parent / "report", name, epochs, known, scores)
    say(f"report in {page}")
    return figures


def origin(fitted: Path) -> str:
    """Where the base encoder came from, as ``base`` wrote it down."""
    path = fitted / ORIGIN
    return str(json.loads(path.read_text("utf-8"))["encoder"]) if path.is_file() else "unknown"


def graph(
    model: LureModel,
    precision: Precision,
    observed: dict[str, Inputs],
    kept: frozenset[str] = frozenset(),
    form: Form = SHIPPED,
) -> bytes:
    """The model's graph as ONNX."""
    config = model.encoder.config
    weights = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    return build(
        weights, config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps,
        precision, observed, kept, form,
    )  # fmt: skip


def torch_logits(model: LureModel, ids: Sequence[int]) -> Float32s:
    """``(tokens, logits)`` of the real tokens, from the fitted model itself."""
    tensor = torch.tensor([ids])
    ones = torch.ones_like(tensor)
    with torch.inference_mode():
        tokens: torch.Tensor = model(tensor, ones, ones).tokens
    return tokens[0, 1:-1].numpy()


def check_parity(
    model: LureModel, exact: Model, tokenizer: Tokenizer, limits: Limits, rows: Sequence[Row]
) -> dict[str, Any]:
    """Largest difference between the fitted model and its float32 graph, over every logit."""
    chosen = spread(rows, PARITY_TEXTS)
    largest = size = 0.0
    for row in tqdm(chosen, desc="parity", unit="text", mininterval=5):
        for window in windows(tokenizer, render(Ad(text=row["text"])).text, limits):
            expected = torch_logits(model, window.ids)
            given = exact.run(window.ids)[3]
            largest = max(largest, float(np.abs(expected - given).max()))
            size = max(size, float(np.abs(expected).max()))
    if largest > PARITY:
        raise ParityError(
            f"a logit differs by {largest:.2g} between the fitted model and its graph, "
            f"{PARITY} is allowed; no bundle was written"
        )
    return {
        "texts": len(chosen),
        "languages": len({row["language"] for row in chosen}),
        "largest_difference": float(f"{largest:.2g}"),
        "largest_logit": round(size, 1),
        "tolerance": PARITY,
    }


def observe(
    model: LureModel, tokenizer: Tokenizer, limits: Limits, rows: Sequence[Row]
) -> dict[str, Inputs]:
    """What every matrix product is given, over sample texts."""
    largest: dict[str, torch.Tensor] = {}
    moments: dict[str, torch.Tensor] = {}
    handles = []
    for index, layer in enumerate(model.encoder.encoder.layer):
        parts = (
            layer.attention.self.query,
            layer.attention.output.dense,
            layer.intermediate.dense,
            layer.output.dense,
        )
        for product, module in zip(PRODUCTS, parts, strict=True):
            key = f"{index}.{product}"

            def watch(_: Any, inputs: tuple[torch.Tensor, ...], __: Any, key: str = key) -> None:
                given = inputs[0].detach().flatten(0, 1)
                top, products = given.abs().amax(dim=0), given.T @ given
                largest[key] = torch.maximum(largest[key], top) if key in largest else top
                moments[key] = moments[key] + products if key in moments else products

            handles.append(module.register_forward_hook(watch))
    for row in tqdm(spread(rows, OBSERVED_TEXTS), desc="observe", unit="text", mininterval=5):
        torch_logits(model, windows(tokenizer, render(Ad(text=row["text"])).text, limits)[0].ids)
    for handle in handles:
        handle.remove()
    return {key: Inputs(top.numpy(), moments[key].numpy()) for key, top in largest.items()}


def quantise(
    model: LureModel,
    observed: dict[str, Inputs],
    tokenizer: Tokenizer,
    limits: Limits,
    rows: Sequence[Row],
    reference: list[Logits],
    for_gate: bool = False,
) -> tuple[bytes, list[Logits], frozenset[str], dict[str, Any]]:
    """The first int8 graph of the ladder that changes few scores, with its logits and figures; with
    ``for_gate`` the one that changes least where all change too much."""
    tried: list[dict[str, Any]] = []
    nearest: tuple[bytes, list[Logits], frozenset[str], dict[str, Any]] | None = None
    order: list[str] = []
    for count in KEPT:
        if count and not order:
            order = by_sensitivity(model, observed, tokenizer, limits, rows)
        kept = frozenset(order[:count])
        content = graph(model, "int8", observed, kept)
        logits = all_logits(Model(content, tokenizer, limits), rows, "score, int8")
        figures = compare(rows, reference, logits)
        figures["float32_products"] = sorted(kept)
        figures["graph_bytes"] = len(content)
        figures["rounding"] = SHIPPED.rounding
        figures["score_change_p99_allowed"] = SCORE_CHANGE
        if len(content) <= MAX_GRAPH_BYTES:
            if figures["score_change_p99"] <= SCORE_CHANGE:
                return content, logits, kept, figures
            if nearest is None or figures["score_change_p99"] < nearest[3]["score_change_p99"]:
                nearest = content, logits, kept, figures
        tried.append(figures)
    if for_gate and nearest is not None:
        return nearest
    raise ParityError(
        f"int8 moves scores too much, or the graph is too large, whatever is left out: "
        f"{json.dumps(tried)}"
    )


def by_sensitivity(
    model: LureModel,
    observed: dict[str, Inputs],
    tokenizer: Tokenizer,
    limits: Limits,
    rows: Sequence[Row],
) -> list[str]:
    """Products, ``<layer>.<product>``, by how far each alone moves the lure logit in int8."""
    texts = spread(rows, SENSITIVITY_TEXTS)
    exact = lure_logits(all_logits(Model(graph(model, "int8", {}), tokenizer, limits), texts, "-"))
    change = {}
    for key in tqdm(observed, desc="sensitivity", unit="product", mininterval=5):
        alone = Model(graph(model, "int8", {key: observed[key]}), tokenizer, limits)
        moved = [alone.logits(render(Ad(text=row["text"]))) for row in texts]
        change[key] = float(np.abs(lure_logits(moved) - exact).mean())
    return sorted(change, key=lambda key: -change[key])


def lure_logits(logits: Sequence[Logits]) -> NDArray[np.float64]:
    """``(texts,)``."""
    return np.array([one.kind[LURE] for one in logits], dtype=np.float64)


def compare(
    rows: Sequence[Row], reference: Sequence[Logits], logits: Sequence[Logits]
) -> dict[str, Any]:
    """How far int8 moved the scores (uncalibrated), over all and by language."""
    before, after = lure_logits(reference), lure_logits(logits)
    change = np.abs(sigmoid(before) - sigmoid(after))
    is_lure = [row["kind"] == "lure" for row in rows]
    by_language: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        by_language.setdefault(row["language"].split("-")[0], []).append(i)
    return {
        "texts": len(rows),
        "score_change_mean": round(float(change.mean()), 5),
        "score_change_p99": round(float(np.quantile(change, 0.99)), 5),
        "score_change_max": round(float(change.max()), 5),
        "auroc_float32": auroc(before.tolist(), is_lure),
        "auroc_int8": auroc(after.tolist(), is_lure),
        "score_change_max_by_language": {
            language: round(float(change[members].max()), 4)
            for language, members in sorted(by_language.items())
            if len(members) >= MIN_TEXTS
        },
    }


def background_of(
    model: Model, train: Sequence[Row], rows: Sequence[Row], logits: Sequence[Logits]
) -> Background:
    """Where the calibration split's texts lie; ``logits`` are those of ``rows``."""
    known = {row["id"]: one for row, one in zip(rows, logits, strict=True)}
    held = spread([row for row in rows if row["split"] == "calibration"], embedding.MOST)
    sample = all_logits(model, spread(train, embedding.SAMPLE), "embed")
    return embedding.of_logits(sample, [known[row["id"]] for row in held], held)


def calibrating_texts(
    rows: Sequence[Row], logits: Sequence[Logits]
) -> tuple[list[Row], NDArray[np.float64]]:
    """The calibration split among ``rows``, and the lure logits of its texts."""
    members = [i for i, row in enumerate(rows) if row["split"] == "calibration"]
    return [rows[i] for i in members], lure_logits(logits)[members]


def ngram_figures(
    rows: Sequence[Row], alone: Sequence[Logits], added: NGrams
) -> dict[str, Any]:  # fmt: skip
    """What a manifest says of n-grams: their number, and how the encoder ranks without them, on the
    same texts as ``held_out``."""
    found = held_figures(rows, alone, Calibration())
    return {
        "weights": len(added.weights),
        "auroc_of_the_encoder_alone": {name: one["auroc"] for name, one in found.items()},
    }


def calibrate(
    rows: Sequence[Row], logits: Sequence[Logits], rendering: int = RENDERING
) -> Calibration:
    """Platt scaling and operating points, on the calibration split alone."""
    members = [i for i, row in enumerate(rows) if row["split"] == "calibration"]
    held, values = calibrating_texts(rows, logits)
    is_lure = np.array([row["kind"] == "lure" for row in held])
    scale, offset = fit_platt(values, is_lure)
    fitted = Calibration(scale=scale, offset=offset, rest_scale=rest_scale(rows, logits, members))
    points = operating_points(sigmoid(fitted.lure_logit(values)), is_lure, OPERATING_POINTS)
    truth, probability = marked_tokens(rows, logits, "calibration", rendering)
    threshold = max(
        THRESHOLDS, key=lambda t: token_f1(truth, probability, t)["f1"]
    )  # fmt: skip
    return fitted.model_copy(update={"operating_points": points, "indicator_threshold": threshold})


def rest_scale(rows: Sequence[Row], logits: Sequence[Logits], members: Sequence[int]) -> float:
    """Inverse temperature of the kinds that are not lure, on texts that are not lures."""
    others = [i for i in members if rows[i]["kind"] != Kind.LURE]
    values = np.array([np.delete(logits[i].kind, LURE) for i in others])
    rest = [kind for kind in KINDS if kind != Kind.LURE]
    return fit_temperature(values, np.array([rest.index(rows[i]["kind"]) for i in others]))


def marked_tokens(
    rows: Sequence[Row], logits: Sequence[Logits], split: str, rendering: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Truth and probability of every indicator for every token, ``(tokens, indicators)`` each, of
    the marked texts of a split."""
    truth, probability = [], []
    for row, one in zip(rows, logits, strict=True):
        spans = spans_in(row)
        if row["split"] != split or spans is None:
            continue
        rendered = render(Ad(text=row["text"]), rendering)
        marks = np.zeros((len(one.indicator_offsets), len(INDICATORS)), dtype=bool)
        for token, indicator in token_marks(rendered, one.indicator_offsets, spans):
            marks[token, indicator] = True
        truth.append(marks)
        probability.append(sigmoid(one.indicators))
    if not truth:
        none = np.zeros((0, len(INDICATORS)))
        return none.astype(bool), none
    return np.concatenate(truth), np.concatenate(probability)


def token_f1(
    truth: NDArray[np.bool_], probability: NDArray[np.float64], threshold: float
) -> dict[str, float]:
    """Precision, recall and F1 over all tokens and indicators together."""
    guess = probability >= threshold
    hits = int((guess & truth).sum())
    precision = hits / max(1, int(guess.sum()))
    recall = hits / max(1, int(truth.sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def held_figures(
    rows: Sequence[Row], logits: Sequence[Logits], calibration: Calibration
) -> dict[str, Any]:
    """Test split: ranking, recall and false positives at the shipped thresholds, of each set that
    has texts (:mod:`models.text_sets`)."""
    scores = sigmoid(calibration.lure_logit(lure_logits(logits)))
    figures = {}
    for name, own in by_set(rows).items():
        members = [i for i in own if rows[i]["split"] == "test"]
        if not members:
            continue
        lure = np.array([rows[i]["kind"] == "lure" for i in members], dtype=bool)
        chosen = scores[members]
        figures[name] = {
            "lures": int(lure.sum()),
            "others": int((~lure).sum()),
            "auroc": auroc(chosen.tolist(), lure.tolist()),
            "at": {
                point.name: {
                    "recall": share(chosen[lure] >= point.threshold),
                    "false_positive_rate": share(chosen[~lure] >= point.threshold),
                }
                for point in calibration.operating_points
            },
        }
    return figures


def indicator_figures(
    rows: Sequence[Row], logits: Sequence[Logits], calibration: Calibration,
    rendering: int = RENDERING,
) -> dict[str, Any]:  # fmt: skip
    """Tokens of the test split's marked texts at the shipped threshold."""
    truth, probability = marked_tokens(rows, logits, "test", rendering)
    return {
        "tokens": len(truth),
        "marked": int(truth.sum()),
        "threshold": calibration.indicator_threshold,
        **token_f1(truth, probability, calibration.indicator_threshold),
    }


def share(hits: NDArray[np.bool_]) -> float | None:
    """Mean, or ``None`` of nothing."""
    return round(float(hits.mean()), 4) if hits.size else None
