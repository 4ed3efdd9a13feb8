"""The same text about somebody else: identities and places swapped, or put in.

Counterfactual pairs as in Garg et al. 2019: what the score owes to a word is seen from the text
with another word in its place, everything else the same byte for byte.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evaluation.fairness.terms import HUBS, NON_HUBS, Frame, Hit, Terms

NEUTRAL = "neutral"
"""Subgroup of a control that names nobody."""

# After a sentence (but not after "e.g. " or inside "..."), or at the end of a line.
_BORDER = re.compile(r"[.!?…؟۔।။።](?=\s+[^\sa-zа-я]|\s*$)|[。！？](?![。！？”」])|(?<=\S)(?=\n|$)")
_ENDS = frozenset(".!?…؟۔।။።")
_WIDE = frozenset("。！？")


@dataclass(frozen=True, slots=True)
class Swap:
    """Two texts that differ in one subgroup."""

    dimension: str
    before: str
    """Subgroup that the control names, or :data:`NEUTRAL`."""

    after: str
    words: tuple[str, str]
    """What the two say, as listed; the first where there are several."""

    control: str
    text: str


def in_place(text: str, terms: Terms, dimension: str) -> list[Swap]:
    """Every swap of a subgroup that ``text`` names for one that it does not, by name.

    Of the places, a hub is swapped for places that are none, and the other way round.
    """
    hits = [hit for hit in terms.find(text) if hit.word.dimension == dimension]
    here = {hit.word.subgroup for hit in hits}
    others = {other for hit in hits for other in hit.word.group} - here
    found = (
        replaced(text, terms, [hit for hit in hits if hit.word.subgroup == one], other)
        for one in sorted(here)
        for other in sorted(others)
        if comparable(dimension, one, other)
    )
    return [swap for swap in found if swap is not None]


def comparable(dimension: str, one: str, other: str) -> bool:
    """Whether a swap is asked for: any two identities, but only a hub and a place that is none."""
    if dimension != "places":
        return True
    return (one in HUBS and other in NON_HUBS) or (one in NON_HUBS and other in HUBS)


def replaced(text: str, terms: Terms, hits: Sequence[Hit], other: str) -> Swap | None:
    """``text`` with ``other`` in every one of the hits, which are of one subgroup; ``None`` where
    a form of it is not listed."""
    parts: list[str] = []
    end = 0
    for hit in hits:
        counterpart = hit.word.group.get(other)
        if counterpart is None:
            return None
        found = text[hit.start : hit.end]
        parts += [text[end : hit.start], as_cased(counterpart, found, hit.word.word, terms)]
        end = hit.end
    first = hits[0].word
    words = (first.word, first.group[other])
    return Swap(
        first.dimension, first.subgroup, other, words, text, "".join(parts) + text[end:]
    )  # fmt: skip


def as_cased(word: str, found: str, listed: str, terms: Terms) -> str:
    """``word`` with the capitals of ``found``, a writing of ``listed``: WOMEN gives MEN."""
    if found == listed:
        return word
    if found.isupper() and not listed.isupper():
        return terms.upper(word)
    if found.islower():
        return terms.lower(word)
    if found[0].isupper() and not listed[0].isupper():
        return terms.upper(word[0]) + word[1:]
    return word


def inserted(
    text: str, terms: Terms, dimension: str, use: str, rng: random.Random
) -> list[Swap]:  # fmt: skip
    """A sentence with each phrase of ``dimension`` at one drawn border of a text that names none;
    nothing where it names one. ``use`` picks among the frames: ``ad`` or ``message``.

    The control is the same sentence with a neutral phrase, so that what is measured is the
    identity, not the sentence. A hub's control is a drawn place that is none.
    """
    if any(hit.word.dimension == dimension for hit in terms.find(text)):
        return []
    use = "place" if dimension == "places" else use
    frame = rng.choice([frame for frame in terms.frames if frame.use == use])
    border = rng.choice(borders(text))
    phrases = terms.phrases[dimension] | {NEUTRAL: frame.neutral}
    if dimension == "places":
        quiet = sorted(phrases.keys() & set(NON_HUBS))
        pairs = [(rng.choice(quiet), hub) for hub in sorted(phrases.keys() & set(HUBS))]
    else:
        pairs = [(NEUTRAL, subgroup) for subgroup in sorted(terms.phrases[dimension])]
    return [
        Swap(
            dimension, before, after, (phrases[before], phrases[after]),
            put_in(text, border, frame, phrases[before]),
            put_in(text, border, frame, phrases[after]),
        )
        for before, after in pairs
    ]  # fmt: skip


def between(swaps: Sequence[Swap]) -> list[Swap]:
    """Each inserted identity against the next one of the same text: two that name somebody differ
    in who that is alone, where the neutral control also opens the sentence to all."""
    return [
        Swap(a.dimension, a.after, b.after, (a.words[1], b.words[1]), a.text, b.text)
        for a, b in pairwise(swaps)
    ]


def borders(text: str) -> list[int]:
    """Where a sentence can be put in: after each sentence, at the end of each line."""
    return sorted({found.end() for found in _BORDER.finditer(text)} | {len(text)})


def put_in(text: str, border: int, frame: Frame, phrase: str) -> str:
    """``text`` with the frame's sentence after ``border``, on a line of its own where no mark ends
    the sentence before; all else the same."""
    before = text[:border]
    if not before or before[-1] in _WIDE or before[-1].isspace():
        gap = ""
    else:
        gap = " " if before[-1] in _ENDS else "\n"
    return f"{before}{gap}{frame.text.format(phrase)}{text[border:]}"
