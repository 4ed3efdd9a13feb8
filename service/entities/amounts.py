"""Sums of money with their currency and period.

A number is a sum where a currency stands beside it. Without one, it is a sum of pay where a word of
pay stands before it or a period touches it (``8-15K per month``). All else is a count, a date, an
age.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from service.entities import money_words, number_words
from service.entities.entity import Amount, EntityType
from service.entities.hints import Hints
from service.entities.lexicon import Lexicon
from service.entities.periods import BEFORE, BREAK, Told, period_of
from service.entities.reading import Found, Reading
from service.entities.sums import Sum, sums

_PAY = Lexicon({True: money_words.PAY})

_COUNTED = Lexicon({True: number_words.COUNTED})
_UNTIL = Lexicon({True: number_words.UNTIL})
_AND = Lexicon({True: number_words.AND})
_BETWEEN = Lexicon({True: number_words.BETWEEN})
_GOES_ON = re.compile(r"[:/×x*^] ?\d|\.\d")
_NUMBERED = re.compile(r"\d[:/]$|[#№]\s?$")

LEAST_BARE = 100
"""Least sum that is believed without currency, multiplier and period."""

MOST_BARE = 10**9
LONGEST_GAP = 16
"""Characters of the words between the ends of a range."""


def find_amounts(reading: Reading, hints: Hints) -> Iterator[Found]:
    """Sums and ranges of sums."""
    every = sums(reading, hints)
    position, last_end = 0, 0
    while position < len(every):
        low, high = every[position], None
        if position + 1 < len(every):
            low, high = _range(reading, low, every[position + 1])
        position += 2 if high else 1
        following = every[position].start if position < len(every) else len(reading.text)
        high = high or low
        told = period_of(
            reading.lower, (low.start, high.end), (last_end, following), hints.language
        )
        if low.currency or high.currency or _is_pay(reading, low, high, told):
            yield _found(reading, hints, low, high, told)
        last_end = max(high.end, told.end if told else 0)


def _range(reading: Reading, low: Sum, high: Sum) -> tuple[Sum, Sum | None]:
    """Both ends of a range, the multiplier of one counted for the other (``8-15K``); the first and
    ``None`` where they are two sums."""
    if not _joined(reading.lower, low, high):
        return low, None
    first, last = low, high
    if high.multiplier and not low.multiplier and low.number.value <= high.number.value:
        first = replace(low, multiplier=high.multiplier)
    elif (
        low.multiplier and not high.multiplier and low.number.value <= high.number.value < low.value
    ):
        last = replace(high, multiplier=low.multiplier)
    conflict = low.currency and high.currency and low.currency.meaning != high.currency.meaning
    counted = not high.currency and _counted(reading, high.end)
    if conflict or counted or first.value > last.value:
        return low, None
    return first, last


def _joined(text: str, low: Sum, high: Sum) -> bool:
    """Whether the words between two sums make them the ends of a range."""
    gap = text[low.end : high.start]
    if len(gap) > LONGEST_GAP:
        return False
    start, end = low.end + gap.startswith(" "), high.start - (gap.endswith(" ") and len(gap) > 1)
    until = _UNTIL.at(text, start)
    if until and until.end == end:
        return True
    joint = _AND.at(text, start)
    if joint is None or joint.end != end:
        return False
    before = max(0, low.start - LONGEST_GAP)
    return any(word.end >= low.start - 1 for word in _BETWEEN.within(text, before, low.start))


def _counted(reading: Reading, end: int) -> bool:
    """Whether a number that ends at ``end`` is followed by what it counts, or goes on as a time."""
    start = end + (reading.text[end : end + 1] == " ")
    return bool(_COUNTED.at(reading.lower, start) or _GOES_ON.match(reading.text, end))


def _is_pay(reading: Reading, low: Sum, high: Sum, told: Told | None) -> bool:
    """Whether a number without a currency is a sum of pay."""
    text = reading.text
    before = text[max(0, low.start - 3) : low.start]
    if _counted(reading, high.end) or _NUMBERED.search(before):
        return False
    named = _pay_named(reading, low.start)
    multiplier = low.multiplier or high.multiplier
    if multiplier:
        alone = multiplier.word in money_words.MULTIPLIER_CURRENCY
        return named or told is not None or alone
    digits = text[low.number.start : low.number.end]
    year = digits.isdigit() and 1900 <= low.value <= 2100
    if digits.startswith("0") or high.value > MOST_BARE:
        return False
    if told is None:
        return named and low.value >= LEAST_BARE and not year
    return (named and low.value >= 10) or (told.direct and low.value >= LEAST_BARE)


def _pay_named(reading: Reading, start: int) -> bool:
    """Whether a word of pay stands before the sum that begins at ``start``."""
    text = reading.lower
    words = _PAY.within(text, max(0, start - BEFORE), start)
    return any(not BREAK.search(text, word.end, start) for word in words)


def _found(reading: Reading, hints: Hints, low: Sum, high: Sum, told: Told | None) -> Found:
    currency = _currency(hints, low, high)
    period = told.period if told else None
    amount = Amount(_plain(low.value), _plain(high.value), currency, period)
    start, end = low.start, high.end
    end = start + len(reading.text[start:end].rstrip(". ,-+/"))
    return Found(EntityType.AMOUNT, start, end, str(amount), amount=amount)


def _plain(value: Decimal) -> Decimal:
    """Without zeros after the decimal point, and without an exponent."""
    return Decimal(f"{value.normalize():f}")


def _currency(hints: Hints, low: Sum, high: Sum) -> str | None:
    """ISO 4217 code by the word, the language and the country."""
    word = high.currency or low.currency
    multiplier = high.multiplier or low.multiplier
    if word is None:
        code = money_words.MULTIPLIER_CURRENCY.get(multiplier.word) if multiplier else None
        malay = hints.language == "ms" or hints.region == "MY"
        return "MYR" if code == "IDR" and malay else code
    if word.word == "$" and hints.region in money_words.DOLLARS:
        return money_words.DOLLARS[hints.region]
    meanings = money_words.SHARED.get(word.word, {})
    return meanings.get(hints.region or "") or meanings.get(hints.language or "") or word.meaning
