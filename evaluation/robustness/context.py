"""Attacks on context: the lure stays word for word, and what stands around it changes."""

import random
import re
from itertools import pairwise
from math import ceil

from evaluation.robustness.material import texts_for
from evaluation.robustness.words import UNSPACED, script_of, words
from models.ad import SCORED_TURNS, Ad

PADDING = 2.0
"""Characters of padding for each character of the lure, at full strength."""

SENTENCE_END = re.compile(r"(?<=[.!?।])\s+|(?<=[。！？])(?=.)|\n+")
SPACE = re.compile(r"\s+")


def padded_before(text: str, language: str, strength: float, rng: random.Random) -> str:
    """Everyday talk and honest ads, then the lure."""
    return f"{padding(text, language, strength, rng)}\n{text}"


def padded_after(text: str, language: str, strength: float, rng: random.Random) -> str:
    """The lure, then everyday talk and honest ads."""
    return f"{text}\n{padding(text, language, strength, rng)}"


def padding(text: str, language: str, strength: float, rng: random.Random) -> str:
    """Honest text of about ``strength`` times :data:`PADDING` the length, as far as there is."""
    texts = texts_for(language)
    material = [*_shuffled(texts.turns, rng), *_shuffled(texts.ads, rng)]
    taken, length = [], 0
    for one in material:
        if length >= strength * PADDING * len(text):
            break
        taken.append(one)
        length += len(one)
    return " ".join(taken)


def inside_ad(text: str, language: str, strength: float, rng: random.Random) -> str:
    """The lure in the middle of an honest ad, or of several."""
    ads = _shuffled(texts_for(language).ads, rng)
    honest = "\n\n".join(ads[: ceil(strength * len(ads))])
    # Thai ends its sentences with a space.
    ends = [found.start() for found in SENTENCE_END.finditer(honest)]
    ends = ends or [found.start() for found in SPACE.finditer(honest)]
    cut = min(ends, key=lambda end: abs(end - len(honest) / 2))
    return f"{honest[:cut]}\n{text}\n{honest[cut:].lstrip()}"


def over_turns(text: str, _: str, strength: float, __: random.Random) -> Ad:
    """The lure in as many turns of a chat as are read at full strength, two at least."""
    *earlier, last = turns(text, max(2, round(strength * (SCORED_TURNS + 1))))
    return Ad(text=last, thread=tuple(earlier))


def among_turns(text: str, language: str, strength: float, rng: random.Random) -> Ad:
    """The lure in turns, and a turn of everyday talk after each but the last."""
    talk = _shuffled(texts_for(language).turns, rng)
    talk = talk[: ceil(strength * len(talk))]
    *earlier, last = turns(text, len(talk) + 1)
    thread = [turn for pair in zip(earlier, talk, strict=False) for turn in pair]
    return Ad(text=last, thread=tuple(thread))


def turns(text: str, count: int) -> list[str]:
    """The text in so many parts, or as many as it has words, cut after spaces, and in scripts that
    have too few of them before any word; never in a contact."""
    starts = [start for start, _ in words(text) if start]
    spaced = [start for start in starts if text[start - 1].isspace()]
    if script_of(text) not in UNSPACED or len(spaced) >= count - 1:
        starts = spaced
    count = min(count, len(starts) + 1)
    cuts = [0, *(starts[i * len(starts) // count] for i in range(1, count)), len(text)]
    parts = [text[low:high].strip() for low, high in pairwise(cuts)]
    return [part for part in parts if part] or [text]


def warned_of(text: str, language: str, strength: float, rng: random.Random) -> str:
    """The lure quoted in a warning: one line before it, a paragraph, or one on both sides."""
    frame = rng.choice(texts_for(language).warnings)
    before = frame.short if strength <= 0.25 else frame.before
    after = f"\n{frame.after}" if strength > 0.5 else ""
    return f"{before}\n“{text}”{after}"


def posing(text: str, language: str, strength: float, rng: random.Random) -> str:
    """The lure among warnings of others, up to all that the language has, half of them after it."""
    poses = _shuffled(texts_for(language).poses, rng)
    said = poses[: ceil(strength * len(poses))]
    half = ceil(len(said) / 2)
    return "\n".join(part for part in (" ".join(said[:half]), text, " ".join(said[half:])) if part)


def _shuffled(known: tuple[str, ...], rng: random.Random) -> list[str]:
    return rng.sample(known, len(known))
