"""A lure set inside the words of a warning, so that quoting one is not posting one.

The words come from the training split itself: a text about lures that quotes something at length
is a frame for any lure of its language.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.labels import Kind

QUOTATION = re.compile(
    '“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」|『([^『』]+)』|"([^"]+)"'
)

LEAST_QUOTED = 40
"""Characters a quotation must have to be that of an offer and not of a word."""

LEAST_FRAME = 20
"""Characters a frame must have: fewer cannot say that the text is a quotation."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before and after a quotation, quotation marks included."""

    before: str
    after: str


Frames = dict[str, list[Frame]]
"""By language and script, region left out."""


def frames_of(rows: Sequence[dict[str, Any]]) -> Frames:
    """Frames in prepared rows."""
    frames: Frames = {}
    for row in rows:
        frame = frame_of(row["text"]) if row["kind"] == Kind.ABOUT_LURES else None
        if frame is not None:
            frames.setdefault(spoken(row["language"]), []).append(frame)
    return frames


def frame_of(about: str) -> Frame | None:
    """What a text says around its longest quotation, if that is long and the only long one."""
    found = sorted(
        (m.span(m.lastindex or 0) for m in QUOTATION.finditer(about)), key=lambda s: s[0] - s[1]
    )
    if not found or found[0][1] - found[0][0] < LEAST_QUOTED:
        return None
    if len(found) > 1 and found[1][1] - found[1][0] >= LEAST_QUOTED:
        return None
    start, end = found[0]
    before, after = about[:start], about[end:]
    return Frame(before, after) if len(before) + len(after) >= LEAST_FRAME else None


def quoted(
    row: dict[str, Any], frames: Frames, chance: float, rng: random.Random
) -> dict[str, Any]:
    """The row, or, by chance, if it is a lure, a text about lures that quotes it."""
    known = frames.get(spoken(row["language"]), [])
    if row["kind"] != Kind.LURE or not known or rng.random() >= chance:
        return row
    frame = rng.choice(known)
    return row | {
        "text": frame.before + row["text"] + frame.after,
        "kind": Kind.ABOUT_LURES,
        "harms": [],
        "spans": [],
        "pair_key": "",
    }


def spoken(tag: str) -> str:
    """Language and script of a BCP 47 tag: ``zh-Hant-TW`` is ``zh-Hant``."""
    primary, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4), "")
    return f"{primary}-{script}" if script else primary
