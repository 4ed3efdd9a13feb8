"""Which words moved the lure logit, and by how much: read off the forward pass, exact.

The document's logit is the mean of its tokens' logits, so a token's share is its own logit over
their number. Tokens are joined to words where the tokeniser parted them by no space, and
neighbouring words of one field that pull strongly the same way to a phrase. In scripts without
spaces (:data:`DENSE`) the borders are those of the tokeniser's sub-words, moved to the next whole
character where a vowel sign would be torn off. The shares of all phrases, the constant and nothing
else add up to the logit.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from models.calibration import LURE, Calibration
from models.inference import Offsets
from models.rendering import Located, Rendered
from service.scoring.scorer import Scored

MAX_EVIDENCE = 8
"""Phrases named in an answer: what a reviewer reads in seconds."""

STRONG = 0.3
"""Of the largest share: words that pull at least so much are joined to a phrase."""

MAX_PHRASE_WORDS = 6
MAX_WORD_CHARS = 24
"""A run without a space that is longer is cut: a link, a row of signs."""

CHARACTERS = 2**12
"""So many are remembered as dense or not."""

# Han, Kana, Bopomofo; Thai, Lao, Tibetan; Myanmar; Khmer.
DENSE = (
    (0x2E80, 0x312F), (0x31A0, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0xAA60, 0xAA7F), (0x1780, 0x17FF),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word or phrase and its share of the lure logit."""

    place: Located
    share: float
    """In units of the calibrated logit; positive speaks for a lure."""

    alone: float
    """The calibrated logit of a text whose words all spoke as these do: what a place is worth
    whatever its length."""


Runs = list[tuple[int, int]]


def evidence_of(
    scored: Scored, calibration: Calibration, most: int | None = None
) -> tuple[Evidence, ...]:
    """Phrases of the window that speaks, strongest first, for a lure and against one: ``most`` of
    them, or all."""
    logits = scored.logits
    total = len(logits.offsets)
    shares = (calibration.scale * logits.tokens[:, LURE].astype(np.float64) / total).tolist()
    fields = field_of_each(scored.rendered, logits.offsets)
    runs = phrases(list(words(scored.rendered.text, logits.offsets)), shares, fields)
    pulls = sorted(((sum(shares[a:b]), a, b) for a, b in runs), key=lambda one: -abs(one[0]))
    found: list[Evidence] = []
    for share, first, last in pulls:
        if len(found) == most:
            break
        places = locate(scored.rendered, logits.offsets, first, last - 1)
        alone = float(share * total / (last - first) + calibration.offset)
        found += [Evidence(place, share, alone) for place in places[-1:]]
    return tuple(found)


def words(text: str, offsets: Offsets) -> Iterator[tuple[int, int]]:
    """Runs of tokens that make a word, as ``[first, last)``, every token in one."""
    first = 0
    for i in range(1, len(offsets) + 1):
        if i == len(offsets) or ends_word(text, offsets, first, i):
            yield first, i
            first = i


def ends_word(text: str, offsets: Offsets, first: int, i: int) -> bool:
    """Whether a word that began with token ``first`` ends before token ``i``."""
    start, before = offsets[i][0], offsets[i - 1][1]
    char = text[start : start + 1]
    if start > before or char.isspace():
        return True
    if char and unicodedata.category(char).startswith("M"):
        return False
    if is_dense(char) or is_dense(text[before - 1 : before]):
        return True
    return offsets[i][1] - offsets[first][0] > MAX_WORD_CHARS


@lru_cache(CHARACTERS)
def is_dense(char: str) -> bool:
    """Whether the character is of a script that puts no spaces between words."""
    return bool(char) and any(low <= ord(char) <= high for low, high in DENSE)


def field_of_each(rendered: Rendered, offsets: Offsets) -> list[int]:
    """For each token, which of the ad's fields its first visible character stands in; a line break
    between two fields belongs to the one after it."""
    ends = [part.offset + part.length for part in rendered.parts]
    if len(ends) == 1:
        return [0] * len(offsets)
    return [bisect_right(ends, visible(rendered.text, start, end)) for start, end in offsets]


def phrases(runs: Runs, shares: Sequence[float], fields: Sequence[int]) -> Runs:
    """Neighbouring words of one field joined where both pull strongly the same way."""
    if len(set(fields)) > 1:
        runs = [part for first, last in runs for part in parts(first, last, fields)]
    sums = [sum(shares[first:last]) for first, last in runs]
    strong = STRONG * max((abs(one) for one in sums), default=0.0)
    joined: Runs = []
    words_in: list[int] = []
    for i, (first, last) in enumerate(runs):
        follows = joined and joined[-1][1] == first and words_in[-1] < MAX_PHRASE_WORDS
        alike = i > 0 and min(abs(sums[i]), abs(sums[i - 1])) >= strong
        together = alike and fields[first] == fields[first - 1]
        if follows and together and (sums[i] > 0) == (sums[i - 1] > 0):
            joined[-1] = (joined[-1][0], last)
            words_in[-1] += 1
        else:
            joined.append((first, last))
            words_in.append(1)
    return joined


def parts(first: int, last: int, fields: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Of a word, the runs of tokens in one field: one turn's last word and the next one's first are
    one to the tokeniser where a sign ends the turn."""
    for _, tokens in groupby(range(first, last), fields.__getitem__):
        run = list(tokens)
        yield run[0], run[-1] + 1


def locate(rendered: Rendered, offsets: Offsets, first: int, last: int) -> Sequence[Located]:
    """Where the tokens from ``first`` to ``last`` came from, without the space before a word,
    which the tokeniser counts to it."""
    end = offsets[last][1]
    return rendered.locate(visible(rendered.text, offsets[first][0], end), end)


def visible(text: str, start: int, end: int) -> int:
    """Where ``text[start:end]`` begins without spaces; of nothing else, its last one."""
    while start < end - 1 and text[start].isspace():
        start += 1
    return start
