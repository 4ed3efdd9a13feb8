"""Digits with the look of a telephone number that say something else: dates, hours, years, sums."""

import re

YEAR = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d{2} ?[-–—/] ?(?:19|20)\d{2})(?!\d)"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
DATE = re.compile(
    rf"(?:{_DAY}([./-]){_MONTH}\1\d\d|{_MONTH}([./-]){_DAY}\2\d\d|\d\d([./-]){_MONTH}\3{_DAY})"
    r"(?:(?!\1|\2|\3)[-–—/.~].*)?"
)
"""A date without a century, alone or with another sign after it, such as that of a range. Phone
numbers in pairs (``06.12.34.56.78``, ``0470 12.34.56``) have three such pairs somewhere, so what
stands between spaces must be one as a whole, of a month and a day that there are."""

SPACES = re.compile(r"[ ()\[\]|*]+")
_HOUR = r"(?:[01]?\d|2[0-4])"
TIMES = re.compile(
    r"\d{1,2}\.\d{2}(?: ?[-–—/] ?\d{1,2}(?:\.\d{2})?)+"
    rf"|{_HOUR}\.[0-5]\d(?: {_HOUR}\.[0-5]\d)+"
)
DECIMAL = re.compile(r"\d{1,3}\.\d{4,}")

_BETWEEN = r"(?: ?[-–—/~|] ?| )"
_CLOCK = r"(?:[01]\d|2[0-4])[0-5][05]"
HOURS = re.compile(rf"{_CLOCK}(?:{_BETWEEN}{_CLOCK})+")
"""``0900 1700``, ``0600-1400-2200``: minutes of a shift are a multiple of five."""

YEARS = re.compile(rf"(?:19|20)\d\d(?:{_BETWEEN}(?:19|20)\d\d)+")
PACKED = re.compile(rf"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:{_CLOCK}){{2}}")
"""A day, ``20260415``, or the hours of a shift, ``06001400``, with nothing between their parts."""

_SUM = r"([1-9]\d{0,2}[ .]\d{3}|[1-9]\d{3,5})"
SUMS = re.compile(rf"{_SUM}(?: ?[-–—~] ?| ){_SUM}")
PAIR = re.compile(r"([1-9]00) ?[-–—~] ?([1-9]000)")
"""``300-1000``: a reward, or what seven digits of a telephone seldom are."""

THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}(?: ?/ ?[1-9]\d{0,2}\.\d{3})+")
"""Sums of a table of pay: ``1.250 / 1.310 / 1.400``."""

MOST_TIMES = 3
"""How many times the lower of two sums the higher one is, in a range of pay, at most."""


def says_otherwise(written: str) -> bool:
    """Whether digits are a date, times, a decimal number or sums."""
    if YEAR.search(written):
        return True
    if any(one.fullmatch(written) for one in (TIMES, DECIMAL, THOUSANDS)):
        return True
    return any(map(DATE.fullmatch, SPACES.split(written)))


def are_hours_or_years(written: str) -> bool:
    """Whether digits may be hours of a day or years: so may those of a telephone number."""
    return bool(HOURS.fullmatch(written) or YEARS.fullmatch(written))


def are_packed(written: str) -> bool:
    """Whether digits may be a day or the hours of a shift, written without a sign."""
    return bool(PACKED.fullmatch(written))


def are_sums(written: str) -> bool:
    """Whether digits may be a range of pay, ``25000 - 35000``, ``20 000 25 000``: round sums, of
    which the second is the higher one by not too much."""
    if PAIR.fullmatch(written):
        return True
    pair = SUMS.fullmatch(written)
    if not pair:
        return False
    low, high = (int("".join(filter(str.isdigit, one))) for one in pair.groups())
    return low < high <= MOST_TIMES * low and low % 100 == high % 100 == 0
