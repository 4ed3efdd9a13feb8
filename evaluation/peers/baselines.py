"""What simpler ways reach on the same splits: the figures that a model has to beat.

* ``flag everything``: one score for all. Its average precision is the share of lures.
* ``surface``: length, case, digits, emoji and punctuation, no word; a logistic regression. What it
  reaches, a data set gives away by its looks.
* ``phrases``: a keyword list. Phrases that the training texts mark for an indicator are looked up
  in a text; its score is how many indicators are hit.
* ``characters``: TF-IDF of runs of two to five characters within words, and a linear support-vector
  machine (Cortes and Vapnik 1995), which audits of EMSCAD found the strongest plain baseline.
* ``frozen encoder``: the base encoder untouched, its mean token state, and a logistic regression.
* ``served``: the bundle, through the service's own assessment.
* ``endpoint``: a service of one's own (:mod:`evaluation.peers.endpoint`).

All fit on the training split, choose their F1 threshold on the calibration split, and are measured
on one split whose near-template groups neither of the two holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evaluation.answers import assessed
from evaluation.metrics import average_precision, f1_at, recall_at, with_interval
from evaluation.rows import WrongRow
from models.ad import Ad
from models.calibration import at_thresholds, roc_area
from models.rendering import render
from service.engine import Engine
from training.corpus.surface import features
from training.encoding import states as encoded
from training.errors import CorpusError
from training.figures import by_origin
from training.prepare import load

Row = Mapping[str, Any]
Scores = NDArray[np.float64]
Scorer = Callable[[Sequence[Row]], Scores]

MIN_PHRASE, MAX_PHRASE = 4, 40
"""Characters of a phrase: shorter ones stand in any text, longer ones in one alone."""

CHARACTERS = (2, 5)


def measure(
    data: Path,
    base: Path | None,
    engine: Engine | None,
    split: str,
    seed: int = 1,
    endpoint: Scorer | None = None,
) -> dict[str, Any]:
    """Every baseline on ``split`` of the prepared ``data``, collected texts apart from written.

    ``base`` is the folder of the base encoder, ``engine`` the served bundle and ``endpoint``
    another service; without one of them, that line is left out. Raises :class:`WrongRow` where a
    split is missing or one-sided.
    """
    try:
        dataset, _ = load(data)
    except CorpusError as error:
        raise WrongRow(str(error)) from None
    parts: dict[str, list[Row]] = {"train": [], "calibration": [], split: []}
    for row in dataset:
        if row["kind"] is not None and row["split"] in parts:
            parts[row["split"]].append(row)
    for name, rows in parts.items():
        if len({row["kind"] == "lure" for row in rows}) < 2:
            raise WrongRow(f"{data}: the split {name!r} needs lures and other texts")
    train, calibration, test = parts["train"], parts["calibration"], parts[split]
    scorers: dict[str, Scorer] = {
        "flag everything": lambda rows: np.zeros(len(rows)),
        "surface": surface(train),
        "phrases": phrases(train),
        "characters": characters(train, seed),
    }
    if base is not None:
        scorers["frozen encoder"] = frozen_encoder(train, base, seed)
    if engine is not None:
        scorers["served"] = served(engine)
    if endpoint is not None:
        scorers["endpoint"] = endpoint
    subsets = by_origin(test)
    answer: dict[str, Any] = {"split": split, "training texts": len(train)}
    for name, score in scorers.items():
        on_calibration, on_test = score(calibration), score(test)
        threshold = best_threshold(on_calibration, is_lure(calibration))
        metrics = {
            "area under ROC": roc_area,
            "average precision": average_precision,
            "F1": f1_at(threshold),
            "recall at 1 % false positives": recall_at(0.01),
            "recall at 5 % false positives": recall_at(0.05),
        }
        for subset, members in subsets.items():
            if not members:
                continue
            chosen = [test[i] for i in members]
            groups = [row["group"] for row in chosen]
            answer.setdefault(subset, {})[name] = {
                metric: asdict(
                    with_interval(function, on_test[members], is_lure(chosen), groups, seed)
                )
                for metric, function in metrics.items()
            }
    return answer


def is_lure(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """``(n,)``."""
    return np.array([row["kind"] == "lure" for row in rows], dtype=bool)


def text_of(row: Row) -> str:
    """The text as every model here reads it."""
    return render(Ad(text=row["text"])).text


def best_threshold(scores: Scores, truth: NDArray[np.bool_]) -> float:
    """The score at and above which flagging gives the highest F1."""
    thresholds, hits, flagged = at_thresholds(scores, truth)
    return float(thresholds[np.argmax(2 * hits / (flagged + truth.sum()))])


def phrases(train: Sequence[Row]) -> Scorer:
    """Count of indicators of which a marked phrase of the training texts stands in a text."""
    known: dict[str, set[str]] = {}
    for row in train:
        for span in row["spans"] or ():
            words = row["text"][span["start"] : span["end"]]
            words = render(Ad(text=words)).text.casefold().strip()
            if MIN_PHRASE <= len(words) <= MAX_PHRASE:
                known.setdefault(span["indicator"], set()).add(words)
    lists = [tuple(found) for found in known.values()]

    def score(rows: Sequence[Row]) -> Scores:
        texts = [text_of(row).casefold() for row in tqdm(rows, desc="phrases", mininterval=5)]
        return np.array([sum(any(p in text for p in found) for found in lists) for text in texts])

    return score


def surface(train: Sequence[Row]) -> Scorer:
    """Features of :mod:`training.corpus.surface`, standardised, logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    pipeline.fit(looks(train), is_lure(train))
    return lambda rows: np.asarray(pipeline.decision_function(looks(rows)))


def looks(rows: Sequence[Row]) -> Scores:
    """``(n, 10)``: surface features of the texts as received."""
    return np.stack([features(row["text"]) for row in rows])


def characters(train: Sequence[Row], seed: int) -> Scorer:
    """TF-IDF of character runs, linear support-vector machine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    pipeline = make_pipeline(
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=CHARACTERS, min_df=2, sublinear_tf=True,
            max_features=400_000,
        ),
        LinearSVC(class_weight="balanced", random_state=seed),
    )  # fmt: skip
    pipeline.fit([text_of(row) for row in train], is_lure(train))
    return lambda rows: np.asarray(pipeline.decision_function([text_of(row) for row in rows]))


def frozen_encoder(train: Sequence[Row], base: Path, seed: int) -> Scorer:
    """Mean token state of the base encoder, standardised, logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.05, class_weight="balanced", max_iter=2000)
    )
    pipeline.fit(states(train, base), is_lure(train))
    return lambda rows: np.asarray(pipeline.decision_function(states(rows, base)))


def states(rows: Sequence[Row], base: Path) -> NDArray[np.float32]:
    """``(n, hidden)``; see :func:`training.encoding.states`."""
    return encoded([text_of(row) for row in rows], base)


def served(engine: Engine) -> Scorer:
    """The bundle's score."""

    return lambda rows: np.array([a.score for a in assessed(engine, [r["text"] for r in rows])])


def as_markdown(measured: Mapping[str, Any]) -> str:
    """The figures as tables, one for collected and one for written texts."""
    parts = []
    for subset in ("collected", "written or generated"):
        found = measured.get(subset)
        if not found:
            continue
        one = next(iter(found.values()))
        count = next(iter(one.values()))
        parts.append(
            f"{subset}, split `{measured['split']}`: {count['lures']} lures, "
            f"{count['others']} others\n"
        )
        parts.append("| | " + " | ".join(one) + " |\n| --- |" + " ---: |" * len(one))
        for name, figures in found.items():
            cells = " | ".join(
                "too few" if f["value"] is None
                else f"{f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]"
                for f in figures.values()
            )  # fmt: skip
            parts.append(f"| {name} | {cells} |")
        parts.append("")
    return "\n".join(parts)
