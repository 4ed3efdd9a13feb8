"""Written numbers: separators of thousands and decimals in all the ways adverts use them."""

import re
from dataclasses import dataclass
from decimal import Decimal

MAX_DIGITS = 12
"""Before the decimal point; longer ones are no sums."""

MAX_GROUPS = 9
"""Thousands of one number, more than any sum has: without a bound, a row of groups that ends in a
longer one is read anew from each of them."""

_NUMBER = re.compile(
    rf"\d{{1,3}}(?:[ '’]\d{{3}}){{1,{MAX_GROUPS}}}+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?"
    # The Arabic comma, which also parts the items of a list, only where it groups thousands.
    rf"|\d{{1,3}}(?:،\d\d(?!\d)){{0,{MAX_GROUPS}}}+(?:،\d{{3}}(?!\d)){{1,{MAX_GROUPS}}}+"
    r"|\d++(?:[.,'’٫٬]\d++)*+"
)
_EASTERN = re.compile(
    rf"\d{{1,3}}(?:,\d{{3}}){{1,{MAX_GROUPS}}}+(?!\d)(?:\.\d{{1,2}}(?!\d))?|\d++(?:\.\d++)*+"
)
_CHINESE = re.compile("[一二两兩三四五六七八九十百千万萬]{2,9}")
_CHINESE_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九", start=1)} | dict.fromkeys(
    "两兩", 2
)
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000}


@dataclass(frozen=True, slots=True)
class Number:
    """A number written at ``[start, end)``."""

    start: int
    end: int
    value: Decimal


def numbers(text: str, language: str | None) -> list[Number]:
    """Numbers in ASCII digits and in Chinese numerals, in order.

    In Chinese, Japanese and Korean a comma is no decimal separator: ``6500-8000,26`` are three.
    """
    found = []
    pattern = _EASTERN if language in ("zh", "ja", "ko") else _NUMBER
    for match in pattern.finditer(text):
        if match.end() - match.start() <= 2 * MAX_DIGITS:
            value = read(match.group())
            if value is not None and value < 10**MAX_DIGITS:
                found.append(Number(*match.span(), value))
    for match in _CHINESE.finditer(text):
        chinese = _read_chinese(match.group())
        if chinese:
            found.append(Number(*match.span(), Decimal(chinese)))
    return sorted(found, key=lambda one: one.start)


def read(written: str) -> Decimal | None:
    """Value of digits with separators, ``None`` where they group as no number does (a date, a
    version).

    The last separator is a decimal one if it differs from those before it, or stands alone before
    other than three digits. Three digits after a single separator are thousands, but for a zero
    before it.

    >>> read("1,50,000"), read("2.500,50"), read("1.5"), read("1.500"), read("12.05.2024")
    (Decimal('150000'), Decimal('2500.50'), Decimal('1.5'), Decimal('1500'), None)
    """
    groups = re.split(r"\D", written)
    signs = re.findall(r"\D", written)
    if not signs:
        return Decimal(written)
    last = signs[-1]
    alone = len(signs) == 1 and (len(groups[-1]) != 3 or groups[0].strip("0") == "")
    if last in ".,٫" and (alone or (len(set(signs)) > 1 and last not in signs[:-1])):
        whole = groups[:-1]
        if not _thousands(whole) or len(set(signs[:-1])) > 1:
            return None
        return Decimal(f"{''.join(whole)}.{groups[-1]}")
    if len(set(signs)) > 1 or not _thousands(groups):
        return None
    return Decimal("".join(groups))


def _thousands(groups: list[str]) -> bool:
    """Whether digits are grouped by threes, or as in India: three at the end, twos before."""
    first, *others = groups
    if not others:
        return True
    if not 1 <= len(first) <= 3 or len(others[-1]) != 3:
        return False
    return {len(group) for group in others[:-1]} in (set(), {3}, {2})


def _read_chinese(written: str) -> int | None:
    """Value of ``三千五`` (3500), ``一万二`` (12000) or ``十五`` (15); ``None`` of ``三五``."""
    total, section, digit, unit = 0, 0, 0, 1
    for char in written:
        if char in _CHINESE_DIGITS:
            if digit:
                return None
            digit = _CHINESE_DIGITS[char]
        elif char in "万萬":
            total, section, digit = (total + section + digit or 1) * 10_000, 0, 0
            unit = 10_000
        else:
            section += (digit or 1) * _CHINESE_UNITS[char]
            digit, unit = 0, _CHINESE_UNITS[char]
    if unit == 1:
        return None
    return total + section + digit * (unit // 10 if unit > 10 else 1)
