"""All trials of all strategies, summed up."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from models import bundle
from models.embedding import Background, Floats
from training import embedding
from training.budget import embeddings
from training.budget.curves import Point, curve
from training.budget.page import write
from training.budget.setting import Material, Shape, trial
from training.budget.strategies import STRATEGIES, UNCERTAIN
from training.budget.summary import summary
from training.budget.texts import Text, texts_of, unfitted
from training.corpus.row import Row
from training.errors import CorpusError
from training.near_duplicates import join_groups

RESULT = "budget.json"
SAMPLE = 3000
"""Texts of which the projection of a base encoder is fitted, without their labels."""


def of_bundle(rows: Sequence[Row], folder: Path, kept: Path) -> tuple[str, list[Text], Material]:
    """By a bundle's encoder: of the rows, those that it was not fitted on. Raises
    :class:`~training.errors.CorpusError`."""
    loaded = bundle.load(folder)
    background = loaded.background()
    if background is None:
        raise CorpusError(f"{folder} has no background of embeddings: give a bundle of format 2")
    texts = joined(texts_of(unfitted(rows, loaded)))
    encode = embeddings.of_bundle(loaded)
    found = embeddings.embedded(words(texts), encode, kept / embeddings.name_of_bundle(loaded))
    places = background.place(found)
    return f"the encoder of {loaded.manifest.name}", texts, Material.of(texts, places)


def of_base(rows: Sequence[Row], folder: Path, kept: Path) -> tuple[str, list[Text], Material]:
    """By the base encoder, which has seen no label: all rows."""
    texts = joined(texts_of(rows))
    encode = embeddings.of_base(folder)
    found = embeddings.embedded(words(texts), encode, kept / embeddings.name_of_base(folder))
    projection = projection_of(found)
    return "the base encoder", texts, Material.of(texts, projection.place(found))


def sampled(rows: Sequence[Row], share: float) -> list[Row]:
    """The rows of so many groups: the same ones every time."""
    return [row for row in rows if zlib.crc32(row.group.encode()) < share * 2**32]


def projection_of(found: Floats) -> Background:
    """A projection as a bundle's, fitted on some of the texts."""
    sample = found[:: max(1, len(found) // SAMPLE)]
    return embedding.background(sample, found[:1], np.zeros(1, dtype=bool), ["und"])


def words(texts: Sequence[Text]) -> list[str]:
    """Of each."""
    return [one.text for one in texts]


def joined(texts: Sequence[Text]) -> list[Text]:
    """Groups joined where near-duplicates carry different ones, so that none is held out while its
    like waits. Raises :class:`~training.errors.CorpusError` where there is no text."""
    if not texts:
        raise CorpusError("no labelled text that the encoder was not fitted on; see --encoder")
    own = [i for i, one in enumerate(texts) if not one.copy]
    before = [texts[i].group for i in own]
    groups = dict(zip(before, join_groups([texts[i].text for i in own], before), strict=True))
    return [Text(**{**asdict(one), "group": groups[one.group]}) for one in texts]


def simulate(
    encoder: str,
    texts: Sequence[Text],
    material: Material,
    shape: Shape,
    seeds: Sequence[int],
    out: Path,
) -> dict[str, Any]:
    """Every strategy with every seed; writes figures, picture and page to ``out``."""
    given = [trial(material, shape, seed) for seed in seeds]
    curves: dict[str, list[list[Point]]] = {}
    with tqdm(total=len(STRATEGIES) * len(given), desc="trials", mininterval=5) as bar:
        for name, choose in STRATEGIES.items():
            for one in given:
                curves.setdefault(name, []).append(curve(material, shape, one, choose))
                bar.update()
    lures = [int(material.lures[one.test].sum()) for one in given]
    result: dict[str, Any] = {
        "setting": {
            "encoder": encoder,
            "texts": sum(not one.copy for one in texts),
            "copies": sum(one.copy for one in texts),
            "seeds": len(given),
            "waiting": float(np.mean([len(one.pool) for one in given])),
            "held lures": float(np.mean(lures)),
            "held others": float(np.mean([len(one.test) for one in given]) - np.mean(lures)),
            **asdict(shape),
        },
        "figures": summary(curves),
        "against uncertain": summary(curves, UNCERTAIN),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / RESULT).write_text(json.dumps(result, indent=1), "utf-8")
    write(result, out)
    return result
