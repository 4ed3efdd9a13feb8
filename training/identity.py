"""A sentence that names an identity or a place, put into lures and honest ads alike: who is
addressed, and where, says nothing of what an offer is (counterfactual data augmentation, Lu et al.
2018).

The words in ``identities.json`` are others than those that ``evaluation`` swaps: what it measures
was not learnt by heart.
"""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from models.labels import Kind
from training.padding import LINE_OR_SENTENCE, moved, plain
from training.quoting import spoken

WORDS = Path(__file__).with_name("identities.json")
KINDS = (Kind.LURE, Kind.RECRUITMENT, Kind.ABOUT_LURES)


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """By language, and for Chinese by script: ``frames`` with ``groups``, ``place_frames`` with
    ``places``."""
    found: dict[str, dict[str, list[str]]] = json.loads(WORDS.read_text("utf-8"))
    return found


def named(row: dict[str, Any], chance: float, rng: random.Random) -> dict[str, Any]:
    """The row, or, by chance, the row with such a sentence before, after or between its own."""
    tag = spoken(row["language"])
    own = words().get(tag) or words().get(tag.removesuffix("-Hans"))
    if row["kind"] not in KINDS or own is None or rng.random() >= chance:
        return row
    frames, fillers = rng.choice((("frames", "groups"), ("place_frames", "places")))
    sentence = rng.choice(own[frames]).replace("{}", rng.choice(own[fillers]))
    ends = [m.end() for m in LINE_OR_SENTENCE.finditer(row["text"])]
    at = rng.choice([0, *ends])
    return moved(row, [(at, plain(f" {sentence} " if at else f"{sentence} "))])
