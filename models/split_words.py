"""Words that a space was put into: ``recr uit``, ``kitc hen``. Put together again before reading.

What is one word is told by the tokeniser's own unigram model, which knows the words of a hundred
languages: the more probable two words are together than apart, the likelier one was cut. Between
honest words that is seldom so, and a text has to show two that surely were before any is touched;
then all that likely were are put together too. In scripts without spaces between words it is
likewise runs of letters that are looked at.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from models.alphabets import MARKS
from models.rendering import Rendered

SURE = 11.0
"""By how much the logarithm of the probability together is above that apart, where a word surely
was cut. Words that many write in two reach less: "web site", "on line" and "some one" 8 to 10, "lap
top" 10.5; "recr uit" has 14."""

LIKELY = 4.0
"""The same where it likely was, in a text of which that is known."""

FEWEST, LEAST_SHARE = 2, 0.03
"""Different words surely cut that a text must hold, and the share of all words that are."""

SHORTEST, LONGEST = 4, 24
"""Characters of a word that was cut."""

HIGHEST = -7.6
"""Logarithm of the probability of XLM-R's likeliest word of :data:`SHORTEST` characters ("yang"):
two words that are too likely apart need not be looked up together."""

_WORD = re.compile(rf"(?:[^\W\d_][{MARKS}]*+)++")


class Weight(NamedTuple):
    """What a unigram model says of a word by itself."""

    log_probability: float
    """Natural logarithm, of its likeliest cut into pieces."""

    pieces: int
    """Of that cut."""


Weigh = Callable[[str], Weight]
Word = re.Match[str]


class Joiner:
    """Puts words together by what one unigram model knows. Safe to call from several threads."""

    def __init__(self, weigh: Weigh) -> None:
        self._weigh = weigh

    def joined(self, rendered: Rendered) -> Rendered:
        """The same, or one without the spaces that cut words. Linear in the length of the text."""
        words = [*_WORD.finditer(rendered.text)]
        weigh = cache(self._weigh)  # of this text alone: nobody's words stay in memory
        sure = chosen(gains(weigh, words, SURE))
        different = {(words[i].group() + words[i + 1].group()).lower() for i in sure}
        if len(different) < FEWEST or len(sure) < LEAST_SHARE * len(words):
            return rendered
        return rendered.joined(words[i].end() for i in chosen(gains(weigh, words, LIKELY)))


def gains(weigh: Weigh, words: Sequence[Word], least: float) -> list[float | None]:
    """Of each word with the next one, where they may be one."""
    return [gain(weigh, left, right, least) for left, right in pairwise(words)]


def gain(weigh: Weigh, left: Word, right: Word, least: float) -> float | None:
    """By how much the two are likelier together; ``None`` where that is less than ``least``."""
    if right.start() != left.end() + 1 or left.string[left.end()] != " ":
        return None
    first, second = left.group(), right.group()
    if not SHORTEST <= len(first) + len(second) <= LONGEST:
        return None
    if second[0].isupper() and not first.isupper():  # a name, or where a sentence begins
        return None
    one, other = weigh(first), weigh(second)
    apart = one.log_probability + other.log_probability
    if HIGHEST - apart < least:
        return None
    together = weigh(first + second)
    if together.pieces >= one.pieces + other.pieces:
        return None
    found = together.log_probability - apart
    return found if found >= least else None


def chosen(given: Sequence[float | None]) -> list[int]:
    """Of each pair of neighbours its first, such that no word is in two pairs and the gains add up
    to the most.

    >>> chosen([3.0, 5.0, 3.0]), chosen([3.0, 5.0, None])
    ([0, 2], [1])
    """
    best, before = 0.0, 0.0
    taken: list[bool] = []
    for one in given:
        with_it = -1.0 if one is None else before + one
        taken.append(with_it > best)
        best, before = max(best, with_it), best
    found: list[int] = []
    i = len(taken) - 1
    while i >= 0:
        if taken[i]:
            found.append(i)
            i -= 1
        i -= 1
    return found[::-1]
