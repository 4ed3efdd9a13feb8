"""Marks that disguise a word: those that no spelling puts on letters, or not on most of a word.

* A mark that no alphabet of today needs (U+0353, U+0489), and a mark of another script on a Latin,
  Greek or Cyrillic letter (a Thai vowel over a ``w``) go from every letter. An ending of another
  script that begins with a vowel sign, after a Latin word, keeps it.
* A mark that spelling does need (U+0323, U+0301) goes where it sits on most letters of a word, and
  from all such words of that text. Words that are spelled so carry it on few different letters
  ("ọṣẹ" of Yoruba), or on less than half ("kṛṣṇa"); the points of Arabic and Hebrew and the vowels
  of Indic scripts and Thai are marks of their own script and never looked at.

Composed letters count as what they are made of: ``ẉ`` is a w with a dot below.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

from models.alphabets import ENCLOSING, GREEK_CYRILLIC, HANGUL, LATIN, MARKS, OVERLAYS, UNSPACED

_COMMON = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks that are of no one script, and Cyrillic ones."""

# Those of them that an alphabet of today, or the phonetic one, puts on letters: accents, hooks,
# cedillas and ogoneks, the dot of Taiwanese, ties between two letters, titlos.
_USUAL = (
    "\u0300-\u0304\u0306-\u0315\u031b\u0323-\u0331\u0342-\u0345\u0358\u035c\u0361\u0483-\u0487"
    "\u1dc4-\u1dc9"
)
_RARE = re.compile(f"(?![{_USUAL}{OVERLAYS}{ENCLOSING}])[{_COMMON}]")
_ON_LETTER = re.compile(f"[^\\W\\d_\u2c80-\u2cff](?P<marks>[{MARKS}{_COMMON}]+)")

_KNOWN = LATIN + GREEK_CYRILLIC
_KANA = "\u302a-\u302f\u3099\u309a"
_FOREIGN = re.compile(f"(?![{_COMMON}\u2de0-\u2dff\ua66f-\ua67d\ua69e\ua69f])[{MARKS}{_KANA}]")
_MARKED = f"[{_KNOWN}](?P<marks>[{MARKS}{_COMMON}{_KANA}]++)"
_INSIDE = re.compile(f"{_MARKED}(?=[{_KNOWN}])")
_AT_END = re.compile(rf"{_MARKED}(?![^\W_])")
_FOREIGN_INSIDE = re.compile(f"[{_KNOWN}]{_FOREIGN.pattern}")

# Scripts that need no common marks: they have their own, or none.
_OF_OWN_MARKS = f"\u05d0-\u05ea\u0620-\u06ff\u0900-\u0dff\u1200-\u139f{HANGUL}{UNSPACED}"
_ON_OTHERS = re.compile(f"[{_OF_OWN_MARKS}](?P<marks>[{MARKS}{_COMMON}]+)")

# Two neighbours that carry a mark: one of its own, or one that it is composed with. The horned
# letters of Vietnamese are left out, which stand side by side ("ươ").
_HORNED = "\u01a0\u01a1\u01af\u01b0\u1eda-\u1ee3\u1ee8-\u1ef1"
_IS_COMMON = re.compile(f"[{_COMMON}]")
_COMPOSED = "".join(
    char
    for char in map(chr, range(0xC0, 0x2000))
    if _IS_COMMON.search(unicodedata.normalize("NFD", char)[1:])
    and not re.match(f"[{_HORNED}{_COMMON}]", char)
)
_NEIGHBOURS = re.compile(f"[{_COMPOSED}{_COMMON}](?:[{_COMPOSED}]|[^\\W\\d_][{_COMMON}])")
_ANY_COMMON = frozenset(filter(_IS_COMMON.match, map(chr, range(0x300, 0xFE30))))
_ANY_RARE = frozenset(filter(_RARE.match, map(chr, range(0x300, 0xFE30))))
_ANY_FOREIGN = frozenset(filter(_FOREIGN.match, map(chr, range(0x300, 0xFE30))))
_WORD = re.compile(f"(?:[^\\W\\d_][{_COMMON}]*+)+")

_SPELT = frozenset("eosiu")
"""Letters that carry the same mark in one word of Yoruba or Igbo, all of them at times."""

_OF_ITS_OWN = ""
"""Stands for any mark that no composed letter holds."""

LETTERS = 4
"""Of the shortest word that is taken to be disguised by itself."""


def bared(text: str, chars: Set[str] | None = None) -> dict[int, str]:
    """What stands at these indices without the marks that disguise it: a letter, or nothing.
    ``chars``: those of the text, where they are known.

    >>> bared("pa\\u0353y")
    {2: ''}
    """
    chars = set(text) if chars is None else chars
    found: dict[int, str] = {}
    if not _ANY_RARE.isdisjoint(chars) or not _ANY_FOREIGN.isdisjoint(chars):
        found = dict.fromkeys(_never_spelt(text), "")
    if not _ANY_COMMON.isdisjoint(chars):
        found |= dict.fromkeys(_within(text, _ON_OTHERS, _IS_COMMON), "")
    if _NEIGHBOURS.search(text):
        found |= _without_repeated(text)
    return found


def _never_spelt(text: str) -> Iterator[int]:
    """Indices of marks that no spelling puts there."""
    if _RARE.search(text):
        yield from _within(text, _ON_LETTER, _RARE)
    if _FOREIGN_INSIDE.search(text):
        inside = list(_within(text, _INSIDE, _FOREIGN))
        yield from inside
        if inside:
            yield from _within(text, _AT_END, _FOREIGN)


def _within(text: str, where: re.Pattern[str], which: re.Pattern[str]) -> Iterator[int]:
    """Indices of such marks in each place."""
    for found in where.finditer(text):
        yield from (mark.start() for mark in which.finditer(text, *found.span("marks")))


@dataclass(slots=True)
class _Word:
    """Its letters, each with its index and its marks."""

    letters: list[tuple[int, str, set[str]]]
    own: list[int]
    """Indices of the marks that are characters of their own."""

    counts: Counter[str]
    """Letters that carry a mark, by mark."""

    def bases(self, mark: str) -> set[str]:
        """Letters that carry it, small and without it."""
        return {base for _, base, marks in self.letters if mark in marks}

    def mostly(self, mark: str) -> bool:
        """Whether most of its letters carry it."""
        return 2 * self.counts[mark] > len(self.letters)

    def sure(self, mark: str) -> bool:
        """Whether no spelling would put it on so many of them."""
        if len(self.letters) < LETTERS or not self.mostly(mark):
            return False
        bases = self.bases(mark)
        if len(bases) < LETTERS <= self.counts[mark]:  # "room"
            return len(bases) == LETTERS - 1 and not bases <= _SPELT
        return len(bases) >= LETTERS


def _word(found: re.Match[str]) -> _Word:
    letters: list[tuple[int, str, set[str]]] = []
    own = []
    for i, char in enumerate(found.group(), found.start()):
        if _IS_COMMON.match(char):
            letters[-1][2].update((char, _OF_ITS_OWN))
            own.append(i)
        else:
            base, marks = _taken_apart(char)
            letters.append((i, base, set(marks)))
    return _Word(letters, own, Counter(mark for _, _, marks in letters for mark in marks))


@lru_cache(maxsize=4096)
def _taken_apart(char: str) -> tuple[str, str]:
    """A letter without its common marks, small, and these."""
    apart = unicodedata.normalize("NFD", char)
    return apart[0].lower(), "".join(_IS_COMMON.findall(apart))


def _without_repeated(text: str) -> dict[int, str]:
    """Letters without the marks that most letters of words carry."""
    words = list(map(_word, _with_neighbours(text)))
    worn = {mark for word in words for mark in word.counts if word.sure(mark)}
    worn |= _all_over(words, text)
    if not worn:
        return {}
    found: dict[int, str] = {}
    for word in map(_word, _WORD.finditer(text)):
        gone = {mark for mark in worn if word.mostly(mark)}
        found |= dict.fromkeys((i for i in word.own if _OF_ITS_OWN in gone or text[i] in gone), "")
        for i, _, marks in word.letters:
            if marks and not gone.isdisjoint(marks):
                found |= _without(text[i], i, gone)
    return found


def _with_neighbours(text: str) -> Iterator[re.Match[str]]:
    """Words in which two neighbours carry the same mark, and those beside them up to a space."""
    at = done = 0
    while found := _NEIGHBOURS.search(text, at):
        if _marks(text[found.start()]).isdisjoint(_marks(text[found.end() - 1])):
            at = found.start() + 1
            continue
        start = text.rfind(" ", done, found.start()) + 1 or done
        end = text.find(" ", found.end())
        at = done = end if end >= 0 else len(text)
        yield from _WORD.finditer(text, start, done)


@lru_cache(maxsize=4096)
def _marks(char: str) -> frozenset[str]:
    """Marks that a character holds, or is."""
    if _IS_COMMON.match(char):
        return frozenset((char, _OF_ITS_OWN))
    return frozenset(_taken_apart(char)[1])


def _all_over(words: list[_Word], text: str) -> set[str]:
    """Marks on three quarters of a text's letters, in short words or long."""
    bases: defaultdict[str, set[str]] = defaultdict(set)
    for word in words:
        for _, base, marks in word.letters:
            for mark in marks:
                bases[mark].add(base)
    many = {mark for mark, of_mark in bases.items() if len(of_mark) > LETTERS}
    if not many:
        return many
    letters = sum(map(str.isalpha, text))
    return {mark for mark in many if 4 * sum(word.counts[mark] for word in words) >= 3 * letters}


def _without(char: str, at: int, gone: set[str]) -> dict[int, str]:
    """A composed letter without these marks, where that is one character."""
    apart = "".join(c for c in unicodedata.normalize("NFD", char) if c not in gone)
    plain = unicodedata.normalize("NFC", apart)
    return {at: plain} if len(plain) == 1 and plain != char else {}
