"""Words whose letters are set apart, since version 5 of the rendering: more means than those of
:mod:`models.apart`, and more that stays.

Undone too: any sign between the letters (:mod:`models.separators`), up to three of them, a sign
between spaces, two and three spaces, tabs, strokes such as ``丶``; each letter in brackets
(:mod:`models.bracketed`); Chinese letters between ``、`` or ``/`` where half of a text is written
so; syllables of Korean between signs; signs for letters inside such a word (``w 0 r k``). Between
words set apart by spaces one space is left; where all spaces are the same, words are joined, unless
each begins with a capital ("G o o d M o n e y").

Three letters are a word where signs that lists have not stand between letters of a script that has
no formulas, or where the text has words that surely are; so are two where these are set apart in
the same way.

What stays too: days of the week between any separators ("L-M-M-J-V"), initials before a further
dot ("P.A.Y.E.", "सी.सी.टी.वी."), letters with a conjunction between them ("A e B"), a letter before
a sum ("R$"), and Hindi words of one letter and a sign ("या तो ये लो"): see :mod:`models.listed`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from models import apart, bracketed, listed
from models.alphabets import CYRILLIC, GREEK, HANGUL, LATIN, MARKS, UNSPACED
from models.apart import GENDERS, IDEOGRAPH, INDIC, SURE, SURE_SYLLABLES, Run
from models.bracketed import Bracketed
from models.separators import (
    ABBREVIATING,
    CHINESE,
    COMMON,
    DOT,
    FIXED,
    INITIAL,
    LIGATURE,
    LISTING,
    SIGNS,
    STROKES,
    WIDE,
)

_MARK = f"[{MARKS}]"
_MORE = rf"{_MARK}*+(?:[\u200c\u200d](?:[^\W\d_]{_MARK}*+(?![^\W_])|(?![^\W_])))*+"
_ANY = rf"{LIGATURE}[^\W\d_]{_MORE}"
_UNIT = rf"(?![{HANGUL}{STROKES}]){_ANY}"
_NEXT = rf"{_MARK}*+{_UNIT}"  # a mark that was a letter's second half stands after the gap
_BY_SIGNS = (
    rf"{_UNIT}(?P<gap>[{SIGNS}]{{1,3}}| [{SIGNS}] ){_NEXT}(?:(?P=gap){_NEXT})+(?![^\W\d_]|[$€£₹])"
)
# A letter before a sign and a letter begins a word of its own: "w o r k n-o-w".
_ALONE = rf"{_NEXT}(?!(?P<sign>[{SIGNS}]{{1,3}})[^\W\d_]{_MARK}*+(?P=sign))"
_BY_SPACES = (
    rf"(?<![0-9]){_UNIT}(?=(?P<space> {{1,3}}|\t))(?:(?P=space){_ALONE}){{2,}}(?![^\W_]|[$€£₹])"
)
_OTHER = rf"(?![{UNSPACED}{HANGUL}])[^\W\d_]{_MARK}*+"
_BY_STROKES = rf"{_OTHER}(?P<stroke>[{STROKES}]){_OTHER}(?:(?P=stroke){_OTHER})+(?![^\W\d_])"
_BLOCK = "[\uac00-\ud7a3]"
_KOREAN = rf"{_BLOCK}(?P<block>[{SIGNS}]{{1,3}}|{DOT}| {{2,3}}){_BLOCK}(?:(?P=block){_BLOCK})+"
_SYLLABLE = rf"(?=[{UNSPACED}])(?!{DOT}){LIGATURE}[^\W\d_]{_MARK}*+"
_DENSE = (
    rf"{_SYLLABLE}(?P<dense>[{SIGNS}]{{1,3}}| [{SIGNS}] | {{1,3}}|{DOT})"
    rf"(?:{_MARK}*+{_SYLLABLE}(?P=dense)){{2,}}{_MARK}*+{_SYLLABLE}"
)
_APART = re.compile(
    rf"{_DENSE}|(?<![^\W\d_])(?<!{_MARK})(?:{_BY_SPACES}|{_BY_SIGNS}|{_BY_STROKES}|{_KOREAN})"
)
_MAY_BE = re.compile(
    rf"(?P<gap>[ \t{SIGNS}{STROKES}]{{1,3}}){_MARK}*+{_ANY}(?P=gap){_MARK}*+{_ANY}"
    r"(?:(?![^\W\d_])|(?=(?P=gap)))"
)
_PAIR = re.compile(
    rf"{_SYLLABLE}(?P<dense>[{SIGNS}]{{1,3}}|{DOT}){_MARK}*+{_SYLLABLE}"
    rf"(?:(?P=dense){_MARK}*+{_SYLLABLE})?+"
    rf"|(?<![^\W\d_])(?<!{_MARK})(?:{_UNIT}(?P<gap>[{SIGNS}]{{1,3}}){_NEXT}(?!(?P=gap)?[^\W_])"
    rf"|{_BLOCK}(?P<block>[{SIGNS}]{{1,3}}|{DOT}){_BLOCK})"
)

# A run holds letters and signs; a quick look asks for a sign or two between letters.
_KNOWN, _SIGN = f"[{LATIN}{CYRILLIC}]", "[013457@$€]"
_EITHER = f"[{LATIN}{CYRILLIC}013457@$€]"
_BETWEEN_LETTERS = re.compile(
    rf"{_SIGN}(?<={_KNOWN}[ {SIGNS}]{_SIGN})(?<![^\W_].[ {SIGNS}]{_SIGN})"
    rf"(?=[ {SIGNS}](?:{_SIGN}[ {SIGNS}])?{_KNOWN}(?![^\W_]))"
)
_SIGNED = re.compile(
    rf"(?<![^\W_]){_EITHER}(?P<gap>[ {SIGNS}]){_EITHER}(?:(?P=gap){_EITHER})+(?![^\W_])"
)
_HAS_SIGN = re.compile(_SIGN)
_NEVER_ALONE = frozenset("0@$€")
_READ = str.maketrans("013457@$€", "oieastase")

_OF_FORMULAS = re.compile(f"[{LATIN}{CYRILLIC}{GREEK}]")
_BY_FIXED = re.compile(
    rf"(?<![^\W_])(?<![{FIXED}{MARKS}]){_ANY}(?P<gap>[{FIXED}]{{1,3}}){_ANY}(?:(?P=gap){_ANY})+"
    rf"(?![^\W_]|[{FIXED}])"
)
_IS_BLOCK = re.compile(_BLOCK)
_CAPITAL = "[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f\u0401\u0404\u0406\u0407]"
_TITLED = re.compile(
    rf"{_CAPITAL}?(?:(?!{_CAPITAL})[^\W\d_])+(?:{_CAPITAL}(?:(?!{_CAPITAL})[^\W\d_])+)+"
)
_OF_PEOPLE = frozenset("/|.,:;\u2014\u2013")

MANY = 3
"""Words set apart by signs that lists have, among which fewer letters are a word too."""

FEW = SURE - 1
"""Letters of a word that is one among others, of a script without spaces between words too."""


@dataclass(frozen=True, slots=True)
class _Wide(Run):
    end: int
    """One past its last character."""

    syllables: tuple[str, ...] = ()
    """Letters with their marks."""

    after: str = ""
    """The character behind."""

    all_over: bool = False
    """Whether half of the text's Chinese letters stand in such runs."""

    signed: bool = False
    """Whether signs stand for a letter or two."""

    dense: bool = False
    """Whether it may begin or end inside a word."""

    beside_digit: bool = False

    @property
    def lists(self) -> bool:
        """Whether lists, tables or abbreviations have that gap."""
        return self.gap in WIDE or not ABBREVIATING.isdisjoint(self.gap)

    @property
    def way(self) -> str:
        """How it is set apart."""
        return self.gap

    def is_sure(self) -> bool:
        """Whether it is a word whatever stands around it; in capitals it may be an acronym."""
        acronym = self.letters.isupper() and (
            len(self.letters) <= SURE or not INITIAL.isdisjoint(self.gap)
        )
        return not acronym and self.is_word(among_others=False)

    def is_word(self, among_others: bool) -> bool:
        if self._stays(among_others):
            return False
        if self.gap in STROKES:
            return True
        count = len(self.letters)
        if IDEOGRAPH.search(self.letters):
            inner = self.letters[1:-1] if self.dense else self.letters
            if listed.are_chinese(self.letters) or listed.are_chinese(inner):
                return False
            if not LISTING.isdisjoint(self.gap):
                return (self.all_over and self.gap in CHINESE) or (among_others and count >= SURE)
        if _IS_BLOCK.match(self.letters):
            if listed.are_korean(self.letters):
                return False
            if self.lists and (self.gap not in WIDE or count < SURE):
                return among_others
        if count < SURE:
            return self._is_short_word(among_others)
        if self.gap in COMMON and not self.signed:
            if among_others and not self._is_order(among_others) and not self.are_classes():
                return True
            return not self._is_monotonous() and Run.is_word(self, among_others)
        if self._is_order(among_others) or self.are_classes():
            return False
        if self.gap in WIDE and self.letters.isupper():
            return among_others and self.can_be_said()
        if self._is_monotonous() or (self.gap in WIDE and self.indic):
            return among_others
        return among_others or count >= SURE_SYLLABLES or self.can_be_said()

    def _is_monotonous(self) -> bool:
        """Whether few words of its alphabet have so few different letters ("y n y n")."""
        return len(set(self.letters)) < FEW and _OF_FORMULAS.match(self.letters) is not None

    def is_set(self) -> bool:
        """Whether it is a word with spaces of a fixed width between its letters."""
        letters = self.letters
        return not (
            self.are_days()
            or listed.count_up(letters)
            or GENDERS.fullmatch(letters)
            or (IDEOGRAPH.search(letters) and listed.are_chinese(letters))
            or (letters.isupper() and len(letters) < SURE)
        )

    def _is_short_word(self, among_others: bool) -> bool:
        """Whether two or three letters are one."""
        if self._is_order(among_others) or self.are_classes() or self.beside_digit:
            return False
        if among_others:
            few = self.gap in WIDE or not INITIAL.isdisjoint(self.gap)
            return not few or (not self.letters.isupper() and self.can_be_said())
        return not (
            self.lists
            or self.dense
            or self.signed
            or _OF_FORMULAS.search(self.letters)
            or IDEOGRAPH.search(self.letters)
            or len(set(self.syllables)) < len(self.syllables) - 1
        )

    def _is_order(self, among_others: bool) -> bool:
        """Whether they are points of a list, which many a word in the order of the alphabet is not
        ("most")."""
        if self.are_neighbours():
            return True
        if self.lists and not among_others:
            return self.in_order()
        return listed.count_up(self.letters)

    def _stays(self, among_others: bool) -> bool:
        """What looks like a word set apart, and is none."""
        if not self.letters.isalpha() or self.are_days():
            return True
        if not _OF_PEOPLE.isdisjoint(self.gap) and GENDERS.fullmatch(self.letters):
            return True
        if self.gap == "." and self._are_initials(among_others):
            return True
        if self.syllables and listed.NAMED.issuperset(self.syllables):
            return True
        if self.lists and self.gap != "." and listed.are_notes(self.letters):
            return True
        return self.gap == " " and (
            listed.are_repeated(self.letters)
            or listed.have_conjunctions(self.letters)
            or listed.are_short_words(self.syllables)
        )

    def _are_initials(self, among_others: bool) -> bool:
        if self.letters.lower() in listed.INITIALS:
            return True
        if among_others:
            return False
        if self.dense and not IDEOGRAPH.search(self.letters):
            return all(len(one) == 1 for one in self.syllables[:-1])
        short = self.letters.isupper() or INDIC.search(self.letters) is not None
        return self.after == "." and short


def found_in(text: str) -> bool:
    """Whether letters may be set apart at all: a quick look."""
    return bool(
        (_MAY_BE.search(text) and _APART.search(text))
        or bracketed.found_in(text)
        or _BETWEEN_LETTERS.search(text)
    )


def gaps(text: str) -> set[int]:
    """Indices of the separators of words set apart."""
    runs: list[_Wide | Bracketed] = [*_runs(text), *_signed(text)]
    if bracketed.found_in(text):
        runs += bracketed.runs(text)
    if not runs:
        return set()
    sure = [run for run in runs if run.is_sure()]
    counts = Counter(run.way for run in sure)
    ways = {run.way for run in sure if not run.lists or counts[run.way] >= MANY} - {" ", *WIDE}
    if sure:
        known = {i for run in runs for i in run.gaps}
        runs += (
            run
            for run in _pairs(text)
            if run.gaps[0] not in known and (run.way in ways or len(run.syllables) == FEW)
        )
    words = [run for run in runs if run.is_word(len(sure) >= 2 or run.way in ways)]
    found = {i for run in words for i in run.gaps}
    for run in words:
        if run.gap.startswith(" "):
            found.update(_beside(text, run.start, run.end))
            found.difference_update(_borders(run))
    return found


def by_fixed_spaces(text: str) -> set[int]:
    """Indices of spaces of a fixed width between the letters of a word, in a text as received:
    afterwards all spaces are the same."""
    return {i for run in map(_run, _BY_FIXED.finditer(text)) if run.is_set() for i in run.gaps}


def _beside(text: str, start: int, end: int) -> Iterator[int]:
    """Spaces between a word set apart by spaces and its neighbours on the line, but one."""
    before = start
    while text[before - 1 : before] == " ":
        before -= 1
    if before and text[before - 1] != "\n":
        yield from range(before + 1, start)
    after = end
    while text[after : after + 1] == " ":
        after += 1
    if after < len(text) and text[after] != "\n":
        yield from range(end + 1, after)


def _borders(run: _Wide | Bracketed) -> Iterator[int]:
    """A space before each capital of words that begin with one ("G o o d M o n e y")."""
    width = len(run.gap)
    if len(run.gaps) == width * (len(run.letters) - 1) and _TITLED.fullmatch(run.letters):
        for i, letter in enumerate(run.letters[1:]):
            if letter.isupper():
                yield run.gaps[width * i]


def _runs(text: str) -> Iterator[_Wide]:
    matches = list(_APART.finditer(text)) if _MAY_BE.search(text) else []
    listing = "".join(found.group() for found in matches if _gap(found) in CHINESE)
    all_over = listing != "" and 2 * _chinese(listing) >= _chinese(text)
    for found in matches:
        yield _run(found, all_over)


def _pairs(text: str) -> Iterator[_Wide]:
    """Two letters, and :data:`FEW` without a border."""
    return map(_run, _PAIR.finditer(text))


def _chinese(text: str) -> int:
    return len(IDEOGRAPH.findall(text.replace(DOT, "")))


def _gap(found: re.Match[str]) -> str:
    """The one of its groups that took part."""
    return found[found.lastgroup or 0]


def _run(found: re.Match[str], all_over: bool = False) -> _Wide:
    gap, run, text = _gap(found), found.group(), found.string
    syllables = tuple(run.split(gap))
    places: list[int] = []
    at = found.start()
    for syllable in syllables[:-1]:
        at += len(syllable)
        places += range(at, at + len(gap))
        at += len(gap)
    letters = "".join(apart.LETTER.findall("".join(syllables)))
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    return _Wide(
        found.start(), letters, gap, tuple(places), bool(INDIC.search(run)), found.end(),
        syllables, after, all_over, dense=found.lastgroup == "dense",
        beside_digit=before.isdigit() or after.isdigit(),
    )  # fmt: skip


def _signed(text: str) -> Iterator[_Wide]:
    """Words with signs for letters between their letters, which could be said; lists left out."""
    if not _BETWEEN_LETTERS.search(text):
        return
    for found in _SIGNED.finditer(text):
        pieces = found.group().split(found["gap"])
        inside = [i for i, piece in enumerate(pieces) if not _HAS_SIGN.match(piece)]
        if len(inside) < 2:
            continue
        first, last = inside[0], inside[-1] + 1
        letters = "".join(pieces[first:last])
        own = "".join(pieces[i] for i in inside)
        signs = len(letters) - len(own)
        start, end = found.start() + 2 * first, found.start() + 2 * last - 1
        if found["gap"] == " " and (
            (len(letters) <= SURE and _NEVER_ALONE.isdisjoint(letters))
            or text[found.start() - 2 : found.start() - 1].isdigit()
        ):
            continue  # "17 h à 7 h"
        if 0 < signs < len(own) and not own.isupper() and not listed.count_up(own):
            yield _Wide(
                start, letters.lower().translate(_READ), found["gap"],
                tuple(range(start + 1, end - 1, 2)), False, end, signed=True,
            )  # fmt: skip
