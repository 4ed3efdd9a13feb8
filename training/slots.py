"""Other places, sums, currencies and dates in a text, so that none of them becomes the label.

Scam hubs stand in lures more often than in honest ads, and a model that learns the place instead
of the matter fails on the next hub. Places are changed for places of the same language, sums by a
fifth at most: what such a role pays stays what it pays.
"""

import random
import re
from functools import cache

from babel import Locale, UnknownLocaleError

from training.edits import Edit, Example, apply

_CODES = """
AE AL AM AO AR AT AU AZ BD BE BG BH BR BY CA CD CH CI CL CM CN CO CY CZ DE DK DZ EC EE EG ES ET FI
FR GB GE GH GR HK HR HU ID IE IL IN IQ IR IS IT JO JP KE KG KH KR KW KZ LA LB LK LT LU LV LY MA MD
ME MG MK MM MN MO MT MU MW MX MY MZ NG NL NO NP NZ OM PA PE PH PK PL PT PY QA RO RS RU RW SA SE SG
SI SK SN SY TH TN TR TW TZ UA UG US UY UZ VN YE ZA ZM ZW
"""
COUNTRIES = tuple(_CODES.split())
"""ISO 3166-1 codes of places that people leave for work or are recruited from."""

SPACELESS = frozenset({"th", "lo", "km", "my", "zh", "ja"})
"""Languages that put no space between words: a name is found wherever it stands."""

SHORTEST_SPACELESS = 3  # characters; Chinese names of two are too often part of another word

MONEY = (
    ("USD", ("US$", "USD")),
    ("EUR", ("€", "EUR")),
    ("GBP", ("£", "GBP")),
    ("PHP", ("₱", "PHP", "Php")),
    ("INR", ("₹", "INR")),
    ("NGN", ("₦", "NGN")),
    ("THB", ("฿", "THB")),
    ("MYR", ("RM", "MYR")),
    ("IDR", ("Rp", "IDR")),
    ("VND", ("₫", "VND")),
    ("KRW", ("₩", "KRW")),
    ("UAH", ("₴", "UAH")),
    ("RUB", ("₽", "RUB")),
    ("AED", ("AED", "Dhs")),
    ("KES", ("KSh", "Ksh", "KES")),
)
"""Ways of writing a currency; one is changed for another of the same currency. "$" and "Rs" are
not among them: they are many countries'."""

NO_PLACE = {"vi": frozenset({"Nga", "Đức"}), "lo": frozenset({"ລາວ"})}
"""Names of countries that are mostly something else: a person's name, a language."""

_WRITINGS = {writing: ways for _, ways in MONEY for writing in ways}
_CURRENCY = re.compile(
    r"(?<![^\W\d_])(?:" + "|".join(sorted(map(re.escape, _WRITINGS), key=len, reverse=True)) + r")"
    r"(?=\s?\d)"
)
# A sum: three digits or more, grouped or not, that is no year, no clock and no part of a longer
# number, a decimal or a contact.
_SUM = re.compile(
    r"(?<![\w.,:/+@#-])(?:[1-9]\d{0,2}(?:[., ]\d{3})+|[1-9]\d{2,6})(?![\w:/@-]|[.,]\d|\s?\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = "([0-9]{1,2})"
_DATE = re.compile(rf"(?<![\w./-]){_DAY}([./-]){_DAY}(?:\2((?:20)?[0-9]{{2}}))?(?![\w./-])")


def change_slots(example: Example, language: str, rng: random.Random) -> Example:
    """Places, sums, currencies and dates changed, each of the four with a chance of a half."""
    for change in (places, sums, currencies, dates):
        if rng.random() < 0.5:
            example = change(example, language, rng)
    return example


def places(example: Example, language: str, rng: random.Random) -> Example:
    """Countries for other countries; one country twice is one other twice."""
    pattern, codes = names_of(language)
    if pattern is None:
        return example
    names = {code: name for name, code in codes.items()}
    hits = list(pattern.finditer(example.text))
    spare = sorted(set(names) - {codes[found.group()] for found in hits})
    made: dict[str, str] = {}
    edits = []
    for found in hits:
        code = codes[found.group()]
        if code not in made:
            if not spare:
                return example
            made[code] = spare.pop(rng.randrange(len(spare)))
        edits.append((found.start(), found.end(), names[made[code]]))
    return apply(example, edits)


@cache
def names_of(language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """A pattern for the countries' names in a language as the Unicode CLDR gives them, and the
    code of each; ``None`` where the CLDR does not know the language."""
    tag = language.replace("-", "_")
    primary = tag.partition("_")[0]
    if "_Latn" in tag and primary not in ("uz",):  # typed in Latin letters: as in English
        tag = primary = "en"
    locale = next((found for name in (tag, primary) if (found := locale_of(name))), None)
    if locale is None:
        return None, {}
    shortest = SHORTEST_SPACELESS if primary in SPACELESS else 2
    codes = {
        name: code
        for code in COUNTRIES
        if len(name := as_written(locale.territories.get(code) or "")) >= shortest
        and name not in NO_PLACE.get(primary, ())
    }
    if not codes:
        return None, {}
    either = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    return re.compile(either if primary in SPACELESS else rf"(?<!\w)(?:{either})(?!\w)"), codes


def as_written(name: str) -> str:
    """A country's name as people write it: "Myanmar (Burma)" is "Myanmar".

    >>> as_written("Hong Kong SAR China")
    'Hong Kong'
    """
    return re.sub(r"\s*[(（].*$| SAR China$", "", name)


def locale_of(tag: str) -> Locale | None:
    """The locale, if the CLDR has it."""
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return None


def sums(example: Example, language: str, rng: random.Random) -> Example:
    """Sums of money and other counts by one factor between 0.8 and 1.2, as round as before.

    A number that touches a letter (``8000元``, ``RM3000``) stays: it may be part of a name.
    """
    factor = rng.uniform(0.8, 1.2)
    edits: list[Edit] = []
    for found in _SUM.finditer(example.text):
        given = found.group()
        digits = re.sub(r"\D", "", given)
        if _YEAR.fullmatch(given):
            continue
        significant = max(2, len(digits.rstrip("0")))
        unit = 10 ** (len(digits) - significant)
        changed = str(max(1, round(int(digits) * factor / unit)) * unit)
        if len(changed) != len(digits):
            continue
        edits.append((found.start(), found.end(), in_form(changed, given)))
    return apply(example, edits)


def in_form(digits: str, form: str) -> str:
    """The digits, grouped as ``form`` groups as many.

    >>> in_form("1500", "1.200")
    '1.500'
    """
    rest = iter(digits)
    return "".join(next(rest) if c.isdigit() else c for c in form)


def currencies(example: Example, language: str, rng: random.Random) -> Example:
    """Another way to write the same currency before a sum."""
    made: dict[str, str] = {}
    edits = []
    for found in _CURRENCY.finditer(example.text):
        written = found.group()
        made.setdefault(written, rng.choice(_WRITINGS[written]))
        edits.append((found.start(), found.end(), made[written]))
    return apply(example, edits)


def dates(example: Example, language: str, rng: random.Random) -> Example:
    """Another day and month, in the same form."""
    edits = []
    for found in _DATE.finditer(example.text):
        first, sign, second, year = found.groups()
        if not (1 <= int(first) <= 31 and 1 <= int(second) <= 31):
            continue
        # Without a year, 10-12 is a range, 2.5 a number and 1/2 a half.
        # 24/7 is no day, and 12/24 a rota.
        short = year is None and (sign != "/" or len(first + second) < 3 or "24" in (first, second))
        if short or min(int(first), int(second)) > 12:
            continue
        day, month = rng.randint(1, 28), rng.randint(1, 12)
        pair = (day, month) if int(second) <= 12 else (month, day)
        wide = [
            f"{n:02}" if len(old) == 2 else str(n)
            for n, old in zip(pair, (first, second), strict=True)
        ]
        tail = "" if year is None else sign + year
        edits.append((found.start(), found.end(), f"{wide[0]}{sign}{wide[1]}{tail}"))
    return apply(example, edits)
