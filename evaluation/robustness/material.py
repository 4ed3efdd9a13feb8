"""The honest texts, warnings and phrases that attacks use: a file of ``texts/`` for each language.

All of it was written for this purpose: nothing in it is in a training or an evaluation corpus.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Frame:
    """The words of a warning around a lure that it quotes."""

    short: str
    """One line, enough on its own."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is in one language."""

    turns: tuple[str, ...]
    """Everyday talk, a turn of a chat each."""

    ads: tuple[str, ...]
    """Honest job ads."""

    warnings: tuple[Frame, ...]

    poses: tuple[str, ...]
    """What a lure says to pass for a warning."""

    switches: dict[str, tuple[str, ...]]
    """Words of the language with the foreign ones that people mix in."""

    fillers: tuple[str, ...]
    """Foreign words thrown in."""

    rewordings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Phrases common in lures with other ways to say them."""


@cache
def available() -> frozenset[str]:
    """Languages that have a file, as ``zh-Hant``."""
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


def own(tag: str) -> str | None:
    """The file for a BCP 47 tag, ``None`` where its language, or that script of it, has none."""
    primary, *rest = tag.split("-")
    written = next((part for part in rest if len(part) == 4), "")
    if primary == "zh":
        written = written or ("Hant" if {"TW", "HK", "MO"} & set(rest) else "Hans")
    name = {"fil": "tl"}.get(primary, primary) + (f"-{written}" if written else "")
    return name if name in available() else None


def texts_for(tag: str) -> Texts:
    """Texts in the language of a BCP 47 tag, in English where it has none of its own."""
    return read(own(tag) or FALLBACK)


@cache
def read(name: str) -> Texts:
    """One file."""
    given = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return Texts(
        turns=tuple(given["turns"]),
        ads=tuple(given["ads"]),
        warnings=tuple(Frame(**frame) for frame in given["warnings"]),
        poses=tuple(given["poses"]),
        switches={phrase: (other,) for phrase, other in given["switches"].items()},
        fillers=tuple(given["fillers"]),
        rewordings={phrase: tuple(to) for phrase, to in given.get("rewordings", {}).items()},
    )
