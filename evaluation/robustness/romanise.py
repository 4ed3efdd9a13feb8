"""Words in Latin letters, for scripts where a published table or the Unicode names give the sounds.

Cyrillic goes by GOST 7.79-2000 system B, the form of ISO 9 without diacritics, its signs for ь and
ъ left out, in words of Russian, Ukrainian and Belarusian letters. Hangul, Devanagari, Bengali and
Tamil go by the names of their characters in the Unicode Standard, which for Hangul are the Revised
Romanization of each syllable, final consonants as written. Other scripts are left alone: their
names spell letters, not sounds (Arabic, Thai), or vowels are not written (Arabic, Hebrew), or a
character has several readings (Chinese, Japanese).
"""

import random
import re
import unicodedata
from functools import lru_cache

from models.alphabets import script

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "c", "ч": "ch", "ш": "sh", "щ": "shh",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    # Ukrainian and Belarusian
    "є": "ye", "і": "i", "ї": "yi", "ґ": "g", "ў": "u",
}  # fmt: skip
INDIC = frozenset({"DEVANAGARI", "BENGALI", "TAMIL"})
SCRIPTS = INDIC | {"CYRILLIC", "HANGUL"}
SIGNS = {"ANUSVARA": "n", "CANDRABINDU": "n", "VISARGA": "h"}
DOUBLED = re.compile(r"(.)\1+")


def romanised(word: str, _: random.Random) -> str:
    """The word in Latin letters, characters without a known sound left as they are."""
    written = script(word[0])
    if written == "CYRILLIC" and CYRILLIC.keys() >= set(word.lower()):
        return _cased("".join(CYRILLIC.get(letter.lower(), letter) for letter in word), word)
    if written == "HANGUL":
        return "".join(_last_word(letter) for letter in word)
    return _indic(word, written) if written in INDIC else word


def _cased(latin: str, word: str) -> str:
    if len(word) > 1 and word.isupper():
        return latin.upper()
    return latin[:1].upper() + latin[1:] if word[:1].isupper() else latin


@lru_cache(maxsize=4096)
def _last_word(letter: str) -> str:
    """``ga`` for HANGUL SYLLABLE GA."""
    return unicodedata.name(letter, letter).split()[-1].lower()


def _indic(word: str, written: str) -> str:
    """A consonant's inherent ``a`` goes where a vowel sign or a virama follows, and, but in Tamil,
    at the word's end (schwa deletion, Ohala 1983). Doubled letters of the names, which tell long
    vowels and retroflex consonants, become single ones, as people write."""
    sounds: list[str] = []
    for letter in unicodedata.normalize("NFC", word):
        name = unicodedata.name(letter, "").split()
        is_vowel_sign = name[1:3] == ["VOWEL", "SIGN"]
        if sounds and (is_vowel_sign or "VIRAMA" in name):
            sounds[-1] = sounds[-1].removesuffix("a")
        if is_vowel_sign or name[1:2] == ["LETTER"]:
            sounds.append(DOUBLED.sub(r"\1", name[-1].lower()))
        elif name[1:2] == ["SIGN"] and name[-1] in SIGNS:
            sounds.append(SIGNS[name[-1]])
        elif name[:1] != [written] and "JOINER" not in name:
            sounds.append(letter)
    ends_inherent = len(sounds) > 2 and len(sounds[-1]) > 1 and written != "TAMIL"
    return "".join(sounds).removesuffix("a") if ends_inherent else "".join(sounds)
