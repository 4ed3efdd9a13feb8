"""Word lists as regular expressions that look at each character once, and word borders that hold
in scripts with and without spaces."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# Scripts whose words touch each other or take endings that belong to no list: kana, Han, Hangul,
# Thai, Lao, Burmese, Khmer; Arabic and Ethiopic because prepositions are written as prefixes.
_NO_BORDER = re.compile(
    "[\u0600-\u06ff\u0e00-\u0eff\u1000-\u109f\u1200-\u137f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af]"
)

_MARKS = "".join(
    chr(code) for code in range(0x300, 0x1B00) if unicodedata.category(chr(code)).startswith("M")
)
LETTER = rf"(?u:[\w\u200c\u200d{_MARKS}])"
"""Pattern of one letter, digit or sign on a letter, of any script, whatever the flags around it."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
"""Characters of scripts whose words follow each other, and Latin ones, without a space."""


def normal(word: str) -> str:
    """A listed word as it stands in a reading's lower-case text."""
    return unicodedata.normalize("NFKC", word).lower()


def words(listed: str) -> frozenset[str]:
    """Words separated by white space."""
    return frozenset(listed.split())


def any_of(words: Iterable[str]) -> str:
    """Pattern of the longest listed word at a place, as a tree of prefixes.

    A plain alternation tries every word at every place: with 600 words, two to four times the time.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _pattern(tree)


def _pattern(node: dict[str, Any]) -> str:
    branches = [re.escape(char) + _pattern(child) for char, child in node.items() if char]
    if not branches:
        return ""
    optional = "?" if "" in node else ""
    if len(branches) == 1 and not optional:
        return branches[0]
    return f"(?:{'|'.join(sorted(branches))}){optional}"


def begins(text: str, start: int) -> bool:
    """Whether a word may begin at ``start``: no letter of a script with spaces goes on there."""
    if start == 0 or not text[start - 1].isalpha() or not text[start].isalpha():
        return True
    return bool(_NO_BORDER.match(text[start])) or bool(_NO_BORDER.match(text[start - 1]))


def ends(text: str, end: int) -> bool:
    """Whether a word may end before ``end``."""
    if end >= len(text) or not text[end].isalpha() or not text[end - 1].isalpha():
        return True
    return bool(_NO_BORDER.match(text[end - 1])) or bool(_NO_BORDER.match(text[end]))
