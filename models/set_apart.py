"""Words whose letters are set apart, since version 5 of the rendering: more means than those of
:mod:`models.apart`, and more that stays.

Undone too: dashes, colons, apostrophes, bullets, carets, number signs, tabs, two spaces, two dots,
a separator between spaces; each letter in brackets (``[w][o][r][k]``); Chinese letters between
``、`` or ``/`` where half of a text is written so, and between the stroke ``丶``; signs for letters
inside such a word (``w 0 r k``).

What stays too: days of the week between any separators ("L-M-M-J-V"), initials before a further
dot ("P.A.Y.E.", "सी.सी.टी.वी."), letters with a conjunction between them ("A e B"), a letter before
a sum ("R$"), and Hindi words of one letter and a sign ("या तो ये लो").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from models import apart
from models.alphabets import CYRILLIC, HANGUL, LATIN, MARKS, UNSPACED
from models.apart import GAPS, GENDERS, IDEOGRAPH, INDIC, SURE, SURE_SYLLABLES, Run

MORE_GAPS = "\u2014\u2013:;'\u2019\u2022^#=\\t\u3001"
"""What else may stand between letters, for a character class."""

WIDE = ("  ", "\t")
"""Gaps that columns of a table have too."""

_STROKE = "\u4e36"
"""For Chinese ones; a letter itself."""

_LISTING = "/,\u3001"
"""Gaps that Chinese lists have."""

_MARK = f"[{MARKS}]"
_GAP = f"[{GAPS}{MORE_GAPS}]|  |\\.\\.\\.?|--| [.\\-*\u00b7|_~+/,:\u2022\u2014\u2013] "
_FIRST = rf"(?![{HANGUL}{_STROKE}])[^\W\d_]{_MARK}*+(?:[\u200c\u200d](?=[{GAPS}{MORE_GAPS}]))?"
_NEXT = rf"{_MARK}*+{_FIRST}"
_SPACED = (
    rf"(?<![^\W_])(?<!{_MARK}){_FIRST}(?P<gap>{_GAP}){_NEXT}(?:(?P=gap){_NEXT})+"
    r"(?![^\W_]|[$€£₹])"
)
_SYLLABLE = rf"(?=[{UNSPACED}])(?!{_STROKE})[^\W\d_]{_MARK}*+"
_DENSE = (
    rf"{_SYLLABLE}(?P<dense>[{GAPS}\u3001{_STROKE}])(?:{_MARK}*+{_SYLLABLE}(?P=dense)){{2,}}"
    rf"{_MARK}*+{_SYLLABLE}"
)
_ONE = rf"[^\W\d_]{_MARK}*+"
_IN_BRACKETS = "|".join(
    rf"{one}(?:{between}{one}){{2,}}"
    for one in (rf"\[{_ONE}\]", rf"\({_ONE}\)", rf"\{{{_ONE}\}}", f"<{_ONE}>")
    for between in ("", " ")
)
_BRACKETED = re.compile(_IN_BRACKETS)
_APART = re.compile(f"{_SPACED}|{_DENSE}")

# A run holds letters and signs; a quick look asks for a sign or two between letters.
_KNOWN, _SIGN = f"[{LATIN}{CYRILLIC}]", "[013457@$€]"
_EITHER = f"[{LATIN}{CYRILLIC}013457@$€]"
_BETWEEN_LETTERS = re.compile(
    rf"{_SIGN}(?<={_KNOWN}[{GAPS}]{_SIGN})(?<![^\W_].[{GAPS}]{_SIGN})"
    rf"(?=[{GAPS}](?:{_SIGN}[{GAPS}])?{_KNOWN}(?![^\W_]))"
)
_SIGNED = re.compile(
    rf"(?<![^\W_]){_EITHER}(?P<gap>[{GAPS}]){_EITHER}(?:(?P=gap){_EITHER})+(?![^\W_])"
)
_HAS_SIGN = re.compile(_SIGN)
_NEVER_ALONE = frozenset("0@$€")
_READ = str.maketrans("013457@$€", "oieastase")

COUNTED = 3
"""Places in the alphabet below which letters in order are points of a list ("1 a 2 b")."""

_INITIALS = frozenset(
    ("asap", "paye", "rsvp", "gmbh", "sarl", "sasu", "eurl", "asbl", "gbr", "aka")
)
"""In small letters; of four letters and more they look like words set apart."""

# Letters of the English alphabet, by their names in Hindi.
_NAMED = frozenset(
    ("ए", "बी", "सी", "डी", "ई", "जी", "जे", "के", "ओ", "पी", "टी", "यू", "वी"),
)
# Hindi words of one letter and a sign, or of one letter.
_HINDI = frozenset((
    "या", "तो", "ये", "वे", "वो", "लो", "दो", "जो", "भी", "ही", "है", "हैं", "हूँ", "हूं", "हो", "था", "थे",
    "थी", "का", "के", "की", "को", "से", "में", "मैं", "ने", "ना", "न", "व", "जा", "ले", "दे", "आ", "ओ", "जी",
    "सो",
))  # fmt: skip
_CONJUNCTIONS = frozenset("eyouaiеиіаюй")
# What Chinese lists name by one letter each: people, directions, seasons, colours, meals, numbers.
_LISTED = frozenset(
    "男女老少东西南北東春夏秋冬衣食住行上下左右甲乙丙丁戊金木水火土酸甜苦辣咸日月年大中小早午晚红黄蓝白黑绿"
    "一二三四五六七八九十周吃喝玩乐切炒煎炸烤蒸煮车铣刨磨钳焊铆钣琴棋书画听说读写"
    "京津沪渝冀豫云辽湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼港澳台"
)


@dataclass(frozen=True, slots=True)
class _Wide(Run):
    syllables: tuple[str, ...] = ()
    """Letters with their marks."""

    after: str = ""
    """The character behind."""

    all_over: bool = False
    """Whether half of the text's Chinese letters stand in such runs."""

    def is_word(self, among_others: bool) -> bool:
        if self._stays(among_others):
            return False
        if self.gap == _STROKE:
            return True
        if self.gap in _LISTING and IDEOGRAPH.search(self.letters):
            return self.all_over and not self._is_chinese_list()
        if self.gap in GAPS:
            return Run.is_word(self, among_others)
        if self.in_order() or self.are_neighbours() or self.are_classes():
            return False
        if len(self.letters) < SURE or (self.gap in WIDE and self.letters.isupper()):
            return among_others and not self.letters.isupper() and self.can_be_said()
        count = len(self.letters)
        if len(set(self.letters)) < SURE - 1 or (self.gap in WIDE and self.indic):
            return among_others
        return count >= SURE_SYLLABLES or self.can_be_said()

    def _stays(self, among_others: bool) -> bool:
        """What looks like a word set apart, and is none."""
        if not self.letters.isalpha() or self.are_days():
            return True
        if self.gap in "/|.,:;\u2014\u2013" and GENDERS.fullmatch(self.letters):
            return True
        if self.gap == "." and self._are_initials(among_others):
            return True
        if self.syllables and _NAMED.issuperset(self.syllables):
            return True
        return self.gap == " " and (self._has_conjunctions() or self._are_short_words())

    def _are_initials(self, among_others: bool) -> bool:
        if self.letters.lower() in _INITIALS:
            return True
        short = self.letters.isupper() or INDIC.search(self.letters) is not None
        return self.after == "." and short and not among_others

    def _has_conjunctions(self) -> bool:
        """Whether small letters that are words stand between capitals."""
        small = {letter for letter in self.letters if letter.islower()}
        return bool(small) and small <= _CONJUNCTIONS and any(map(str.isupper, self.letters[1:]))

    def _are_short_words(self) -> bool:
        """Whether most Indic syllables are words, or few are letters without a sign, as any word
        that is set apart has them."""
        if not INDIC.search(self.letters):
            return False
        words = sum(one in _HINDI for one in self.syllables)
        plain = sum(len(one) == 1 and one not in _HINDI for one in self.syllables)
        return 2 * words > len(self.syllables) or plain == 0

    def _is_chinese_list(self) -> bool:
        return 2 * sum(letter in _LISTED for letter in self.letters) > len(self.letters)


def found_in(text: str) -> bool:
    """Whether letters may be set apart at all: a quick look."""
    return bool(_APART.search(text) or _BRACKETED.search(text) or _BETWEEN_LETTERS.search(text))


def gaps(text: str) -> set[int]:
    """Indices of the separators of words set apart."""
    runs = [*_runs(text), *_bracketed(text), *_signed(text)]
    if not runs:
        return set()
    sure = sum(run.is_word(among_others=False) for run in runs if not run.letters.isupper())
    return {i for run in runs if run.is_word(sure >= 2) for i in run.gaps}


def _runs(text: str) -> Iterator[_Wide]:
    matches = list(_APART.finditer(text))
    listed = sum(
        len(IDEOGRAPH.findall(found.group().replace(_STROKE, "")))
        for found in matches
        if (found["gap"] or found["dense"]) in _LISTING
    )
    all_over = listed > 0 and 2 * listed >= len(IDEOGRAPH.findall(text.replace(_STROKE, "")))
    for found in matches:
        gap, run = found["gap"] or found["dense"], found.group()
        syllables = tuple(run.split(gap))
        places: list[int] = []
        at = found.start()
        for syllable in syllables[:-1]:
            at += len(syllable)
            places += range(at, at + len(gap))
            at += len(gap)
        letters = "".join(apart.LETTER.findall("".join(syllables)))
        yield _Wide(
            found.start(), letters, gap, tuple(places), bool(INDIC.search(run)),
            syllables, text[found.end() : found.end() + 1], all_over,
        )  # fmt: skip


def _bracketed(text: str) -> Iterator[_Wide]:
    for found in _BRACKETED.finditer(text):
        run = found.group()
        kept = [i for i, char in enumerate(run) if char in "[](){}<> "]
        letters = "".join(apart.LETTER.findall(run))
        yield _Wide(
            found.start(), letters, run[0], tuple(found.start() + i for i in kept), False,
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
        counted = all(0 < ord(b) - ord(a) < COUNTED for a, b in pairwise(own))
        start = found.start()
        if found["gap"] == " " and (
            (len(letters) <= SURE and _NEVER_ALONE.isdisjoint(letters))
            or text[start - 2 : start - 1].isdigit()
        ):
            continue  # "17 h à 7 h"
        if 0 < signs < len(own) and not own.isupper() and not counted:
            yield _Wide(
                start + 2 * first, letters.lower().translate(_READ), "[",
                tuple(range(start + 2 * first + 1, start + 2 * last - 2, 2)), False,
            )  # fmt: skip
