"""Numbers with the multiplier and the currency beside them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.entities import money_words
from service.entities.hints import Hints
from service.entities.lexicon import Lexicon, Meaning, Word
from service.entities.numbers import Number, numbers
from service.entities.reading import Reading

_CURRENCIES = Lexicon(money_words.CURRENCIES)
_MULTIPLIERS = Lexicon(money_words.MULTIPLIERS)
_RIGHT_GAP = re.compile(r"(?:/-|,-|\.-|\+)?(?: de | d'| din | di |[ -]?[(\[]?)")
_TAIL = re.compile(r"/-|,-|\.-|\+")
_CENTS = re.compile(r"€(\d\d)(?!\d|[.,]\d| ?€)")
_LEFT_GAP = " .:=~(-"
_LONGEST_WORD = 16
TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Sum:
    """A number at ``[start, end)``, the words beside it included."""

    start: int
    end: int
    number: Number
    multiplier: Word[int] | None
    currency: Word[str] | None
    rest: Decimal = Decimal(0)
    """What a second number adds: the 5,000 of ``3万5千``, the cents of ``12€50``."""

    @property
    def factor(self) -> int:
        """1, or what the multiplier means."""
        return self.multiplier.meaning if self.multiplier else 1

    @property
    def value(self) -> Decimal:
        """The whole sum."""
        return self.number.value * self.factor + self.rest


def sums(reading: Reading, hints: Hints) -> list[Sum]:
    """Numbers of a reading that are not part of an entity or a word, in order."""
    found: list[Sum] = []
    last_end = 0
    for number in numbers(reading.text, hints.language):
        if number.start < last_end or reading.taken(number.start, number.end):
            continue
        one = _with_words(reading, hints, number, last_end)
        if one is None:
            continue
        last_end = one.end
        whole = _compound(reading, found[-1], one) if found else None
        if whole:
            found[-1] = whole
        else:
            found.append(one)
    return found


def _compound(reading: Reading, high: Sum, low: Sum) -> Sum | None:
    """Both as one sum, where the second goes on with the first: ``3万5千``, ``4 lakh 50 thousand``,
    ``1tr5`` (Vietnamese: 1.5 million)."""
    between = reading.text[high.end : low.start]
    goes_on = high.multiplier and high.end == high.multiplier.end and between in ("", " ")
    if not goes_on or low.start != low.number.start or high.rest:
        return None
    if low.multiplier:
        rest = low.value
    elif between == "" and low.number.end - low.number.start == 1:
        rest = low.number.value * (high.factor // 10)
    elif between == "" and high.factor == TEN_THOUSAND:
        rest = low.number.value
    else:
        return None
    if rest >= high.factor:
        return None
    return Sum(
        high.start, low.end, high.number, high.multiplier, low.currency or high.currency, rest
    )


def _with_words(reading: Reading, hints: Hints, number: Number, after: int) -> Sum | None:
    """``number`` with the words beside it, which begin at ``after`` at the earliest; ``None`` for
    digits inside a word."""
    start, end = number.start, number.end
    multiplier = _multiplier_right(reading, hints, end)
    if multiplier:
        end = multiplier.end
    else:
        multiplier = _multiplier_left(reading, after, start)
        start = multiplier.start if multiplier else start
    large = multiplier is not None or number.value >= 100
    right = _currency_right(reading, hints, end, large)
    left = _currency_left(reading, hints, after, start, large)
    before = reading.text[max(after, start - 1) : start]
    if left is None and before.isascii() and (before.isalpha() or before == "_"):
        return None
    cents = None if multiplier or right else _CENTS.match(reading.text, end)
    if cents:
        euro = _CURRENCIES.at(reading.lower, end)
        return Sum(start, cents.end(), number, None, euro, Decimal(cents[1]) / 100)
    currency = right or left
    if left and right and left.word.isalpha() and not right.word.isalpha():
        currency = left  # "USD 500$"
    if right is None:
        tail = _TAIL.match(reading.text, end)
        end = tail.end() if tail else end
    return Sum(
        left.start if left else start,
        right.end if right else end,
        number,
        multiplier,
        currency,
    )


def _multiplier_right(reading: Reading, hints: Hints, end: int) -> Word[int] | None:
    space = reading.text[end : end + 1] == " "
    word = _MULTIPLIERS.at(reading.lower, end + space)
    if word is None or (space and word.word in money_words.TIGHT):
        return None
    return word if _said_in(hints, word) and _capital(reading, word) else None


def _multiplier_left(reading: Reading, after: int, start: int) -> Word[int] | None:
    word = _ends_at(reading, _MULTIPLIERS, after, start)
    return word if word and word.word in money_words.FIRST else None


def _currency_right(reading: Reading, hints: Hints, end: int, large: bool) -> Word[str] | None:
    gap = _RIGHT_GAP.match(reading.lower, end)
    assert gap is not None  # it may be empty
    for start in dict.fromkeys((gap.end(), end)):
        word = _CURRENCIES.at(reading.lower, start)
        if word is None or word.word in money_words.LEFT_ONLY or not _said_in(hints, word):
            continue
        next_sum = not word.word.isalpha() and (
            reading.text[word.end : word.end + 1].isdigit() or "-" in gap.group()
        )
        if not next_sum and _counts(reading, word, large):
            return word
    return None


def _currency_left(
    reading: Reading, hints: Hints, after: int, start: int, large: bool
) -> Word[str] | None:
    word = _ends_at(reading, _CURRENCIES, after, start)
    if word is None or word.word in money_words.RIGHT_ONLY or not _said_in(hints, word):
        return None
    if word.word in money_words.TIGHT and word.end < start:
        return None
    return word if _counts(reading, word, large) else None


def _said_in(hints: Hints, word: Word[Any]) -> bool:
    """Whether a short word is one of the ad's language or country."""
    where = money_words.ONLY_IN.get(word.word)
    return where is None or hints.language in where or hints.region in where


def _capital(reading: Reading, word: Word[Any]) -> bool:
    """Whether a sign that is a word in lower case is written in capitals."""
    typed = reading.text[word.start : word.end]
    return word.word not in money_words.CAPITALS_ONLY or typed.isupper()


def _counts(reading: Reading, word: Word[str], large: bool) -> bool:
    """Whether a sign is written as a currency, beside a sum that it may be trusted with."""
    return _capital(reading, word) and (large or word.word not in money_words.PAY_ONLY)


def _ends_at(
    reading: Reading, lexicon: Lexicon[Meaning], after: int, end: int
) -> Word[Meaning] | None:
    """The longest word that ends at ``end``, but for up to two signs between."""
    text = reading.lower
    begin = max(after, end - _LONGEST_WORD)
    if begin >= end or text[end - 1].isdigit():
        return None
    words = list(lexicon.within(text, begin, end))
    if words and not text[words[-1].end : end].strip(_LEFT_GAP) and end - words[-1].end <= 2:
        return words[-1]
    return None
