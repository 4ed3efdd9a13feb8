"""What a language costs that no fit saw.

Languages are dealt into parts. For each part a fit learns everything but the texts in its languages
(and whatever nearly repeats one), for comparison one learns everything; all of them are read on the
same held-out texts. A user whose language is not in the corpus may expect what stands under
``unseen``: relatives of a language are in other parts, and stay.
"""

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from numpy.typing import NDArray

from models.calibration import roc_area, threshold_at
from models.cli import say
from models.labels import Kind
from models.tokenization import from_json
from training.errors import CorpusError
from training.features import features
from training.fit import marked_tokens, passes
from training.model import load as load_model
from training.precision import has_quick_bfloat16
from training.prepare import FEATURES, LOCK, lock_of
from training.prepare import load as load_data
from training.recipe import Recipe
from training.recipe import load as load_recipe
from training.study import CONTROL, Study, changed, fitted_anew, is_of, told_of
from training.study import load as load_study

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

HELD = ("calibration", "test")
"""Splits that no fit learns from. Neither sets a threshold here that it is then measured with."""

MIN_EACH = 8
"""Held-out lures, and others, that a language must have to be left out in its turn."""

RATE = 0.05
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """What one fit says of the held-out texts."""

    logits: Mapping[str, float]
    """Of a lure, by the text's id."""

    marked: Mapping[str, Sequence[int]]
    """By language: pairs of token and indicator both shown and marked, shown, marked."""


def run(
    path: Path, base: Path, data: Path, out: Path, parts: int, seed: int | None = None
) -> dict[str, Any]:
    """One fit a part and one of everything, those in ``out`` not again; gives :func:`summary`.

    ``path``: a study file (:class:`training.study.Study`); of it the recipe, what its fits share
    and the step ``control`` count. ``seed``: default the file's first.
    Raises :class:`~training.errors.CorpusError` where fewer languages than ``parts`` have held-out
    texts enough.
    """
    study = load_study(path)
    recipe = recipe_of(study, study.seeds[0] if seed is None else seed)
    dataset, lock = load_data(data)
    rows: list[Row] = [dict(row) for row in dataset]
    held = [row for row in rows if row["split"] in HELD and row["kind"] is not None]
    dealt = deal(held, parts)
    shared = told_of(base, data, None, 0) | {"recipe": recipe.model_dump(mode="json")}
    out.mkdir(parents=True, exist_ok=True)
    found: dict[tuple[str, ...], Read] = {}
    for number, languages in enumerate(((), *dealt), 1):
        told = out / ("-".join(("without", *languages) if languages else ("everything",)) + ".json")
        made_by = {**shared, "without": list(languages)}
        if not is_of(told, made_by):
            say(f"{number} of {parts + 1}: {told.stem}")
            folder = out / told.stem
            write_without(rows, languages, lock, folder / "data")
            own = as_long(recipe, rows, languages)
            fitted = fitted_anew(base, folder / "data", own, folder / "run")
            read = read_of(fitted, held, recipe)
            figures = {**made_by, "logits": read.logits, "marked": read.marked}
            told.write_text(json.dumps(figures), "utf-8")
            shutil.rmtree(folder)
        content = json.loads(told.read_text("utf-8"))
        found[languages] = Read(content["logits"], content["marked"])
    return summary(held, found)


def recipe_of(study: Study, seed: int) -> Recipe:
    """The recipe of the study's step ``control``."""
    changes = {**study.common, **study.steps[CONTROL]}
    return changed(load_recipe(study.recipe), changes).model_copy(update={"seed": seed})


def deal(held: Sequence[Row], parts: int) -> list[tuple[str, ...]]:
    """Languages with texts enough, the frequent ones first, to the parts in turn."""
    lures = Counter(language_of(row) for row in held if row["kind"] == Kind.LURE)
    others = Counter(language_of(row) for row in held if row["kind"] != Kind.LURE)
    enough = [name for name in lures if min(lures[name], others[name]) >= MIN_EACH]
    if len(enough) < parts:
        raise CorpusError(
            f"{len(enough)} languages have {MIN_EACH} held-out lures and others each, and "
            f"--parts is {parts}: name fewer parts, or prepare more data"
        )
    enough.sort(key=lambda name: (-lures[name] - others[name], name))
    return [tuple(sorted(enough[place::parts])) for place in range(parts)]


def as_long(recipe: Recipe, rows: Sequence[Row], languages: Sequence[str]) -> Recipe:
    """The recipe with a larger share of the written texts that are left, so that a fit without some
    languages learns about as many texts as one with all of them."""
    written = [row for row in rows if row["split"] == "train" and row["synthetic"]]
    left = sum(language_of(row) not in languages for row in written)
    share = min(1.0, recipe.mix.written_share * len(written) / max(1, left))
    return recipe.model_copy(update={"mix": recipe.mix.model_copy(update={"written_share": share})})


def language_of(row: Row) -> str:
    """Its primary subtag."""
    return str(row["language"]).split("-")[0]


def write_without(
    rows: Sequence[Row], languages: Sequence[str], lock: Mapping[str, Any], out: Path
) -> None:
    """The data set, whole groups in which a text of these languages is left out of the fit."""
    without = {row["group"] for row in rows if language_of(row) in languages}
    kept = [
        {**row, "split": "left_out"}
        if row["split"] == "train" and row["group"] in without
        else dict(row)
        for row in rows
    ]
    Dataset.from_list(kept, features=FEATURES).save_to_disk(str(out))
    own = lock_of(kept) | {name: lock[name] for name in ("groups_joined", "drawn") if name in lock}
    (out / LOCK).write_text(json.dumps(own, indent=1, ensure_ascii=False), "utf-8")


def read_of(fitted: Path, held: Sequence[Row], recipe: Recipe) -> Read:
    """Uncalibrated, from the first window of each text."""
    model = load_model(fitted, attention="sdpa")
    tokenizer = from_json((fitted / "tokenizer.json").read_text("utf-8"))
    logits: dict[str, float] = {}
    marked: dict[str, list[int]] = {}
    by_language: dict[str, list[Row]] = {}
    for row in held:
        by_language.setdefault(language_of(row), []).append(row)
    for language, own in sorted(by_language.items()):
        counts = np.zeros(3, dtype=int)
        items = [features(dict(row), tokenizer, recipe, None) for row in own]
        with torch.autocast("cpu", torch.bfloat16, enabled=has_quick_bfloat16()):
            for members, batch, outputs in passes(model, items):
                counts += marked_tokens(batch, outputs)
                for i, logit in zip(members, outputs.lure.float().tolist(), strict=True):
                    logits[own[i]["id"]] = logit
        marked[language] = counts.tolist()
    return Read(logits, marked)


def summary(held: Sequence[Row], found: Mapping[tuple[str, ...], Read]) -> dict[str, Any]:
    """By language and over all: area under ROC, recall and false alarms at the threshold that 5 %
    of the honest texts in the other parts' languages reach, and F1 of marked tokens; each where the
    fit saw the language, and where it did not, on the same texts. ``found``: by languages that were
    left out, and of the fit of everything under ``()``.

    Over all: means over languages, each counting alike, with a 95 % percentile bootstrap over
    near-template groups within each language (one fit of each kind: what chance in fitting does is
    not in it).
    """
    seen = found[()]
    by_language: dict[str, Any] = {}
    drawn: dict[str, list[Floats]] = {}
    counts = {"seen": np.zeros(3, dtype=int), "unseen": np.zeros(3, dtype=int)}
    rng = np.random.default_rng(1)
    for without, unseen in found.items():
        honest = [
            row["id"]
            for row in held
            if language_of(row) not in without and row["kind"] != Kind.LURE
        ]
        reads = {"seen": seen, "unseen": unseen}
        lines = {name: line_of(read, honest) for name, read in reads.items()}
        for language in without:
            own = [row for row in held if language_of(row) == language]
            truth = np.array([row["kind"] == Kind.LURE for row in own], dtype=bool)
            scores = {
                name: np.array([read.logits[row["id"]] for row in own])
                for name, read in reads.items()
            }
            figures = figures_of(scores, truth, lines)
            draws = [
                figures_of({name: s[places] for name, s in scores.items()}, truth[places], lines)
                for places in group_draws(own, truth, rng)
            ]
            for name in figures:
                drawn.setdefault(name, []).append(np.array([draw[name] for draw in draws]))
            by_language[language] = {"lures": int(truth.sum()), "others": int((~truth).sum())}
            by_language[language] |= {name: rounded(value) for name, value in figures.items()}
            for name, read in reads.items():
                counts[name] += read.marked[language]
                by_language[language][f"indicator F1 {name}"] = f1(read.marked[language])
    overall: dict[str, Any] = {
        name: {
            "mean": rounded(np.mean([entry[name] for entry in by_language.values()])),
            "interval": [*map(rounded, np.quantile(np.mean(draws, axis=0), [0.025, 0.975]))],
        }
        for name, draws in drawn.items()
    }
    overall |= {f"indicator F1 {name}": {"mean": f1(own)} for name, own in counts.items()}
    return {"languages": by_language, "all": overall}


def line_of(read: Read, honest: Sequence[str]) -> float:
    """The threshold that :data:`RATE` of these texts reach."""
    return threshold_at(np.array([read.logits[name] for name in honest]), RATE)


def figures_of(
    scores: Mapping[str, Floats], truth: NDArray[np.bool_], lines: Mapping[str, float]
) -> dict[str, float]:
    """Both fits on the texts of one language, and what changes."""
    found: dict[str, float] = {}
    for name, own in scores.items():
        flagged = own >= lines[name]
        found[f"AUROC {name}"] = roc_area(own, truth)
        found[f"recall {name}"] = float(flagged[truth].mean())
        found[f"false alarms {name}"] = float(flagged[~truth].mean())
    for name in ("AUROC", "recall", "false alarms"):
        found[f"{name} change"] = found[f"{name} unseen"] - found[f"{name} seen"]
    return found


def group_draws(
    own: Sequence[Row], truth: NDArray[np.bool_], rng: np.random.Generator
) -> list[NDArray[np.intp]]:
    """Places of texts, groups drawn with replacement; both classes in each."""
    _, codes = np.unique([row["group"] for row in own], return_inverse=True)
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    found: list[NDArray[np.intp]] = []
    while len(found) < RESAMPLES:
        places = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < truth[places].sum() < len(places):
            found.append(places)
    return found


def f1(counts: Sequence[int] | NDArray[np.integer]) -> float | None:
    """From pairs both shown and marked, shown, and marked; ``None`` where nothing is marked."""
    return rounded(2 * counts[0] / (counts[1] + counts[2])) if counts[2] else None


def rounded(value: float | np.floating) -> float:
    """To four places."""
    return round(float(value), 4)


COLUMNS = ("AUROC", "recall", "false alarms", "indicator F1")


def as_markdown(found: Mapping[str, Any]) -> str:
    """A row a language, the worst change first, and one over all."""
    lines = [
        "| language | lures / others | " + " | ".join(f"{name}: seen, unseen" for name in COLUMNS),
        "| --- | ---: |" + " ---: |" * len(COLUMNS),
    ]
    lines[0] += " |"
    overall = found["all"]
    cells = [f"all {len(found['languages'])}", ""]
    for name in COLUMNS:
        cell = ", ".join(shown(overall[f"{name} {kind}"]["mean"]) for kind in ("seen", "unseen"))
        if (change := overall.get(f"{name} change")) is not None:
            low, high = change["interval"]
            cell += f" ({change['mean']:+.3f} [{low:+.3f}, {high:+.3f}])"
        cells.append(cell)
    lines.append("| " + " | ".join(cells) + " |")
    ordered = sorted(found["languages"].items(), key=lambda item: item[1]["AUROC change"])
    for language, entry in ordered:
        cells = [language, f"{entry['lures']} / {entry['others']}"]
        cells += [
            ", ".join(shown(entry[f"{name} {kind}"]) for kind in ("seen", "unseen"))
            for name in COLUMNS
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def shown(value: float | None) -> str:
    """Three places."""
    return "" if value is None else f"{value:.3f}"
