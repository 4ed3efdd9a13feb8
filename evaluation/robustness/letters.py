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
RARE_SEPARATORS = ("—", "~", "+", ":", "|", "=", "..", "  ", "丶", "•", "\u2009")
BRACKETS = (("[", "]"), ("(", ")"), ("{", "}"), ("【", "】"), ("「", "」"))
MARKS = ("\u0336", "\u0332", "\u0338", "\u0337", "\u0305", "\u0324")
"""Strokes and lines through, under and over a letter, and dots."""
TAGS = ("<b></b>", "<wbr>", "<!-- -->")
"""Without a shape on a page."""


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


def rarely_spaced(word: str, rng: random.Random) -> str:
    """A separator that few filters know between all letters."""
    return rng.choice(RARE_SEPARATORS).join(clusters(word))


def bracketed(word: str, rng: random.Random) -> str:
    """Every letter in brackets of its own."""
    left, right = rng.choice(BRACKETS)
    return "".join(f"{left}{letter}{right}" for letter in clusters(word))


def marked(word: str, rng: random.Random) -> str:
    """A mark on every letter."""
    mark = rng.choice(MARKS)
    return "".join(letter + mark for letter in clusters(word))


def marked_up(word: str, rng: random.Random) -> str:
    """A tag inside, emphasis of letters inside, or a character reference for one: nobody sees them
    where HTML or Markdown is shown as it is meant."""
    letters = clusters(word)
    kind = rng.choice(["tag", "emphasis", "reference"])
    if kind == "emphasis" and len(letters) > 2:
        at = rng.randrange(1, len(letters) - 1)
        return "".join([*letters[:at], f"**{letters[at]}**", *letters[at + 1 :]])
    if kind == "reference":
        at = rng.randrange(len(word))
        return f"{word[:at]}&#{ord(word[at])};{word[at + 1 :]}"
    return _with_inside(word, rng.choice(TAGS), rng)


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
