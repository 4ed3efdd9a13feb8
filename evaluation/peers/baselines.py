"""What simpler ways reach on the same texts: the figures that a model has to beat.

* ``surface features``: length, case, digits, emoji and punctuation, no word; a logistic regression.
  What it reaches, a data set gives away by its looks.
* ``keyword list``: phrases that the training texts mark for an indicator are looked up in a text;
  its score is how many indicators are hit.
* ``TF-IDF + linear SVM``: runs of two to five characters within words, and a linear support-vector
  machine (Cortes and Vapnik 1995), which audits of EMSCAD found the strongest plain baseline.
* ``frozen-encoder probe``: the base encoder untouched, its mean token state, and a logistic
  regression.

All fit on the training split, get probabilities and thresholds from the calibration split, and are
measured on texts that share neither a group nor a near-duplicate with the two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evaluation.peers.beside import Peer
from evaluation.rows import Labelled, WrongRow
from models.ad import Ad
from models.calibration import fit_platt, operating_points, sigmoid
from models.labels import Kind
from models.rendering import render
from models.trained_on import TrainedOn, of
from training.corpus.surface import features
from training.encoding import states as encoded
from training.errors import CorpusError
from training.export import OPERATING_POINTS
from training.prepare import load

Row = Mapping[str, Any]
Scores = NDArray[np.float64]
Scorer = Callable[[Sequence[Row]], Scores]

MIN_PHRASE, MAX_PHRASE = 4, 40
"""Characters of a phrase: shorter ones stand in any text, longer ones in one alone."""

CHARACTERS = (2, 5)

WORDS = {
    "keyword list": "How many indicators have a known phrase in the text.",
    "surface features": "Length, case, digits, emoji and punctuation; a logistic regression.",
    "TF-IDF + linear SVM": "Runs of characters and a linear support-vector machine.",
    "frozen-encoder probe": "The untouched base encoder and a logistic regression.",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Labelled rows of a prepared data set, which holds lures and others in each part."""

    train: list[Row]
    calibration: list[Row]
    test: list[Row]


def prepared(data: Path, split: str | None) -> Prepared:
    """``split`` is measured on; ``None``: other files are. Raises
    :class:`~evaluation.rows.WrongRow` where a split is missing or one-sided."""
    try:
        dataset, _ = load(data)
    except CorpusError as error:
        raise WrongRow(str(error)) from None
    parts: dict[str, list[Row]] = {"train": [], "calibration": []}
    if split is not None:
        parts[split] = []
    for row in dataset:
        if row["kind"] is not None and row["split"] in parts:
            parts[row["split"]].append(row)
    for name, rows in parts.items():
        if len({row["kind"] == "lure" for row in rows}) < 2:
            raise WrongRow(f"{data}: the split {name!r} needs lures and other texts")
    test = [] if split is None else parts[split]
    return Prepared(parts["train"], parts["calibration"], test)


def labelled(rows: Sequence[Row]) -> list[Labelled]:
    """Prepared rows to measure on, under the groups that their corpora gave them, since bundles
    keep digests of those."""
    return [
        Labelled(
            text=row["text"], kind=Kind(row["kind"]), group=row["own_group"],
            source=row["source"], language=row["language"], id=row["id"],
            harms=tuple(row["harms"] or ()), platform=row["platform"] or "",
            surface=row["surface"] or "", register=row["register"] or "",
            synthetic=row["synthetic"],
        )
        for row in rows
    ]  # fmt: skip


def digests(known: Prepared) -> TrainedOn:
    """What the baselines are fitted and tuned on, as a bundle would keep it."""
    rows = [*known.train, *known.calibration]
    return of((row["own_group"] for row in rows), [row["text"] for row in rows])


def fitted(
    known: Prepared, base: Path | None, rows: Sequence[Labelled], seed: int = 1
) -> list[Peer]:
    """Every baseline, fitted on the training split and scored on ``rows``. ``base`` is the folder
    of the base encoder; without one the frozen encoder is left out."""
    scorers: dict[str, Scorer] = {
        "keyword list": phrases(known.train),
        "surface features": surface(known.train),
        "TF-IDF + linear SVM": characters(known.train, seed),
    }
    if base is not None:
        scorers["frozen-encoder probe"] = frozen_encoder(known.train, base, seed)
    return [
        tuned(name, WORDS[name], score, known.calibration, rows) for name, score in scorers.items()
    ]


def tuned(
    name: str,
    words: str,
    score: Scorer,
    calibration: Sequence[Row],
    rows: Sequence[Labelled],
) -> Peer:
    """A scorer with probabilities (Platt 1999) and thresholds from the calibration split, both as
    a bundle gets them: no peer is the worse for a scale of its own."""
    known, truth = np.asarray(score(calibration), dtype=np.float64), is_lure(calibration)
    scale, offset = fit_platt(known, truth)
    own = np.asarray(score([{"text": row.text} for row in rows]), dtype=np.float64)
    points = operating_points(sigmoid(scale * known + offset), truth, OPERATING_POINTS)
    return Peer(name, words, np.asarray(sigmoid(scale * own + offset)), points)


def is_lure(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """``(n,)``."""
    return np.array([row["kind"] == "lure" for row in rows], dtype=bool)


def text_of(row: Row) -> str:
    """The text as every model here reads it."""
    return render(Ad(text=row["text"])).text


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
