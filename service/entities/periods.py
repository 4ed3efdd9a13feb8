"""What a sum is paid for: an hour, a day, a task."""

import re
from dataclasses import dataclass

from service.entities import period_words
from service.entities.entity import Period
from service.entities.lexicon import Lexicon

_AROUND = Lexicon(period_words.AROUND)
_AFTER_SLASH = Lexicon(period_words.AFTER)
_SHORT = Lexicon(period_words.SHORT)
_SLASH = re.compile(r"[ )]{0,2}(?:[^\W\d]{2,7}\.? ?)?/ ?")
_DIGIT_BEFORE = re.compile(r"\d ?$")

BREAK = re.compile(r"[\d.!?;,。；،、\0]|\n\n|(?<!:)\n")
"""What parts a word from a sum beside it."""

BEFORE = 26
"""Characters before a sum in which a word that belongs to it is looked for."""

AFTER = 11
"""Most characters between a sum and its period after it."""

LONGEST = 20
"""Characters of a period."""


@dataclass(frozen=True, slots=True)
class Told:
    """A period, where its word ends, and whether it touches the sum."""

    period: Period
    end: int
    direct: bool


def period_of(
    text: str, span: tuple[int, int], around: tuple[int, int], language: str | None
) -> Told | None:
    """Period of the sum at ``span`` of a lower-case text, said after it or else before it, in the
    room that its neighbours leave: ``around`` is where the last ends and the next begins."""
    return _after(text, span[1], around[1], language) or _before(text, span[0], around[0])


def _after(text: str, end: int, following: int, language: str | None) -> Told | None:
    slash = _SLASH.match(text, end)
    if slash:
        word = _AFTER_SLASH.at(text, slash.end())
        if word:
            own = period_words.AFTER_IN.get(word.word, {})
            return Told(own.get(language or "", word.meaning), word.end, True)
    short = _SHORT.at(text, end + (text[end : end + 1] == " "))
    if short:
        return Told(short.meaning, short.end, False)
    for word in _AROUND.within(text, end, min(end + AFTER + LONGEST, following)):
        if word.start - end > AFTER or BREAK.search(text, end, word.start):
            break
        if word.word not in period_words.BEFORE_ONLY:
            return Told(word.meaning, word.end, word.start - end <= 1)
    return None


def _before(text: str, start: int, last_end: int) -> Told | None:
    found = None
    for word in _AROUND.within(text, max(last_end, start - BEFORE), start):
        digit = _DIGIT_BEFORE.search(text[max(0, word.start - 2) : word.start])
        if (word.word in period_words.UNITS and digit) or BREAK.search(text, word.end, start):
            continue
        touches = start - word.end <= 1 and word.word in period_words.BEFORE
        found = Told(word.meaning, start, touches)
    return found
