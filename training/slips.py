"""Slips of a hurried hand: letters swapped, left out, doubled, or the key beside the right one; and
a space inside a word.

Typing errors are mostly one letter left out, put in, taken for another, or two swapped (Damerau
1964), seldom the first of a word (Yannakoudakis and Fawthrop 1983). People who were drawn in, and
those who draw them in, write so on telephones; whoever wants to slip through a filter does it on
purpose.
"""

import random
from collections.abc import Iterator

import regex

from training.edits import Edit, Example, apply

WORD = regex.compile(r"(?=[\p{L}\p{M}]{4})\p{L}\p{M}*+(?:\p{L}\p{M}*+){2,9}")
"""A word of at least four letters and marks, three of them letters; of a longer one, or of a run in
a script that puts no space between words, ten letters each."""

LETTER = regex.compile(r"\p{L}\p{M}*+")
"""A letter with the marks that belong to it."""

LEAST = 0.05
"""Of the longer words of a text that are changed: a share between this and the recipe's."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
BESIDE = {
    letter: "".join(row[max(0, i - 1) : i] + row[i + 1 : i + 2])
    for row in _ROWS
    for i, letter in enumerate(row)
}
"""Keys to the left and the right, on the layouts QWERTY and ЙЦУКЕН."""


def slip(example: Example, rng: random.Random, most: float = 0.25) -> Example:
    """A slip in some of the longer words, never in a placeholder of a contact."""
    edits: list[Edit] = []
    for start, letters in _some_words(example.text, rng, most):
        at = rng.randrange(1, len(letters) - 1)
        if changed := _slip(letters[at], letters[at + 1], rng):
            begin = start + sum(map(len, letters[:at]))
            edits.append((begin, begin + len(letters[at] + letters[at + 1]), changed))
    return apply(example, edits)


def part(example: Example, rng: random.Random, most: float = 0.5) -> Example:
    """A space inside some of the longer words, never in a placeholder of a contact."""
    edits: list[Edit] = []
    for start, letters in _some_words(example.text, rng, most):
        at = start + sum(map(len, letters[: rng.randrange(1, len(letters))]))
        edits.append((at, at, " "))
    return apply(example, edits)


def _some_words(text: str, rng: random.Random, most: float) -> Iterator[tuple[int, list[str]]]:
    """Where each begins, and its letters with their marks."""
    share = rng.uniform(min(LEAST, most), most)
    for word in WORD.finditer(text):
        inside = text[max(0, word.start() - 1) : word.start()] == "<"
        if not inside and rng.random() < share:
            yield word.start(), LETTER.findall(word.group())


def _slip(letter: str, following: str, rng: random.Random) -> str:
    """Two letters after a slip; nothing where that would leave a mark out or write it twice."""
    kind = rng.choice(["swap", "omit", "double", "beside"])
    if kind == "swap" and letter != following:
        return following + letter
    if len(letter) > 1:
        return ""
    if kind == "omit":
        return following
    if kind == "beside" and letter in BESIDE:
        return rng.choice(BESIDE[letter]) + following
    return letter + letter + following
