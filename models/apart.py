"""Words whose letters are set apart: ``w o r k``, ``w/o/r/k``, in any script.

A letter is taken with the marks that sit on it. Where letters and words are both set apart by one
space, nobody can tell where a word ends, and the words are joined; two spaces keep them apart.

What is no word stays: lists of choices ("B/C/D/E", neighbours in the alphabet), lists in
capitals, days of the week ("L M X J V", "月 火 水 木"), sizes, genders ("m/w/x/d"), Chinese
characters between slashes or commas, initials of three letters. Few letters between slashes or
commas, where they stand alone, are a word only if one could be said ("w/o/r/k", not "x,y,z,t").
Where two words in small letters are surely set apart in a text, shorter and less sure ones are read
so too. Since version 5 of the rendering see :mod:`models.set_apart`, which begins with this.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from models.alphabets import CYRILLIC, HANGUL, LATIN, MARKS, UNSPACED

GAPS = " .\\-*·|_~+/,"
"""What may stand between the letters, for a character class."""

SURE = 4
"""Letters from which a word set apart is one, whatever else the text holds."""

SURE_SYLLABLES = 6
"""The same for Indic letters set apart by spaces: in Hindi many words are one letter and a sign."""

# Hangul jamo would compose once joined, and Korean words of one syllable stand side by side.
_MARK = rf"[{MARKS}]"
_JOINER = rf"(?:[\u200c\u200d](?=[{GAPS}]))?"
_FIRST = rf"(?![{HANGUL}])[^\W\d_]{_MARK}*+{_JOINER}"
_NEXT = rf"{_MARK}*+{_FIRST}"  # a mark that was a letter's second half stands after the gap
_SPACED = rf"(?<![^\W_])(?<!{_MARK}){_FIRST}(?P<gap>[{GAPS}]){_NEXT}(?:(?P=gap){_NEXT})+(?![^\W_])"
# Without spaces between words, the next word begins where one ends.
_SYLLABLE = rf"(?=[{UNSPACED}])[^\W\d_]{_MARK}*+"
_DENSE = (
    rf"{_SYLLABLE}(?P<dense>[{GAPS}])(?:{_MARK}*+{_SYLLABLE}(?P=dense)){{2,}}{_MARK}*+{_SYLLABLE}"
)
_APART = re.compile(f"{_SPACED}|{_DENSE}")
LETTER = re.compile(r"[^\W\d_]")
IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
INDIC = re.compile("[\u0900-\u0dff]")
# German: male, female, divers, "x" or "i" (inter), "h" (human), "v" of "various" ("M/F/D/V").
GENDERS = re.compile("[mwfdxhiv]{3,5}", re.IGNORECASE)
_KNOWN = re.compile(f"[{LATIN}{CYRILLIC}]")
_VOWEL = re.compile("[aeiouıæøœəаеиоуыэюяіє]")
_CLUSTER = re.compile("[b-df-hj-np-tv-zбвгджзклмнпрстфхцчшщ]{3}")

# Initials of the days, each language from one of them on, around the week: Spanish (and Romanian),
# French, Italian, Portuguese, English (with R or H for Thursday, U for Sunday), German, Dutch,
# Swedish, Danish, Finnish, Polish, Czech, Turkish, Indonesian, Russian, Ukrainian, Hebrew, Arabic.
_WEEKS = tuple(
    2 * week
    for week in (
        "LMXJVSD", "LMMJVSD", "LMMGVSD", "STQQSSD", "MTWTFSS", "MTWRFSS", "MTWRFSU", "MTWTHFSS",
        "MDMDFSS", "MDWDVZZ", "MTOTFLS", "MTKTPLS", "PWŚCPSN", "PÚSČPSN", "PSÇPCCP", "SSRKJSM",
        "ПВСЧПСВ", "ПВСЧПСН", "אבגדהוש", "حنثرخجس",
    )
)  # fmt: skip
_DAYS = frozenset("月火水木金土日祝週周一二三四五六七八九十天")
"""Chinese and Japanese names of the days, and the numbers that most of these are."""

_SIZES, _LICENCES = frozenset("XSML"), frozenset("ABCDE")

found_in = _APART.search
"""Whether letters may be set apart at all: a quick look."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters set apart, which may be a word or not."""

    start: int
    letters: str
    gap: str
    gaps: tuple[int, ...]
    indic: bool

    def is_word(self, among_others: bool) -> bool:
        """Whether it is read as a word; ``among_others``: the text has words that surely are."""
        count, capitals = len(self.letters), self.letters.isupper()
        if self.is_list():
            return False
        if count < SURE:
            return among_others and not capitals and self.can_be_said()
        if self.gap in "/,":
            if among_others or count >= SURE_SYLLABLES:
                return among_others or not IDEOGRAPH.search(self.letters)
            return not capitals and not IDEOGRAPH.search(self.letters) and self.can_be_said()
        if self.gap == " " and self.indic:
            return among_others or count >= SURE_SYLLABLES
        return True

    def is_list(self) -> bool:
        """Letters in the order of the alphabet, such as driving licences, or a piece of it
        mixed up; genders; numerals that are no letters."""
        if not self.letters.isalpha():
            return True
        if self.gap in "/|.," and GENDERS.fullmatch(self.letters):
            return True
        if self.gap == " " and (self.are_days() or self.are_classes()):
            return True
        if self.gap not in "/," and not self.letters.isupper():
            return False
        return self.in_order() or self.are_neighbours()

    def in_order(self) -> bool:
        """Whether each comes after the one before in its alphabet."""
        return all(a < b for a, b in zip(self.letters, self.letters[1:], strict=False))

    def are_days(self) -> bool:
        """Whether they are days of the week ("L M X J V", "月 火 水 木"). Without spaces between
        words, the first and the last may end or begin another word."""
        letters = self.letters.upper()
        if any(letters in week for week in _WEEKS):
            return True
        named = sum(letter in _DAYS for letter in letters)
        return _DAYS.issuperset(letters[1:-1]) and named >= 3

    def are_classes(self) -> bool:
        """Whether they are sizes ("S M L X") or classes of driving licences ("B C C E")."""
        return _SIZES.issuperset(self.letters) or _LICENCES.issuperset(self.letters)

    def are_neighbours(self) -> bool:
        """Whether Latin or Cyrillic letters are a piece of their alphabet, mixed up ("a,b,d,c")."""
        codes = {ord(letter) for letter in self.letters.lower()}
        count = len(self.letters)
        return (
            _KNOWN.match(self.letters) is not None
            and len(codes) == count
            and max(codes) - min(codes) < count
        )

    def can_be_said(self) -> bool:
        """Whether a Latin or Cyrillic one has a vowel, and not three consonants in a row."""
        letters = unicodedata.normalize("NFD", self.letters.lower())
        if not _KNOWN.match(letters):
            return True
        return _VOWEL.search(letters) is not None and not _CLUSTER.search(letters)


def gaps(text: str) -> set[int]:
    """Indices of the separators of words set apart."""
    runs = list(_runs(text))
    sure = sum(run.is_word(among_others=False) for run in runs if not run.letters.isupper())
    return {i for run in runs if run.is_word(sure >= 2) for i in run.gaps}


def _runs(text: str) -> Iterator[Run]:
    for found in _APART.finditer(text):
        gap = found["gap"] or found["dense"]
        run = found.group()
        yield Run(
            found.start(),
            "".join(LETTER.findall(run)),
            gap,
            tuple(found.start() + i for i, char in enumerate(run) if char == gap),
            bool(INDIC.search(run)),
        )
