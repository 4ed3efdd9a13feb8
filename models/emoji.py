"""Emoji inside words: some have the shape of a letter, the others only cut the word in two.

Enclosed letters are read as letters elsewhere (:mod:`models.disguise`). Here are shapes: a ring is
an o, a cross an x, a dagger a t. The emoji of the attacks "emoji for letters" and "emoji inside
words" in :mod:`evaluation.robustness.letters` were in view when this was written; the shapes are
those that Unicode's names and charts show, and any other pictograph cuts a word.

Emoji stand between words as bullets and pauses, without a space too ("Good pay💰Free room"). One of
a letter's shape is read where a piece beside it has at most two letters. Any other may follow a
short word ("ok😊thanks"), so it goes only where its token has a piece that is no word and no long
one ("wo💰rk"), or where many words of the text are cut: see :func:`_is_cut`. Lists stay: pieces
that begin with a capital, or short ones all in capitals ("KL✈JB"). In scripts without spaces
between words, and in Korean, whose words and names have two or three letters, nothing can be told,
and all stays.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from models.alphabets import CYRILLIC, GREEK, HANGUL, LATIN, MARKS, UNSPACED

_RINGS, _CROSSES, _DAGGERS = "⭕⭘◯○", "❌❎✖✗✘☓✕", "✝✞✟☦➕✚"
LATIN_SHAPES = (
    dict.fromkeys(_RINGS, "o") | dict.fromkeys(_CROSSES, "x") | dict.fromkeys(_DAGGERS, "t")
    | {"💲": "s", "📧": "e"}
)  # fmt: skip
CYRILLIC_SHAPES = (
    dict.fromkeys(_RINGS, "о") | dict.fromkeys(_CROSSES, "х") | dict.fromkeys(_DAGGERS, "т")
    | {"💲": "с", "📧": "е"}
)  # fmt: skip

# Blocks of pictographs; enclosed letters and regional indicators (1F100 to 1F1FF) are letters.
PICTOGRAPHS = "\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001f0ff\U0001f200-\U0001faff"
_WHOLE = UNSPACED + HANGUL
_LETTER = rf"(?:(?![{_WHOLE}])[^\W\d_])"
_MARK = f"[{MARKS}]"
_INSIDE = re.compile(
    rf"[{PICTOGRAPHS}](?<=[^\W\d_{_WHOLE}][{PICTOGRAPHS}])(?=[{PICTOGRAPHS}]*{_LETTER})"
    rf"|[{PICTOGRAPHS}](?<={_MARK}[{PICTOGRAPHS}])(?=[{PICTOGRAPHS}]*{_LETTER})"
)
_TOKEN = re.compile(rf"(?<![{PICTOGRAPHS}])[{PICTOGRAPHS}]*+(?:{_LETTER}{_MARK}*[{PICTOGRAPHS}]*)+")
_PIECE = re.compile(f"[^{PICTOGRAPHS}]+")
_IS_MARK = re.compile(_MARK)
_IS_LATIN, _IS_CYRILLIC = re.compile(f"[{LATIN}]"), re.compile(f"[{CYRILLIC}]")
_IS_GREEK = re.compile(f"[{GREEK}]")

_VOWELS = frozenset("aeiouyıəæøœаеёиоуыэюяієαεηιουω")

_SINGLE_WORDS = frozenset("вскзжб")  # Slavic prepositions and particles

SHORT = 2
"""Letters of a piece that is rarely a word."""

SHORT_IN_CAPITALS = 3
"""Letters of a piece that is an abbreviation: "UAE✈KSA"."""

FEWEST = 4
"""Letters of the shortest word that is taken to be cut by itself."""

found_in = _INSIDE.search
"""Whether an emoji stands between two letters: a quick look."""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    text: str
    pieces: tuple[str, ...]
    """Letters between emoji, marks left out."""

    @property
    def is_word(self) -> bool:
        """Whether it has letters, and no numerals that are none (〇, ⓵)."""
        return bool(self.pieces) and all(map(str.isalpha, self.pieces))

    @property
    def sure(self) -> bool:
        """Whether it is one word, by itself."""
        if not self.shaped:
            long_enough = sum(map(len, self.pieces)) >= FEWEST
            short = max(map(len, self.pieces)) <= SHORT
            no_word = self.fragment or any(map(_vowelless, self.pieces[1:]))
            return long_enough and short and no_word and self.candidate
        return (
            len(self.pieces) > 1
            and min(map(len, self.pieces)) <= SHORT
            and (sum(map(len, self.pieces)) > SHORT or self._letters > SHORT + 1)
            and not self.is_list
        )

    @property
    def candidate(self) -> bool:
        """Whether it may be a word that an emoji without a letter's shape cuts, or a short word
        beside one."""
        lengths = [len(piece) for piece in self.pieces]
        return (
            len(lengths) > 1
            and not self.shaped
            and min(lengths) <= SHORT
            and sum(lengths) > SHORT
            and not self.is_list
        )

    @property
    def cut_in_capitals(self) -> bool:
        """Whether it is an abbreviation in two pieces, one of them a consonant ("OT💰P")."""
        return (
            len(self.pieces) == 2
            and min(map(len, self.pieces)) == 1 < max(map(len, self.pieces))
            and "".join(self.pieces).isupper()
            and _vowelless(min(self.pieces, key=len))
        )

    @property
    def fragment(self) -> bool:
        """Whether a piece is a single consonant that is no word. (In alphabets whose vowels are not
        listed here: a single letter.)"""
        return any(
            len(piece) == 1 and piece.lower() not in _SINGLE_WORDS and _vowelless(piece)
            for piece in self.pieces
        )

    @property
    def is_list(self) -> bool:
        """Whether a capital begins a piece ("Travel⭕Meals"), small letters follow an abbreviation
        ("DM📩for"), or pieces are abbreviations ("KL✈JB") or letters in the order of the
        alphabet."""
        whole = "".join(self.pieces)
        if whole.isupper():
            return not self.shaped and max(map(len, self.pieces)) <= SHORT_IN_CAPITALS
        if any(map(str.isupper, whole[1:])):
            return True
        ordered = all(a < b for a, b in pairwise(whole))
        return not self.shaped and ordered and len(whole) == len(self.pieces)

    @property
    def shaped(self) -> bool:
        """Whether a letter's shape is in it."""
        return any(char in LATIN_SHAPES for char in self.text)

    @property
    def _letters(self) -> int:
        """With the shapes of letters."""
        return sum(map(len, self.pieces)) + sum(char in LATIN_SHAPES for char in self.text)


def read(text: str) -> dict[int, str]:
    """What emoji at these indices stand for: a letter, or nothing."""
    tokens = [_token(found.start(), found.group()) for found in _TOKEN.finditer(text)
              if not found.group().isalpha()]  # fmt: skip
    tokens = [token for token in tokens if token.is_word]
    shaped = sum(token.shaped and token.sure for token in tokens) > 1
    cut = _is_cut(text, [token for token in tokens if not token.shaped])
    found: dict[int, str] = {}
    for token in tokens:
        many = shaped if token.shaped else cut
        if token.sure or (many and (not token.is_list or token.cut_in_capitals)):
            found |= _read(token, shaped)
    return found


def _is_cut(text: str, tokens: list[_Token]) -> bool:
    """Whether emoji without a letter's shape cut words all over a text. Half of the words that an
    emoji stands in, lists apart, have a short piece, few are lists of words, and

    * half of all words do, three at least, or a third, six at least, or
    * two do, a third of all, and one of these pieces is no word (an emoji stands in a third of all,
      where three do), or
    * four do, and two of these pieces are no words.
    """
    several = [token for token in tokens if len(token.pieces) > 1]
    cut = [token for token in several if token.candidate]
    whole = [token for token in several if not token.is_list]
    lists = sum(token.is_list and not "".join(token.pieces).isupper() for token in several)
    if len(cut) < 2 or 2 * len(cut) < len(whole) or 2 * lists > len(whole):
        return False
    words = sum(any(map(str.isalpha, chunk)) for chunk in text.split())
    fragments = sum(token.fragment for token in cut)
    return (
        (len(cut) > 2 and 2 * len(cut) >= words)
        or (len(cut) > 5 and 3 * len(cut) >= words)
        or (fragments > 0 and 3 * (len(whole) if len(cut) > 2 else len(cut)) >= words)
        or (fragments > 1 and len(cut) > 3)
    )


def _vowelless(piece: str) -> bool:
    """Whether it has no vowel, in Latin, Cyrillic and Greek; elsewhere whether it is one letter."""
    if not (_IS_LATIN.match(piece) or _IS_CYRILLIC.match(piece) or _IS_GREEK.match(piece)):
        return len(piece) == 1
    return _VOWELS.isdisjoint(unicodedata.normalize("NFD", piece.lower()))


def _token(start: int, text: str) -> _Token:
    pieces = (_IS_MARK.sub("", piece) for piece in _PIECE.findall(text))
    return _Token(start, text, tuple(piece for piece in pieces if piece))


def _read(token: _Token, edges: bool) -> dict[int, str]:
    letters = "".join(token.pieces)
    shapes: dict[str, str] = {}
    if _IS_CYRILLIC.search(letters):
        shapes = CYRILLIC_SHAPES
    elif _IS_LATIN.search(letters):
        shapes = LATIN_SHAPES
    capitals = letters.isupper() and len(letters) > 1
    at = [i for i, char in enumerate(token.text) if char.isalpha()]
    inside = range(min(at, default=0) + 1, max(at, default=0))
    found = {}
    for i, char in enumerate(token.text):
        if char.isalpha() or _IS_MARK.match(char):
            continue
        if i in inside or (edges and char in shapes):
            letter = shapes.get(char, "")
            found[token.start + i] = letter.upper() if capitals else letter
    return found
