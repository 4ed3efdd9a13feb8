"""Emoji inside words: some have the shape of a letter, the others only cut the word in two.

Enclosed letters are read as letters elsewhere (:mod:`models.disguise`). Here are shapes: a ring is
an o, a cross an x, a dagger a t. The emoji of the attacks "emoji for letters" and "emoji inside
words" in :mod:`evaluation.robustness.letters` were in view when this was written; the shapes are
those that Unicode's names and charts show, and any other pictograph cuts a word.

Emoji stand between words as bullets and pauses, without a space too ("Good pay💰Free room"), so
one is read as part of a word only where that word is in doubt without it: a piece beside it has at
most two letters, or several words of the text are cut. In scripts without spaces between words, and
in Korean, whose words and names have two or three letters, nothing can be told, and all stays.
"""

import re
from dataclasses import dataclass

from models.alphabets import CYRILLIC, HANGUL, LATIN, MARKS, UNSPACED

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

SHORT = 2
"""Letters of a piece that is rarely a word."""

found_in = _INSIDE.search
"""Whether an emoji stands between two letters: a quick look."""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    text: str
    pieces: tuple[str, ...]
    """Letters between emoji, marks left out."""

    @property
    def sure(self) -> bool:
        """Whether it is one word, by itself."""
        return (
            len(self.pieces) > 1
            and min(map(len, self.pieces)) <= SHORT
            and (sum(map(len, self.pieces)) > SHORT or self._letters > SHORT + 1)
            and not self.is_list
        )

    @property
    def is_list(self) -> bool:
        """Whether a capital begins a piece: "Travel⭕Meals"."""
        whole = "".join(self.pieces)
        return not whole.isupper() and any(piece[0].isupper() for piece in self.pieces[1:])

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
    sure = [token for token in tokens if token.sure]
    if not sure:
        return {}
    several = len(sure) > 1
    edges = sum(token.shaped for token in sure) > 1
    found: dict[int, str] = {}
    for token in tokens:
        if token.sure or (several and not token.is_list):
            found |= _read(token, edges)
    return found


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
    places = [i for i, char in enumerate(token.text) if char.isalpha()]
    inside = range(places[0] + 1, places[-1]) if places else range(0)
    found = {}
    for i, char in enumerate(token.text):
        if char.isalpha() or _IS_MARK.match(char):
            continue
        if i in inside or (edges and char in shapes):
            letter = shapes.get(char, "")
            found[token.start + i] = letter.upper() if capitals else letter
    return found
