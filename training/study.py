"""Steps of a recipe, each fitted with several seeds and measured on what no fit saw.

A study file names a recipe, what all its fits share, and one change a step; a fit that is done is
not done again. Differences are taken seed by seed against the step ``control``.
"""

import hashlib
import json
import random
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.bundle import digest
from models.bundle import load as load_bundle
from models.calibration import roc_area, threshold_at
from models.cli import say
from models.labels import Kind
from models.tokenization import Tokenizer, from_json
from training.augment import evade
from training.edits import Example
from training.errors import RecipeError, ResumeError
from training.features import features
from training.figures import difference, mean
from training.fit import fit, marked_tokens, passes
from training.model import LureModel
from training.model import load as load_model
from training.padding import Companies, companies_of, padded
from training.precision import has_quick_bfloat16
from training.prepare import load as load_data
from training.recipe import Recipe
from training.recipe import load as load_recipe

CONTROL = "control"
ABOUT = "mean score about lures"
MOST_WRITTEN = 400
MIN_SLICE = 5
"""A source or language with fewer lures, or fewer others, gets no figure of its own."""


class Study(BaseModel):
    """A study file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    seeds: tuple[int, ...]
    common: dict[str, float | int] = {}
    steps: dict[str, dict[str, float | int]]
    left_out_cap: int = Field(default=0, ge=0)
    """Most lures, and most others, of a left-out source that are measured; 0: all of them."""


def load(path: Path) -> Study:
    """Raises :class:`RecipeError` naming what is wrong in the file."""
    try:
        study = Study.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise RecipeError(f"{path}: {error}") from None
    if CONTROL not in study.steps:
        raise RecipeError(f"{path}: no step {CONTROL!r} to compare with")
    return study


def changed(recipe: Recipe, changes: Mapping[str, float | int]) -> Recipe:
    """The recipe with values set by dotted name, such as ``loss.focus``."""
    given = recipe.model_dump()
    for name, value in changes.items():
        part, _, field = name.partition(".")
        if not isinstance(given.get(part), dict) or field not in given[part]:
            raise RecipeError(f"{name} is no number of a recipe")
        given[part][field] = value
    try:
        return Recipe.model_validate(given)
    except ValidationError as error:
        raise RecipeError(str(error)) from None


def run(path: Path, base: Path, data: Path, out: Path, start: Path | None = None) -> dict[str, Any]:
    """Every fit of the study that is not in ``out`` yet, seed by seed; gives the summary.

    ``start``: a bundle that every fit goes on from, fitted on ``data`` or less of it: what a step
    brings to a model that has learnt, not to a beginner. Several processes may share ``out``: each
    takes the next fit that no other is at, and the last to end has the whole summary.
    """
    study = load(path)
    recipe = load_recipe(study.recipe)
    planned = {
        (step, seed): changed(recipe, {**study.common, **changes}).model_copy(update={"seed": seed})
        for seed in study.seeds
        for step, changes in study.steps.items()
    }
    shared = told_of(base, data, start, study.left_out_cap)
    made_by = {
        key: {"recipe": own.model_dump(mode="json"), **shared} for key, own in planned.items()
    }
    out.mkdir(parents=True, exist_ok=True)
    for number, ((step, seed), own) in enumerate(planned.items(), 1):
        told = out / f"{step}-{seed}.json"
        lock = FileLock(out / f"{step}-{seed}.lock", blocking=False)
        try:
            with lock:
                if is_of(told, made_by[step, seed]):
                    continue
                say(f"{number} of {len(planned)}: {step}, seed {seed}")
                folder = out / f"{step}-{seed}"
                fitted = fitted_anew(base, data, own, folder, start)
                figures = {**made_by[step, seed], **measure(fitted, data, own, study.left_out_cap)}
                told.write_text(json.dumps(figures, indent=1), "utf-8")
                shutil.rmtree(folder)
                say(json.dumps(figures["figures"]))
        except Timeout:
            say(f"{number} of {len(planned)}: {step}, seed {seed}: another process is at it")
    return summary(out, made_by)


def fitted_anew(
    base: Path, data: Path, recipe: Recipe, run: Path, start: Path | None = None
) -> Path:
    """The fitted model, from where a stop left its run; from nothing where that was a fit of
    another recipe or other data, as when a study file was changed since."""
    try:
        return fit(base, data, recipe, run, resume=True, start=start)
    except ResumeError:
        shutil.rmtree(run)
        return fit(base, data, recipe, run, resume=False, start=start)


def is_of(told: Path, made_by: Mapping[str, Any]) -> bool:
    """Whether there are figures of that fit."""
    if not told.is_file():
        return False
    try:
        found = json.loads(told.read_text("utf-8"))
    except ValueError:  # a stop cut it short
        return False
    return all(found.get(name) == value for name, value in made_by.items())


def told_of(base: Path, data: Path, start: Path | None, cap: int) -> dict[str, Any]:
    """What fits must share to be compared, beside what a step changes."""
    _, lock = load_data(data)
    return {
        "base": hashlib.sha256((base / "config.json").read_bytes()).hexdigest(),
        "data": lock["sha256"],
        "start": None if start is None else digest(load_bundle(start).manifest),
        "left_out_cap": cap,
    }


def measure(fitted: Path, data: Path, recipe: Recipe, cap: int = 0) -> dict[str, Any]:
    """Figures of a fitted model on the splits that no fit saw: ``left out`` sources or languages,
    at most ``cap`` lures and others of each source, held-out ``collected`` texts, and some of the
    held-out ``written`` ones."""
    model = load_model(fitted, attention="sdpa")
    tokenizer = from_json((fitted / "tokenizer.json").read_text("utf-8"))
    dataset, _ = load_data(data)
    rows = [row for row in dataset if row["kind"] is not None]
    held = [row for row in rows if row["split"] == "test"]
    written = [row for row in held if row["synthetic"]]
    sets = {
        "left out": capped([row for row in rows if row["split"] == "left_out"], cap),
        "collected": [row for row in held if not row["synthetic"]],
        "written": written[:: max(1, len(written) // MOST_WRITTEN)],
    }
    companies = companies_of(held)
    figures: dict[str, float] = {}
    for name, own in sets.items():
        scores = scores_of(model, tokenizer, recipe, own)
        figures |= ranked(name, scores, own)
        f1 = indicator_f1(model, tokenizer, recipe, own)
        figures |= {} if f1 is None else {f"indicator F1 {name}": f1}
        if figures.get(f"AUROC {name}") is not None:
            figures[f"recall lost among honest text, {name}"] = lost_among(
                model, tokenizer, recipe, own, scores, companies
            )
        if name == "written":
            about = [i for i, row in enumerate(own) if row["kind"] == Kind.ABOUT_LURES]
            figures |= {ABOUT: float(scores[about].mean())} if about else {}
            continue
        figures |= by_slice(scores, own)
        if figures.get(f"AUROC {name}") is not None:
            figures[f"recall lost in disguise, {name}"] = lost(
                model, tokenizer, recipe, own, scores
            )
    return {"figures": {name: round(value, 4) for name, value in figures.items()}}


def capped(rows: Sequence[dict[str, Any]], cap: int) -> list[dict[str, Any]]:
    """At most ``cap`` lures, and as many others, of each source, the same in every fit; 0: all."""
    if not cap:
        return list(rows)
    found: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).digest()):
        found.setdefault((row["source"], row["kind"] == Kind.LURE), []).append(row)
    return [row for members in found.values() for row in members[:cap]]


def by_slice(scores: NDArray[np.float64], rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Area under ROC of each source and language that has lures and others enough."""
    found: dict[str, float] = {}
    for field in ("source", "language"):
        # A language goes by its primary subtag; a source is called as it is, hyphens and all.
        values = [row[field].split("-")[0] if field == "language" else row[field] for row in rows]
        names = sorted(set(values))
        for name in names if len(names) > 1 else ():
            members = [i for i, value in enumerate(values) if value == name]
            lures = sum(rows[i]["kind"] == Kind.LURE for i in members)
            if min(lures, len(members) - lures) >= MIN_SLICE:
                found |= ranked(name, scores[members], [rows[i] for i in members], short=True)
    return found


def lost(
    model: LureModel,
    tokenizer: Tokenizer,
    recipe: Recipe,
    rows: Sequence[Mapping[str, Any]],
    scores: NDArray[np.float64],
) -> float:
    """Recall at 5 % false positives that disguising a third of the longer words costs."""
    is_lure = np.array([row["kind"] == Kind.LURE for row in rows], dtype=bool)
    lures = [in_disguise(row) for row in rows if row["kind"] == Kind.LURE]
    hidden = scores_of(model, tokenizer, recipe, lures)
    line = threshold_at(scores[~is_lure], 0.05)
    return float((scores[is_lure] >= line).mean() - (hidden >= line).mean())


def lost_among(
    model: LureModel,
    tokenizer: Tokenizer,
    recipe: Recipe,
    rows: Sequence[Mapping[str, Any]],
    scores: NDArray[np.float64],
    companies: Companies,
) -> float:
    """Recall at 5 % false positives that honest text around a lure costs; it is set among texts
    that no fit saw, the same way in every fit. Both sides are over the lures that it can be done
    to."""
    is_lure = np.array([row["kind"] == Kind.LURE for row in rows], dtype=bool)
    line = threshold_at(scores[~is_lure], 0.05)
    among, clean = [], []
    for i in map(int, np.flatnonzero(is_lure)):
        changed = padded(dict(rows[i]), companies, random.Random(rows[i]["id"]))
        if changed.get("whole"):
            among.append(changed | {"spans": None})
            clean.append(float(scores[i]))
    if not among:
        return 0.0
    hidden = scores_of(model, tokenizer, recipe, among)
    return float((np.array(clean) >= line).mean() - (hidden >= line).mean())


def ranked(
    name: str,
    scores: NDArray[np.float64],
    rows: Sequence[Mapping[str, Any]],
    short: bool = False,
) -> dict[str, float]:
    """Area under ROC, and recall at 2 % and 5 % false positives unless ``short``."""
    truth = np.array([row["kind"] == Kind.LURE for row in rows], dtype=bool)
    if not len(truth) or truth.all() or not truth.any():
        return {}
    found = {f"AUROC {name}": roc_area(scores, truth)}
    for rate in () if short else (0.02, 0.05):
        line = threshold_at(scores[~truth], rate)
        found[f"recall {name} at {rate:.0%}"] = float((scores[truth] >= line).mean())
    return found


def in_disguise(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with a third of its longer words disguised, the same way in every fit."""
    changed = evade(Example(row["text"], None), random.Random(row["id"]))
    return {**row, "text": changed.text, "spans": None}


def scores_of(
    model: LureModel, tokenizer: Tokenizer, recipe: Recipe, rows: Sequence[Mapping[str, Any]]
) -> NDArray[np.float64]:
    """``(rows,)``: uncalibrated probability of a lure, from the first window of each text."""
    items = [features(dict(row), tokenizer, recipe, None) for row in rows]
    scores = np.zeros(len(items))
    with torch.autocast("cpu", torch.bfloat16, enabled=has_quick_bfloat16()):
        for members, _, outputs in passes(model, items):
            scores[members] = outputs.lure.float().sigmoid().numpy()
    return scores


def indicator_f1(
    model: LureModel, tokenizer: Tokenizer, recipe: Recipe, rows: Sequence[Mapping[str, Any]]
) -> float | None:
    """F1 of tokens and indicators together, over the marked texts; ``None`` where none is."""
    items = [features(dict(row), tokenizer, recipe, None) for row in rows if row["spans"]]
    found = np.zeros(3, dtype=int)
    for _, batch, outputs in passes(model, items):
        found += marked_tokens(batch, outputs)
    return float(2 * found[0] / (found[1] + found[2])) if found[2] else None


def summary(out: Path, made_by: Mapping[tuple[str, int], Mapping[str, Any]]) -> dict[str, Any]:
    """By step: each figure's mean over the seeds, and its difference from the control with a 95 %
    interval of Student's t over the seeds' differences. Fits of another recipe, start or data are
    not looked at."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for (step, seed), fit_of in made_by.items():
        told = out / f"{step}-{seed}.json"
        if is_of(told, fit_of):
            figures = json.loads(told.read_text("utf-8"))["figures"]
            found.setdefault(step, {})[seed] = figures
    control = found.get(CONTROL, {})
    steps: dict[str, Any] = {}
    for step, by_seed in found.items():
        steps[step] = {"seeds": sorted(by_seed)}
        for name in sorted(set.intersection(*(set(f) for f in by_seed.values()))):
            entry: dict[str, Any] = {"mean": mean([f[name] for f in by_seed.values()])}
            both = [s for s in by_seed if s in control]
            if step != CONTROL and both:
                entry |= difference([by_seed[s][name] - control[s][name] for s in both])
            steps[step][name] = entry
    return steps


def as_markdown(steps: Mapping[str, Any], names: Sequence[str]) -> str:
    """A row a step, a column a figure: its mean, and the change against the control."""
    lines = [
        "| step | seeds | " + " | ".join(names) + " |",
        "| --- | ---: |" + " --- |" * len(names),
    ]
    for step, figures in steps.items():
        cells = [step, str(len(figures["seeds"]))]
        for name in names:
            entry = figures.get(name)
            if entry is None:
                cells.append("")
                continue
            text = f"{entry['mean']:.3f}"
            if "change" in entry:
                text += f" ({entry['change']:+.3f}"
                if "interval" in entry:
                    low, high = entry["interval"]
                    text += f" [{low:+.2f}, {high:+.2f}]"
                text += ")"
            cells.append(text)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
