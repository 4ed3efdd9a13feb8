"""The texts a measurement draws from: the written corpus, or a file of one's own.

Texts that do not fit into one window are left out. Ours reads such a text in several windows, the
others cut it off: they would be given less to do, not the same.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.ad import Ad
from models.bundle import Bundle
from models.rendering import render
from models.tokenization import Tokenizer
from training.augment import fill
from training.corpus import loaders
from training.edits import Example
from training.slots import change_slots

FEWEST = 400
"""Texts that a bundle was not fitted on, below which all are taken."""

SPECIAL = 2
"""Pieces that stand before and after those of a text."""

SPARE = 16
"""Pieces that a variant of a text may be longer by."""


class TooFewTexts(Exception):
    """Nothing to draw from, with what would help."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text to draw."""

    text: str
    language: str
    """Primary subtag, such as ``pt``; ``und`` where the file does not say."""

    kind: str
    """One of the six kinds; empty where the file does not say."""

    tokens: int
    """Pieces, the special ones left out."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts to draw from, and where they come from."""

    texts: tuple[Text, ...]
    source: str
    too_long: int
    """Texts left out because they do not fit into one window."""


def written(bundle: Bundle, held_out: bool = True) -> Pool:
    """The written corpus; ``held_out``: of it what the bundle was neither fitted nor calibrated on,
    where that is enough. A first stage that answers easy texts would do better on those it saw."""
    rows = loaders.written()
    source = "the written corpus"
    seen = bundle.trained_on() if held_out else None
    if seen is not None:
        unseen = [row for row in rows if not seen.holds(row.group)]
        if len(unseen) >= FEWEST:
            rows, source = unseen, f"{source}, texts that {bundle.manifest.name} was not fitted on"
    given = ((row.text, row.language, row.kind or "") for row in rows)
    return measured(given, bundle, source)


def of_file(path: Path, bundle: Bundle) -> Pool:
    """JSON lines with ``text``, and ``language`` and ``kind`` where they are known."""
    return measured(_lines(path), bundle, path.name)


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text = row["text"]
                if not isinstance(text, str) or not text.strip():
                    raise ValueError("text is empty")
            except (ValueError, KeyError, TypeError) as error:
                raise TooFewTexts(f"{path}:{number}: no ad in this line ({error})") from None
            yield text, row.get("language") or "und", row.get("kind") or ""


def measured(given: Iterable[tuple[str, str, str]], bundle: Bundle, source: str) -> Pool:
    """Texts with their length; each text once."""
    room = bundle.manifest.limits.window_tokens - SPECIAL - SPARE
    kept: dict[str, Text] = {}
    too_long = 0
    for text, language, kind in given:
        length = tokens(bundle.tokenizer, text)
        if length > room:
            too_long += 1
        elif length:
            kept.setdefault(text, Text(text, language.partition("-")[0], kind, length))
    if not kept:
        raise TooFewTexts(f"{source} has no text that fits into a window of {room} pieces")
    return Pool(tuple(kept.values()), source, too_long)


def tokens(tokenizer: Tokenizer, text: str) -> int:
    """Pieces of a text as ours reads it or as the others do, whichever are more."""
    ours, theirs = render(Ad(text=text)).text, text
    return max(len(tokenizer.encode(one, add_special_tokens=False).ids) for one in {ours, theirs})


def variant(text: Text, rng: random.Random, again: int) -> str:
    """The text with contacts invented for it; from the second time on (``again`` > 0) also with
    other sums and places, and a number of its own, so that no two are the same."""
    example = Example(text.text, None)
    if again:
        example = change_slots(example, text.language, rng)
    filled = fill(example, rng).text
    return f"{filled} #{again}-{rng.randrange(10**5)}" if again else filled
