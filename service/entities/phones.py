"""Phone numbers, their digits of any script and set apart in any way.

With a plus sign the form is enough. Without one, a number must look like a mobile number of a
country that the ad points to, or be introduced as a phone number: accounts, orders and licences
have as many digits.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from service.entities import phone_words
from service.entities.entity import EntityType
from service.entities.lexicon import Lexicon
from service.entities.numbering import ANY, MOBILE, Numbering
from service.entities.reading import Found, Reading
from service.entities.service_words import Named, service_near

_APART = r"[ ()\[\].·•*_~|/\\\u2010-\u2015\u20e3-]{0,4}"
_DIGIT = r"(?:\d|(?<=\d)[OoОо](?=[ .-]?\d)|[OoОо](?=\d))"
_RUN = re.compile(rf"(?:(?<!\d)\+{_APART})?\(?\d(?:{_APART}{_DIGIT})*+")
_OH = re.compile("[OoОо]")
_SPLITS = tuple(map(re.compile, (r" ?[/|] ?| {2,}| [-–—] ", r" (?=\(?0\d)")))
_TOKEN = re.compile(r"\S*\d")
_DROPPED = 3
"""Tokens that may belong to something else before or after a number: "8-18 0912 000 123"."""

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+(?: ?[-–—] ?[1-9]\d{0,2}(?:[ .]\d{3})+)?")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d{2} ?[-–—/] ?(?:19|20)\d{2})(?!\d)"
)
_TIMES = re.compile(r"\d{1,2}[.]\d{2} ?[-–—] ?\d{1,2}[.]\d{2}")
_DECIMAL = re.compile(r"\d{1,3}\.\d{4,}")
_CONTINUES = re.compile(r"[#№$€£=]$|\d[,:]$")
_FOLLOWED = re.compile(r"[:,°%]\d|[%°]")
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
_AND_ANOTHER = re.compile(
    r"[ /|,;&-]{0,3}(?:or|and|или|и|або|y|o|ou|et|und|dan|atau|หรือ|或|या|বা)? ?"
)
_CUT = re.compile(r"[.!?。]\s|\n\n|\d{4}|\0")
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
        for run in _RUN.finditer(text) if "+" in text else ():
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
        if not written.startswith("+"):
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
        digits = _digits(written.replace("(0)", "")) if written.startswith("+") else None
        return self._plans.international(digits, valid=False) if digits else None

    def _without_plus(
        self, start: int, end: int, regions: Sequence[str], home: str | None
    ) -> str | None:
        written = self._reading.text[start:end]
        digits = _digits(written)
        if digits is None or _looks_otherwise(self._reading.text, start, end):
            return None
        if self._in_word(start):
            return None
        told = self._told(start)
        if told is False:
            return None
        if digits.startswith("00"):
            abroad = self._plans.international(digits[2:], valid=not told)
            if abroad:
                return abroad
        if told is None:
            return self._unannounced(written, digits, regions)
        if _GROUPED.fullmatch(written) and len(digits) < FEWEST_GROUPED:
            return None
        return self._announced(digits, regions, home)

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

    def _in_word(self, start: int) -> bool:
        """Whether a letter before a number makes it part of a word: ``A0912``, but ``tel0912``."""
        letter = self._reading.text[start - 1 : start] if start else ""
        if not (letter.isascii() and letter.isalpha()):
            return False
        words = _WORDS.within(self._reading.lower, max(0, start - BEFORE), start)
        called = any(word.meaning and word.end == start for word in words)
        return not called and not any(one.end == start for one in self._named)

    def _told(self, start: int) -> bool | None:
        """Whether the word before a number makes it a phone number; ``None`` where none does."""
        text = self._reading.lower
        words = list(_WORDS.within(text, max(0, start - BEFORE), start))
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


def _looks_otherwise(text: str, start: int, end: int) -> bool:
    """Whether digits are a date, a time, a decimal, or go on as a word or another number."""
    written = text[start:end]
    shaped = _DATE.search(written) or _TIMES.fullmatch(written) or _DECIMAL.fullmatch(written)
    after = text[end : end + 1]
    return bool(
        shaped
        or _FOLLOWED.match(text, end)
        or _CONTINUES.search(text[max(0, start - 2) : start])
        or (after.isalpha() and after.isascii())
    )
