"""Slips of a hurried hand: letters swapped, left out, doubled, or the key beside the right one.

Typing errors are mostly one letter left out, put in, taken for another, or two swapped (Damerau
1964), seldom the first of a word (Yannakoudakis and Fawthrop 1983). People who were drawn in, and
those who draw them in, write so on telephones; whoever wants to slip through a filter does it on
purpose.
"""

import random
import re
import unicodedata

from training.edits import Edit, Example, apply

WORD = re.compile(r"[^\W\d_][^\W\d_\u0300-\u036f]{3,}")
SHARE = (0.05, 0.25)
"""Of the longer words of a text that hold a slip, drawn between these."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
BESIDE = {
    letter: "".join(row[max(0, i - 1) : i] + row[i + 1 : i + 2])
    for row in _ROWS
    for i, letter in enumerate(row)
}
"""Keys to the left and the right, on the layouts QWERTY and ЙЦУКЕН."""


def slip(example: Example, rng: random.Random) -> Example:
    """A slip in some of the longer words, never in a placeholder of a contact."""
    share = rng.uniform(*SHARE)
    edits: list[Edit] = []
    for word in WORD.finditer(example.text):
        inside = example.text[max(0, word.start() - 1) : word.start()] == "<"
        if inside or rng.random() >= share:
            continue
        at = rng.randrange(word.start() + 1, word.end() - 1)
        if changed := _slip(example.text[at], example.text[at + 1], rng):
            edits.append((at, at + 2, changed))
    return apply(example, edits)


def _slip(letter: str, following: str, rng: random.Random) -> str:
    """Two letters after a slip; nothing where one of them is a mark that belongs to the other."""
    if any(unicodedata.category(one).startswith("M") for one in (letter, following)):
        return ""
    kind = rng.choice(["swap", "omit", "double", "beside"])
    if kind == "swap" and letter != following:
        return following + letter
    if kind == "omit":
        return following
    if kind == "beside" and letter in BESIDE:
        return rng.choice(BESIDE[letter]) + following
    return letter + letter + following
