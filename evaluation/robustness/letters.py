"""Attacks on letters: a reader still reads the word, a filter no longer finds it.

Each takes a word and a generator and gives the disguised word. Look-alikes are pairs that Unicode
Technical Standard 39 lists (confusables.txt), not all that it lists.
"""

import random

from evaluation.robustness.words import clusters

ALIKE = {
    # Latin: Cyrillic and Greek letters.
    "a": "аα", "c": "с", "d": "ԁ", "e": "е", "h": "һ", "i": "іι", "j": "ј", "o": "оο", "p": "рρ",
    "q": "ԛ", "s": "ѕ", "u": "υ", "v": "ν", "w": "ԝ", "x": "х", "y": "уγ",
    "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ",
    "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "УΥ", "Z": "Ζ",
    # Cyrillic: Latin and Greek letters.
    "а": "aα", "е": "e", "і": "iι", "ј": "j", "к": "κ", "о": "oο", "р": "pρ", "с": "c", "ѕ": "s",
    "т": "τ", "у": "yγ", "х": "x", "А": "AΑ", "В": "BΒ", "Е": "EΕ", "І": "IΙ", "К": "KΚ", "М": "MΜ",
    "Н": "HΗ", "О": "OΟ", "Р": "PΡ", "С": "C", "Т": "TΤ", "У": "YΥ", "Х": "XΧ",
    # Arabic: letters of the same shape from Persian and Urdu, and back.
    "ي": "ی", "ك": "ک", "ه": "ہ", "ی": "ي", "ک": "ك", "ہ": "ه",
}  # fmt: skip

RARE = {
    # Armenian letters, and rarer Latin and Cyrillic ones.
    "a": "ɑ", "e": "ҽ", "g": "ցɡ", "h": "հ", "i": "ı", "n": "ո", "o": "օ", "q": "գ", "s": "ƽ",
    "u": "ս", "v": "ѵ", "w": "ա", "y": "ү", "O": "Օ", "S": "Տ", "Y": "Ү",
    "а": "ɑ", "е": "ҽ", "и": "ͷ", "і": "ı", "о": "օ", "у": "ү",
}  # fmt: skip

LEET = {
    "a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7",
    "z": "2", "а": "@", "б": "6", "в": "8", "з": "3", "о": "0", "т": "7", "ч": "4",
}  # fmt: skip

EMOJI = {
    "a": "🅰️", "b": "🅱️", "e": "📧", "i": "ℹ️", "m": "Ⓜ️", "o": "⭕", "p": "🅿️", "s": "💲", "t": "✝️",
    "x": "❌", "а": "🅰️", "в": "🅱️", "м": "Ⓜ️", "о": "⭕", "р": "🅿️", "т": "✝️", "х": "❌",
}  # fmt: skip

SPRINKLED = ("💰", "✨", "🔥", "✅", "💸", "🌟")
INVISIBLE = ("\u200b", "\u2060", "\ufeff", "\u00ad")
SEPARATORS = (" ", ".", "-", "·", "*", "_", "/", ",")


def alike(word: str, rng: random.Random) -> str:
    """Half of the letters, one at least, in another script's look-alike."""
    return _swapped(word, ALIKE, rng, 0.5)


def rare_alike(word: str, rng: random.Random) -> str:
    """The same with look-alikes that few tables hold."""
    return _swapped(word, RARE, rng, 0.5)


def leet(word: str, rng: random.Random) -> str:
    """Digits and signs for all letters that have one."""
    return _swapped(word, LEET, rng, 1.0)


def emoji_letters(word: str, rng: random.Random) -> str:
    """Emoji for all letters that have one."""
    return _swapped(word, EMOJI, rng, 1.0)


def _swapped(word: str, table: dict[str, str], rng: random.Random, share: float) -> str:
    """The word with that share of the table's letters replaced, at least one. A value of several
    characters is a choice between them, but an emoji with its variation selector is one."""
    letters = list(word)
    known = [i for i, letter in enumerate(letters) if _choices(letter, table)]
    rng.shuffle(known)
    for i in known[: max(1, round(share * len(known)))]:
        letters[i] = rng.choice(_choices(letters[i], table))
    return "".join(letters)


def _choices(letter: str, table: dict[str, str]) -> list[str]:
    return clusters(table.get(letter) or table.get(letter.lower(), ""))


def zero_width(word: str, rng: random.Random) -> str:
    """An invisible character between all letters."""
    return rng.choice(INVISIBLE).join(clusters(word))


def spaced(word: str, rng: random.Random) -> str:
    """A separator between all letters."""
    return rng.choice(SEPARATORS).join(clusters(word))


def split(word: str, rng: random.Random) -> str:
    """A space somewhere inside."""
    return _with_inside(word, " ", rng)


def sprinkled(word: str, rng: random.Random) -> str:
    """An emoji somewhere inside."""
    return _with_inside(word, rng.choice(SPRINKLED), rng)


def _with_inside(word: str, what: str, rng: random.Random) -> str:
    letters = clusters(word)
    if len(letters) < 2:
        return word
    at = rng.randrange(1, len(letters))
    return "".join([*letters[:at], what, *letters[at:]])


def typo(word: str, rng: random.Random) -> str:
    """A letter swapped with the next, left out or doubled, the first never (Gao et al. 2018)."""
    letters = clusters(word)
    if len(letters) < 3:
        return word
    at = rng.randrange(1, len(letters) - 1)
    kind = rng.choice(["swap", "drop", "double"])
    if kind == "swap" and letters[at] != letters[at + 1]:
        letters[at : at + 2] = [letters[at + 1], letters[at]]
    elif kind == "drop":
        del letters[at]
    else:
        letters.insert(at, letters[at])
    return "".join(letters)
