"""Words with every letter in brackets of its own: ``[w][o][r][k]``, ``「高」「薪」``.

Brackets are what Unicode names so, in pairs, and quotation marks; a word may mix them. Three
letters are a word, unless they are points of a list, boxes to tick, sizes or people; two are one
where the text has a longer one. A sign may stand for a letter among them (``[w][0][r][k]``).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from models import listed
from models.alphabets import MARKS
from models.apart import GENDERS, IDEOGRAPH, SURE, SURE_SYLLABLES, Run
from models.separators import LIGATURE, SIGNS


def _pairs() -> dict[str, str]:
    """What closes each bracket."""
    found = {"<": ">", "\u201e": "\u201c", "\u201a": "\u2018"}
    for char in map(chr, (*range(0x21, 0x3100), *range(0xFE10, 0xFF70))):
        if unicodedata.category(char) in ("Ps", "Pi"):
            name = unicodedata.name(char)
            try:
                found.setdefault(char, unicodedata.lookup(name.replace("LEFT", "RIGHT")))
            except KeyError:
                continue
    del found["\u201b"], found["\u201f"]  # they open as they close
    return found | {"\u00bb": "\u00ab", "\u203a": "\u2039"}


PAIRS = {left: right for left, right in _pairs().items() if left != right}
_OPEN = "".join(map(re.escape, PAIRS))
_CLOSE = "".join(map(re.escape, sorted(set(PAIRS.values()))))

_MARK = f"[{MARKS}]"
_LETTER = rf"{_MARK}*+{LIGATURE}[^\W\d_]{_MARK}*+(?:[\u200c\u200d](?:[^\W\d_]{_MARK}*+)?)*+"
_SIGN = "[013457@$€]"
_FIRST = rf"[{_OPEN}] ?{_LETTER} ?[{_CLOSE}]"
_ONE = rf"(?:[{_OPEN}] ?(?:{_LETTER}|{_SIGN}) ?[{_CLOSE}])"
_ALONE = rf"{_ONE}(?![{_OPEN}])"
_RUN = re.compile(
    rf"{_FIRST}{_ONE}++|{_FIRST}(?P<between> {{1,3}}|[{SIGNS}]){_ALONE}(?:(?P=between){_ALONE})*+"
)
_EACH = re.compile(rf"(?P<left>[{_OPEN}]) ?(?P<letter>{_LETTER}|{_SIGN}) ?(?P<right>[{_CLOSE}])")
_IS_SIGN = re.compile(_SIGN)

found_in = re.compile(
    rf"{_FIRST}(?P<between>(?: {{1,3}}|[{SIGNS}])?){_ONE}(?P=between){_ONE}"
).search
"""Whether there may be such a word: a quick look."""

FEWEST = 3
"""Letters of a word that is one by itself."""

_TAGS = frozenset("abipqsu")
"""Tags of HTML that are one letter."""


@dataclass(frozen=True, slots=True)
class Bracketed(Run):
    """Letters each in brackets; ``gap`` is what stands between the brackets."""

    end: int
    """One past its last bracket."""

    brackets: str
    """The first of them."""

    signs: int
    """How many of the letters are signs that stand for one."""

    @property
    def lists(self) -> bool:
        """Whether lists have that gap: none has brackets alone."""
        return False

    @property
    def way(self) -> str:
        """How it is set apart."""
        return self.brackets

    def is_sure(self) -> bool:
        """Whether it is a word whatever stands around it."""
        return self.is_word(among_others=False)

    def is_word(self, among_others: bool) -> bool:
        letters = self.letters
        if not letters.isalpha() or self.signs >= len(letters) or self._is_listed():
            return False
        count = len(letters) + self.signs
        if among_others:
            return not letters.isupper() or count >= FEWEST
        if len(letters) < FEWEST:
            return False
        if self.gap:
            return count >= SURE and (count >= SURE_SYLLABLES or self.can_be_said())
        return True

    def _is_listed(self) -> bool:
        letters = self.letters
        return (
            listed.count_up(letters)
            or self.are_neighbours()
            or self.are_days()
            or self.are_classes()
            or self._are_people()
            or listed.in_an_order(letters)
            or listed.are_ticks(letters)
            or listed.are_notes(letters)
            or listed.are_korean(letters)
            or (self.brackets == "<" and _TAGS.issuperset(letters))
            or (IDEOGRAPH.search(letters) is not None and listed.are_chinese(letters))
        )

    def _are_people(self) -> bool:
        """Whether they are genders: a man, and a woman by a German or an English word."""
        letters = self.letters.lower()
        return GENDERS.fullmatch(letters) is not None and bool({"w", "f"} & set(letters))


def runs(text: str) -> Iterator[Bracketed]:
    """Letters in brackets, two and more."""
    for found in _RUN.finditer(text):
        kept: set[int] = set()
        letters, signs = "", 0
        for one in _EACH.finditer(text, *found.span()):
            if PAIRS[one["left"]] != one["right"]:
                break
            kept.update(range(*one.span("letter")))
            if _IS_SIGN.match(one["letter"]):
                signs += 1
            else:
                letters += "".join(filter(str.isalpha, one["letter"]))
        else:
            gone = tuple(i for i in range(*found.span()) if i not in kept)
            yield Bracketed(
                found.start(), letters, found["between"] or "", gone, False, found.end(),
                text[found.start()], signs,
            )  # fmt: skip
