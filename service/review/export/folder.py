"""Writes the folder, all of it or nothing."""

import secrets
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from service.errors import ExportError
from service.review.export.card import Counts, card
from service.review.export.files import TRAIN, WORDS, JsonLines, Parquet, Writer
from service.review.export.rows import SOURCE, disagreement, each_word, labelled
from service.store import Vault
from service.store.tables import Feedback

Format = Literal["both", "parquet", "jsonl"]

TRAIN_FILE = "data/train-00000-of-00001.parquet"
WORDS_FILE = "reviewers/words"
"""In a folder of its own, as are disagreements: what lies beside the rows is read as rows."""

DISAGREEMENTS_FILE = "reviewers/disagreements.jsonl"


def write(ads: Iterable[list[Feedback]], vault: Vault, out: Path, form: Format) -> Counts:
    """Write every ad; gives the counts that the card tells. The folder is for its owner alone: it
    holds texts. Raises :class:`~service.errors.ExportError`."""
    must_be_empty(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    unfinished.mkdir(mode=0o700)
    try:
        counts = fill(unfinished, ads, vault, form)
        (unfinished / "README.md").write_text(card(counts, form, TRAIN_FILE, WORDS_FILE), "utf-8")
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return counts


def must_be_empty(out: Path) -> None:
    """Raises :class:`~service.errors.ExportError`."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{out} is not empty; name a folder that is, or does not exist yet")


def fill(folder: Path, ads: Iterable[list[Feedback]], vault: Vault, form: Format) -> Counts:
    """The files of rows and words."""
    counts = Counts()
    reviewers = Counter[str]()
    with ExitStack() as stack:

        def opened(writer: Writer) -> Writer:
            stack.callback(writer.close)
            return writer

        train: list[Writer] = []
        if form != "jsonl":
            train.append(opened(Parquet(folder / TRAIN_FILE, TRAIN)))
        if form != "parquet":
            train.append(opened(JsonLines(folder / f"{SOURCE}.jsonl")))
        words_file = (
            JsonLines(folder / f"{WORDS_FILE}.jsonl")
            if form == "jsonl"
            else Parquet(folder / f"{WORDS_FILE}.parquet", WORDS)
        )
        each = opened(words_file)
        differing = opened(JsonLines(folder / DISAGREEMENTS_FILE))
        for words in ads:
            row, differs = labelled(words, vault), disagreement(words, vault)
            if row is not None:
                for writer in train:
                    writer.add(row)
            if differs is not None:
                differing.add(differs)
            for word in each_word(words):
                each.add(word)
                reviewers[word["reviewer"]] += 1
            counts.add(words, row, differs)
    counts.reviewers = len(reviewers)
    if not counts.ads:
        raise ExportError("no feedback to export; nothing was written")
    return counts
