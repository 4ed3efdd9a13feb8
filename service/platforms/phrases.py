"""Phrases that are frequent in lures and rare in honest texts, found where the score's evidence
lies; for filters that know nothing but words.

A phrase has two words at least, none of them in a contact, and stands in several lures that are no
copies of each other. Phrases are taken one by one, each time the one that adds most lures to those
covered, so that a filter stays short: every phrase more is one that may hit the honest.
"""

import heapq
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import comb
from typing import Literal

from service.evidence import is_dense

Span = tuple[int, int]
Form = Literal["words", "numbers", "dense"]

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
PLACEHOLDER = re.compile(r"<\w+>")
GAP = re.compile(r"[^\w\n<>]{1,3}")
"""Between two words of a phrase with numbers: a space, a sign of a currency."""

MOST_WORDS = 6
LONG_WORD = 3
"""Letters of a word that says something."""

LEAST_CHARS = 8
LEAST_DENSE = 4
"""Characters of a phrase, in scripts with and without spaces between words."""

MAX_CHARS = 58
"""Of a phrase: a filter's 60, less two wildcards."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that people or the model have judged."""

    text: str
    lure: bool
    evidence: tuple[Span, ...] = ()
    """Words that spoke for a lure."""

    contacts: tuple[Span, ...] = ()
    """What belongs to a person: never part of a phrase."""

    group: str | None = None
    """Copies of one template count once."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Found in so many lures and honest texts, copies counted once."""

    text: str
    """Folded to small letters; ``#`` for a number."""

    form: Form
    lures: int
    honest: int


@dataclass(frozen=True, slots=True)
class Limits:
    """When a phrase is strong."""

    least_lures: int = 3
    most_honest: float = 0.001
    """Share of honest texts that may hold it."""

    most_chance: float = 0.01
    """Probability that a phrase which lures and honest texts use alike would be found like this:
    among few honest texts it must be in more lures."""


@dataclass(frozen=True, slots=True)
class Found:
    """The phrases, strongest first, and what they come to."""

    phrases: tuple[Phrase, ...]
    lures: int
    covered: int
    """Lures that hold one at least."""

    honest: int
    hit: int
    """Honest texts that hold one at least."""


Candidate = tuple[str, Form]


def mined(texts: Sequence[Text], limits: Limits = Limits(), most: int = 1000) -> Found:
    """The strongest phrases, ``most`` of them at most."""
    lures: dict[Candidate, set[str]] = defaultdict(set)
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for one in texts:
        groups[one.lure].add(group_of(one))
        if one.lure:
            for phrase in candidates(one):
                lures[phrase].add(group_of(one))
    kept = {phrase: few for phrase, few in lures.items() if len(few) >= limits.least_lures}
    honest = held(kept, [one for one in texts if not one.lure])
    allowed = limits.most_honest * len(groups[False])
    sizes = len(groups[True]), len(groups[False])
    strong = {
        phrase: few
        for phrase, few in kept.items()
        if len(honest[phrase]) <= allowed
        and chance(len(few), len(honest[phrase]), *sizes) <= limits.most_chance
    }
    chosen = list(covering(strong, most))
    covered = set().union(*(strong[one] for one in chosen)) if chosen else set()
    hit = set().union(*(honest[one] for one in chosen)) if chosen else set()
    phrases = tuple(
        Phrase(text, form, len(strong[text, form]), len(honest[text, form]))
        for text, form in chosen
    )
    return Found(phrases, len(groups[True]), len(covered), len(groups[False]), len(hit))


@lru_cache(maxsize=4096)
def chance(lures: int, honest: int, all_lures: int, all_honest: int) -> float:
    """Probability that so many of the texts with a phrase, or more, are lures, were they drawn from
    all alike (R. A. Fisher's exact test, one-sided).

    >>> chance(3, 0, 3, 7)
    0.008333333333333333
    """
    drawn = lures + honest
    ways = sum(
        comb(all_lures, k) * comb(all_honest, drawn - k)
        for k in range(lures, min(drawn, all_lures) + 1)
    )
    return ways / comb(all_lures + all_honest, drawn)


def group_of(one: Text) -> str:
    """Its own, or its words."""
    return one.group or " ".join(WORD.findall(one.text.casefold()))


def covering(strong: Mapping[Candidate, set[str]], most: int) -> Iterator[Candidate]:
    """Phrases until no lure is added: each time the one that adds most, then the one in most lures,
    then the shortest."""
    covered: set[str] = set()
    heap = [(-len(few), -len(few), len(text), text, form) for (text, form), few in strong.items()]
    heapq.heapify(heap)
    taken = 0
    while heap and taken < most:
        stale, total, length, text, form = heapq.heappop(heap)
        adds = len(strong[text, form] - covered)
        if adds == 0:
            continue
        if adds < -stale:
            heapq.heappush(heap, (-adds, total, length, text, form))
            continue
        covered |= strong[text, form]
        taken += 1
        yield text, form


def candidates(one: Text) -> set[Candidate]:
    """The phrases of a lure that lie on its evidence."""
    return {
        (phrase, form)
        for phrase, form, span in phrases_of(one)
        if any(start < span[1] and span[0] < end for start, end in one.evidence)
    } | set(dense(one))


def held(wanted: Mapping[Candidate, set[str]], texts: Iterable[Text]) -> dict[Candidate, set[str]]:
    """By phrase, the texts that hold it."""
    found: dict[Candidate, set[str]] = {phrase: set() for phrase in wanted}
    unspaced = [phrase for phrase in wanted if phrase[1] == "dense"]
    for one in texts:
        group, folded = group_of(one), one.text.casefold()
        for phrase, form, _ in phrases_of(one):
            if (phrase, form) in found:
                found[phrase, form].add(group)
        for key in unspaced:
            if key[0] in folded:
                found[key].add(group)
    return found


def phrases_of(one: Text) -> Iterator[tuple[str, Form, Span]]:
    """Runs of two to six words without a contact."""
    barred = [*one.contacts, *(found.span() for found in PLACEHOLDER.finditer(one.text))]
    runs = list(WORD.finditer(one.text))
    open_ = [
        not any(start < word.end() and word.start() < end for start, end in barred) for word in runs
    ]
    for first in range(len(runs)):
        for last in range(first + 1, min(first + MOST_WORDS, len(runs))):
            if not (open_[first] and open_[last]):
                break
            if not GAP.fullmatch(one.text, runs[last - 1].end(), runs[last].start()):
                break
            if phrase := joined(one.text, runs[first : last + 1]):
                yield *phrase, (runs[first].start(), runs[last].end())


def joined(text: str, words: Sequence[re.Match[str]]) -> Candidate | None:
    """Words as a phrase; ``None`` where they say too little to stand alone."""
    said = [word[0].casefold() for word in words]
    numbers = ["#" if any(map(str.isdigit, word)) else word for word in said]
    long = sum(len(word) >= LONG_WORD for word in numbers if word != "#")
    plain = "#" not in numbers
    if plain and any(text[a.end() : b.start()] != " " for a, b in pairwise(words)):
        return None
    phrase = " ".join(numbers)
    if long < 2 or not LEAST_CHARS <= len(phrase) <= MAX_CHARS or any(map(is_dense, phrase)):
        return None
    return phrase, "words" if plain else "numbers"


def dense(one: Text) -> Iterator[Candidate]:
    """Evidence in scripts that put no space between words, as it stands."""
    barred = [*one.contacts, *(found.span() for found in PLACEHOLDER.finditer(one.text))]
    for start, end in merged(one.evidence):
        phrase = one.text[start:end].casefold().strip()
        apart = not any(a < end and start < b for a, b in barred)
        if apart and LEAST_DENSE <= len(phrase) <= MAX_CHARS and all(map(is_dense, phrase)):
            yield phrase, "dense"


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one.

    >>> merged([(4, 6), (0, 2), (2, 3)])
    [(0, 3), (4, 6)]
    """
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
