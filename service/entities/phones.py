"""Phone numbers, their digits of any script and set apart in any way.

With a plus sign the form is enough. Without one, a number must look like a mobile number of a
country that the ad points to, or be introduced as a phone number: accounts, orders and licences
have as many digits. Where something more speaks against a number (a letter that follows, a sign
before it), only a mobile number of such a country counts.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from service.entities import phone_words
from service.entities.entity import EntityType, Service
from service.entities.lexicon import Lexicon, Word
from service.entities.numbering import ANY, MOBILE, Numbering
from service.entities.other_digits import (
    SPACES,
    are_hours_or_years,
    are_packed,
    are_sums,
    says_otherwise,
)
from service.entities.reading import Found, Reading
from service.entities.service_words import Named, service_near

_APART = r"[ ()\[\].·•*_~|/\\\u2010-\u2015\u20e3-]{0,4}"
_DIGIT = r"(?:\d|(?<=\d)[OoОо](?=[ .-]?\d)|[OoОо](?=\d))"
_FIRST = r"(?:\d|(?<![^\W_])[OoОо](?=\d{2}))"
_RUN = re.compile(rf"(?:(?<!\d)[+➕]{_APART})?\(?{_FIRST}(?:{_APART}{_DIGIT})*+")
_OH = re.compile("[OoОо]")
_PLUS = ("+", "➕")
_SPLITS = tuple(map(re.compile, (r" ?[/|] ?| {2,}| [-–—] ", r" (?=\(?0\d)")))
_TOKEN = re.compile(r"\S*\d")
_DROPPED = 3
"""Tokens that may belong to something else before or after a number: "8-18 0912 000 123"."""

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+(?: ?[-–—] ?[1-9]\d{0,2}(?:[ .]\d{3})+)?")
_MEASURED = re.compile("[%°]")
_BEFORE_JOINT = re.compile(r"(\d++)([,:])$")
_GROUP = re.compile(r"\D?(\d++)")
_MONEY_SIGN = re.compile("[$€£]$")
_NUMBER_SIGN = re.compile("(?:[#=]|(?<![A-Za-z])No)$")
"""The numero sign is two letters once rendered."""

_WORD_AFTER = re.compile(r"(?![a-f]+\b)[a-z]{2,}(?![\w-])", re.ASCII | re.IGNORECASE)
"""A word that touches a number, ``0912000123now``: not a letter or hexadecimal digits of a code."""

_AMERICAN = re.compile(r"(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}")
_AREA = re.compile(r"\(0?\d{2,3}\)")
_BARE_MOBILES = {
    "CN": re.compile(r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}"),
    "IN": re.compile(r"[6-9]\d{4}[ -]?\d{5}"),
    "NP": re.compile(r"9[78]\d{2}[ -]?\d{6}"),
    "RU": re.compile(r"8[ (-]{0,2}9\d\d[) -]{0,2}\d{3}[ -]?\d\d[ -]?\d\d"),
    "KZ": re.compile(r"8[ (-]{0,2}7\d\d[) -]{0,2}\d{3}[ -]?\d\d[ -]?\d\d"),
}
"""Mobile numbers known by their look, in countries that write no zero before them."""

_WORDS = Lexicon({True: phone_words.PHONE, False: phone_words.OTHER_NUMBER})
_EITHER = Lexicon({True: phone_words.SHIFT, False: phone_words.JOB})
_AND_ANOTHER = re.compile(
    r"[ /|,;&-]{0,3}(?:or|and|или|и|або|y|o|ou|et|und|dan|atau|หรือ|或|या|বা)? ?"
)
_CUT = re.compile(r"[.!?。]\s|\n\n|\d{4}|\0")
_NUMBERED_ACCOUNTS = frozenset((Service.QQ, Service.WECHAT))
BEFORE = 28
"""Characters before a number in which a word tells what it is."""

FEWEST, MOST = 7, 15
"""Digits of a number; the upper bound is that of ITU-T Recommendation E.164."""

FEWEST_GROUPED = 9
"""Digits of a number written in threes like a sum."""

LONGEST_UNKNOWN = 12
"""Digits of a number that is introduced as one, in a country unknown."""


Value = Callable[[int, int], str | None]
"""E.164 of what is written at ``[start, end)``, or nothing."""


class Phones:
    """Phone numbers of one reading."""

    def __init__(self, reading: Reading, named: Sequence[Named]) -> None:
        self._reading = reading
        self._named = named
        self._plans = Numbering()
        self._last_end = 0

    def international(self) -> Iterator[Found]:
        """Numbers with a plus sign."""
        text = self._reading.left
        for run in _RUN.finditer(text) if "+" in text or "➕" in text else ():
            yield from self._each(*run.span(), self._with_plus)

    def local(self, regions: Sequence[str], home: str | None) -> Iterator[Found]:
        """Numbers without one, tried in the countries of those with one, then in ``regions``. In
        ``home``, the country of the ad where that is known, the right length is enough if a word
        introduces the number."""

        every = list(dict.fromkeys((*self._plans.called, *regions)))

        def value(start: int, end: int) -> str | None:
            return self._without_plus(start, end, every, home)

        for run in _RUN.finditer(self._reading.left):
            yield from self._each(run.start(), run.end(), value)

    def _each(self, start: int, end: int, value: Value) -> Iterator[Found]:
        """Numbers of a run of digits, which may hold several."""
        if end - start < FEWEST:
            return
        whole = self._found(start, end, value)
        parts = [] if whole else _parts(self._reading.text[start:end], start)
        head = self._head(start, end, value) if parts and not self._is_valid(*parts[0]) else None
        if whole:
            yield whole
        elif head:
            yield head
            yield from self._each(head.end, end, value)
        elif len(parts) > 1:
            for part in parts:
                yield from self._each(*part, value)
        else:
            narrowed = _narrowed(self._reading.text[start:end], start)
            tries = (self._found(*span, value) for span in narrowed)
            yield from filter(None, [next(filter(None, tries), None)])

    def _is_valid(self, start: int, end: int) -> bool:
        """Whether a piece with a plus sign is a number by itself; one without may be anything."""
        written = self._reading.text[start:end]
        digits = _digits(written)
        if not written.startswith(_PLUS):
            return True
        return digits is not None and self._plans.international(digits, valid=True) is not None

    def _head(self, start: int, end: int, value: Value) -> Found | None:
        """The run without the few tokens at its end that are no part of the number, where what
        seemed to begin another number did not: ``+1 202 555 0143 [2.1``."""
        tokens = [token.end() for token in _TOKEN.finditer(self._reading.text[start:end])]
        for stop in tokens[-2 : -_DROPPED - 2 : -1]:
            if found := self._found(start, start + stop, value):
                return found
        return None

    def _found(self, start: int, end: int, value: Value) -> Found | None:
        number = value(start, end)
        if number is None:
            return None
        self._last_end = end
        service = service_near(self._reading, self._named, start, end)
        return Found(EntityType.PHONE, start, end, number, service)

    def _with_plus(self, start: int, end: int) -> str | None:
        written = self._reading.text[start:end]
        digits = _digits(written.replace("(0)", "")) if written.startswith(_PLUS) else None
        emoji = not written.startswith("+")  # it may also stand before anything that is added
        return self._plans.international(digits, valid=emoji) if digits else None

    def _without_plus(
        self, start: int, end: int, regions: Sequence[str], home: str | None
    ) -> str | None:
        written = self._reading.text[start:end]
        digits = _digits(written)
        if digits is None or says_otherwise(written) or self._goes_on(start, end):
            return None
        if self._in_word(start):
            return None
        told = self._told(start)
        if told is False or self._is_code(start, end, told):
            return None
        other = self._other(start, written) if told else None
        if other is not None:
            return (
                self._plans.surely(digits, regions, home)
                if other
                else self._plans.national(digits, regions)
            )
        if told and self._is_doubtful(start, end):
            grouped = _GROUPED.fullmatch(written)
            return None if grouped else self._plans.national(digits, regions, MOBILE)
        if digits.startswith("00"):
            abroad = self._plans.international(digits[2:], valid=not told)
            if abroad:
                return abroad
        if told is None:
            return self._unannounced(written, digits, regions)
        if written.isdecimal() and self._is_of_account(start):
            return self._unannounced(written, digits, (*regions, "CN"))
        if _GROUPED.fullmatch(written) and len(digits) < FEWEST_GROUPED:
            return None
        return self._announced(digits, regions, home)

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether the digits are part of something longer: a sum, a decimal number, a time."""
        text, reading = self._reading.text, self._reading
        if _MEASURED.match(text, end):
            return True
        before = _BEFORE_JOINT.search(text, max(0, start - BEFORE), start)
        alone = reading.taken(start - 2, start) if before else True  # an entity of its own
        if before and not alone and _continues(before[1], before[2], text[start:end]):
            return True
        if not text[end + 1 : end + 2].isdecimal() or reading.taken(end + 1, end + 2):
            return False
        sign = text[end]
        return sign == ":" or (
            sign == "," and not _ends(text[start:end], text[end + 1 : end + BEFORE])
        )

    def _is_code(self, start: int, end: int, told: bool | None) -> bool:
        """Whether a sign before the digits, or a letter after them, makes them a sum or a code."""
        text = self._reading.text
        if _MONEY_SIGN.search(text, max(0, start - 1), start):
            return True
        if not told and self._is_numbered(start):
            return True
        return _letter_at(text, end) and not _WORD_AFTER.match(text, end)

    def _is_doubtful(self, start: int, end: int) -> bool:
        """Whether a number needs to be a mobile one of a likely country, a word before it or not:
        it touches a sign or a word, or its first digit is the letter O."""
        text = self._reading.text
        first = text[start:end].lstrip("(")[0]
        return self._is_numbered(start) or _letter_at(text, end) or not first.isdigit()

    def _other(self, start: int, written: str) -> bool | None:
        """Whether a number that is introduced is rather another's, or as likely; ``None`` where it
        is a telephone's. Hours and years are others'; and where other words stand between it and
        the one that introduces it, pay, a day, the number of a shift, an extension or a job. Not so
        in ``Tel. 6500 7000``, but in ``phone sales, 6500 7000``."""
        if are_hours_or_years(written):
            return True
        begin = max([word.end for word in self._words_before(start)], default=start - BEFORE)
        begin = max([0, begin, *(one.end for one in self._named if one.end <= start)])
        if not any(map(str.isalnum, self._reading.text[begin:start])):
            return None
        if are_sums(written) or are_packed(written):
            return True
        if written.startswith("0") or _AREA.match(written):
            return None
        between = [word.meaning for word in _EITHER.within(self._reading.lower, begin, start)]
        return between[-1] if between else None

    def _is_numbered(self, start: int) -> bool:
        """Whether a sign of a number, or that of a value, touches the digits."""
        return bool(_NUMBER_SIGN.search(self._reading.text, max(0, start - 3), start))

    def _announced(self, digits: str, regions: Sequence[str], home: str | None) -> str | None:
        """E.164 of a number that a word introduces, or its digits where no country fits."""
        plans = self._plans
        near = plans.national(digits, [home]) if home else None
        if near is None and home and digits.startswith("0"):
            near = plans.possible(digits, home)
        return (
            near
            or plans.national(digits, regions)
            or plans.international(digits, valid=True)
            or (plans.possible(digits, home) if home else None)
            or (digits if len(digits) <= LONGEST_UNKNOWN else None)
        )

    def _unannounced(self, written: str, digits: str, regions: Sequence[str]) -> str | None:
        """E.164 of a number that nothing introduces, if it looks like a mobile number."""
        if _GROUPED.fullmatch(written):
            return None
        for region in regions:
            look = _BARE_MOBILES.get(region)
            if look and look.fullmatch(written):
                return self._plans.national(digits, [region], MOBILE)
        if _AMERICAN.fullmatch(written) and ("US" in regions or not regions):
            return self._plans.national(digits, ["US"], ANY)
        if digits.startswith("0") or _AREA.match(written):
            return self._plans.national(digits, regions, MOBILE)
        return None

    def _words_before(self, start: int) -> Iterator[Word[bool]]:
        """Words shortly before a number that tell what it is."""
        return _WORDS.within(self._reading.lower, max(0, start - BEFORE), start)

    def _in_word(self, start: int) -> bool:
        """Whether a letter before a number makes it part of a word: ``A0912``, but ``tel0912``."""
        letter = self._reading.text[start - 1 : start] if start else ""
        if not (letter.isascii() and letter.isalpha()) or self._is_numbered(start):
            return False
        called = any(word.meaning and word.end == start for word in self._words_before(start))
        return not called and not any(one.end == start for one in self._named)

    def _is_of_account(self, start: int) -> bool:
        """Whether a number stands after a service whose accounts, groups too, are numbers of as
        many digits; then only one that looks like a mobile number is one."""
        service = service_near(self._reading, self._named, start, start)
        called = any(word.meaning for word in self._words_before(start))
        return service in _NUMBERED_ACCOUNTS and not called

    def _told(self, start: int) -> bool | None:
        """Whether the word before a number makes it a phone number; ``None`` where none does."""
        text = self._reading.lower
        sign = self._is_numbered(start)  # what stands before the sign tells whose number it is
        words = [word for word in self._words_before(start) if not sign or word.end < start]
        service = service_near(self._reading, self._named, start, start)
        near = bool(words) and not _CUT.search(text, words[-1].end + 1, start)
        if near and (words[-1].meaning or not service):
            return words[-1].meaning
        again = self._last_end and _AND_ANOTHER.fullmatch(text, self._last_end, start)
        return True if service or again else None


def _digits(written: str) -> str | None:
    """The digits, if there are as many as a number has."""
    digits = "".join(filter(str.isdigit, _OH.sub("0", written)))
    return digits if FEWEST <= len(digits) <= MOST else None


def _parts(run: str, offset: int) -> list[tuple[int, int]]:
    """Pieces of a run at the signs that part two numbers, or where a second zero begins one."""
    for split in _SPLITS:
        cuts = [cut.span() for cut in split.finditer(run)]
        if cuts:
            begins, ends = [0, *(cut[1] for cut in cuts)], [*(cut[0] for cut in cuts), len(run)]
            return [(offset + b, offset + e) for b, e in zip(begins, ends, strict=True)]
    return []


def _narrowed(run: str, offset: int) -> Iterator[tuple[int, int]]:
    """The run without its last or its first tokens, then each token of it alone."""
    tokens = [token.span() for token in _TOKEN.finditer(run)]
    if len(run) <= 4 * MOST:
        for count in range(1, min(_DROPPED, len(tokens) - 1) + 1):
            yield offset, offset + tokens[-count - 1][1]
            yield offset + tokens[count][0], offset + len(run)
    for begin, finish in tokens:
        if finish - begin >= FEWEST:
            yield offset + begin, offset + finish


def _continues(left: str, sign: str, written: str) -> bool:
    """Whether ``written`` goes on with the digits ``left`` before a colon or comma: as minutes, as
    thousands, as decimals. Long groups do not: ``1:13800138000`` is numbered."""
    first = _GROUP.match(written)
    size = len(first[1]) if first else 0
    if size <= 2 or sign == ":":
        return size <= 2
    if size == 3:
        return len(left) <= 3
    return len(left) <= 3 and written.isdigit() and size < FEWEST_GROUPED


def _ends(written: str, following: str) -> bool:
    """Whether a number ends at a comma though digits follow: those of another number, or fewer
    after one too long for a sum: ``13800138000,25``."""
    run, group = _RUN.match(following), _GROUP.match(following)
    assert run is not None  # it begins with a digit
    assert group is not None
    others = sum(map(str.isdigit, run.group()))
    if others >= FEWEST and (len(group[1]) > 2 or following.startswith("0")):
        return True
    whole = not _GROUPED.fullmatch(written) and sum(map(str.isdigit, written)) >= FEWEST_GROUPED
    last = SPACES.split(written)[-1]
    return len(group[1]) > 3 or (whole and sum(map(str.isdigit, last)) > 3)


def _letter_at(text: str, place: int) -> bool:
    """Whether a Latin letter stands there; letters of other scripts touch numbers often."""
    letter = text[place : place + 1]
    return letter.isascii() and letter.isalpha()
