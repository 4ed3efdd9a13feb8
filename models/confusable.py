"""Rare look-alikes: letters of any script that stand for a Latin or a Cyrillic one inside a word.

The pairs are classes of Unicode Technical Standard 39 (confusables.txt, by way of the package
``confusable-homoglyphs`` 3.3.1), single letters that no other step of rendering changes. Left out
are scripts whose texts attach their letters to Latin words (Ethiopic, Malayalam, Burmese, Odia),
the palochka of Caucasian languages, clicks, the Bulgarian pronoun ``ѝ``, and ``г`` for r, which
nobody takes for one in print; ``ɯ`` for ш and ``ո`` for п are added by their shape. The table of
the attack "rare look-alikes" in :mod:`evaluation.robustness.letters` was in view when this was
written; it is a small part of this one.

Many are letters of somebody's alphabet. A letter stays where its script is at home: where a whole
word is written in it, where letters of the same alphabet stand that look like none of ours, and,
for the Turkish dotless i and the Mongolian and Turkic ``ү``, where vowels around it are mostly
those that vowel harmony allows, and for ``ɣ``, ``ʋ`` and ``ɩ`` of Berber and West African
languages, where two of them or one in several words are all that is rare. A Greek letter beside a
single other one is a formula ("σx"). A Greek word ("στο") stays in a text where Greek is written.
"""

import re
from collections.abc import Iterable

from models.alphabets import CYRILLIC, GREEK, LATIN, script

LATIN_SHAPES = {
    "a": "ɑ", "b": "ƄЬᏏᑲᖯ", "c": "ⲥꮯ𐐽", "d": "Ꮷᑯꓒ", "e": "ҽꬲ", "f": "քẝꞙꬵ", "g": "ƍɡցᶃ",
    "h": "հᏂ", "i": "ıɩᎥꙇꭵ𑣃", "j": "ϳ", "l": "ƖᛁⲒⵏꓲ𐊊𐌉𖼨", "n": "ոռ",
    "o": "σօჿᴑⲟꬽ𐐬𐓪𑣈𑣗", "p": "ⲣ", "q": "գզ", "r": "ⲅꭇꭈꮁ", "s": "ƽꮪ𐑈𑣁", "u": "ʋսꞟꭎꭒ𐓶𑣘",
    "v": "ѵꮩ𑣀", "w": "ɯѡաꮃ", "x": "ᕁᕽ", "y": "ɣγүყᶌỿꭚ𑣜", "z": "ꮓ𑣄",
    "A": "Ꭺᗅꓮ𐊠𖽀", "B": "ᏴᗷꓐꞴ𐊂𐊡𐌁", "C": "ᏟⲤꓚ𐊢𐌂𐐕𐔜", "D": "Ꭰᗞᗪꓓ",
    "E": "Ꭼⴹꓰ𐊆𑢦𑢮", "F": "ϜᖴꓝꞘ𐊇𐊥𐔥𑢢𑣂", "G": "ԌᏀᏳꓖ", "H": "ᎻᕼⲎꓧ𐋏", "J": "ͿᎫᒍꓙꞲ",
    "K": "ᏦᛕⲔꓗ𐔘", "L": "ᏞᒪⳐꓡ𐐛𐔦𑢣𑢲𖼖", "M": "ϺᎷᗰᛖⲘꓟ𐊰𐌑", "N": "Ⲛꓠ𐔓",
    "O": "ՕⲞⵔꓳ𐊒𐊫𐐄𐓂𐔖𑢵", "P": "ᏢᑭⲢꓑ𐊕", "Q": "ⵕ", "R": "ƦᎡᏒᖇꓣ𐒴𖼵", "S": "ՏᏕᏚꓢ𐊖𐐠𖼺",
    "T": "ᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊", "U": "Սᑌꓴ𐓎𑢸𖽂", "V": "ѴᏙᐯⴸꓦ𐔝𑢠𖼈", "W": "ԜᎳᏔꓪ",
    "X": "ᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧", "Y": "ҮᎩᎽⲨꓬ𐊲𑢤𖽃", "Z": "Ꮓꓜ𑢩",
}  # fmt: skip
CYRILLIC_SHAPES = {
    "а": "ɑ", "б": "ᏮⳒ𑣕", "в": "ᏼ", "г": "ⲅꭇꭈꮁ", "е": "ҽꬲ", "з": "ɜᴈ", "и": "ͷᴎ𐑍",
    "к": "ĸⲕꮶ", "л": "ᴫ", "м": "ʍꮇ", "н": "ꮋ", "о": "σօჿᴑⲟꬽ𐐬𐓪𑣈𑣗", "п": "πոռ", "р": "ⲣ",
    "с": "ⲥꮯ𐐽", "т": "ꭲ", "у": "ɣγүყᶌỿꭚ𑣜", "ф": "ɸφⲫ", "х": "ᕁᕽ", "ш": "ⲽɯ", "ь": "ƅꮟ",
    "я": "ᴙ", "і": "ıɩᎥꙇꭵ𑣃", "є": "ɛԑⲉꞓꮛ𐐩𑣎",
    "А": "Ꭺᗅꓮ𐊠𖽀", "В": "ᏴᗷꓐꞴ𐊂𐊡𐌁", "Г": "ΓᎱᒥⲄ𖼇", "Е": "Ꭼⴹꓰ𐊆𑢦𑢮", "З": "ƷȜⳌꝪꞫ𑣊𖼻",
    "И": "Ͷ𐐥", "К": "ᏦᛕⲔꓗ𐔘", "Л": "ɅΛᐱⴷꓥ𐊍𐒰𖼽", "М": "ϺᎷᗰᛖⲘꓟ𐊰𐌑", "Н": "ᎻᕼⲎꓧ𐋏",
    "О": "ՕⲞⵔꓳ𐊒𐊫𐐄𐓂𐔖𑢵", "П": "ΠⲠ", "Р": "ᏢᑭⲢꓑ𐊕", "С": "ᏟⲤꓚ𐊢𐌂𐐕𐔜",
    "Т": "ᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊", "У": "ҮᎩᎽⲨꓬ𐊲𑢤𖽃", "Ф": "ΦՓⲪ𐊳", "Х": "ᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧", "Ш": "Ⲽ",
    "Ь": "ƄᏏᑲᖯ", "І": "ƖᛁⲒⵏꓲ𐊊𐌉𖼨",
}  # fmt: skip


def _table(shapes: dict[str, str]) -> dict[int, str]:
    return {ord(rare): letter for letter, all_of in shapes.items() for rare in all_of}


TO_LATIN, TO_CYRILLIC = _table(LATIN_SHAPES), _table(CYRILLIC_SHAPES)
LETTERS = frozenset(map(chr, TO_LATIN.keys() | TO_CYRILLIC.keys()))
"""Rare ones, which may be a disguise or not."""

_COMMON = frozenset("ЬσγπφϳΓΛΠΦ")
"""Those of them that are ordinary in a word of their own script, and rare in others."""

_WORD = re.compile(r"[^\W\d_]+")
_ORDINARY = re.compile(f"[{LATIN}{CYRILLIC}\u0370-\u03ff]")
# Letters of the phonetic alphabet and of African ones that look like none of ours, and of Turkic,
# Mongolian, Abkhaz and church alphabets: beside them, rare letters are at home.
_AFRICAN = re.compile("[\u0181\u0186-\u018a\u018e-\u0194\u0198\u0199\u019d-\u019f\u01b3\u01b4ƒŋŊ"
                      "\u0250\u0252-\u0260\u0264-\u0268\u026c\u026e\u0272-\u0276\u027e\u0280-\u0288"
                      "\u028a\u0292\u0294-\u0295\u02c8\u02d0]")  # fmt: skip
_STEPPE = re.compile("[әөғқңұһҗҙҡҫҥҕҩҭӡџѣѳѧӘӨҒҚҢҰҺҖҘҠҪҤҔҨҬӠЏѢѲѦ]")
_TURKISH = re.compile("[ğşəĞŞƏİ]")

# Of Kabyle, Ewe, Mooré, Kabiye and others, beside letters that a text need not hold.
_BERBER_AND_VOLTAIC = frozenset("ɣʋɩƖ")
_GREEK = re.compile(f"[{GREEK}]")
# Words of an alphabet, and its letters that look like none of ours.
_ALPHABETS = (
    (re.compile(f"[{GREEK}0-9]+"), re.compile("[άέήίόύώβδζηθλμξςψωΆΈΉΊΌΎΏΔΘΞΣΨΩ]")),
    (re.compile(f"[{CYRILLIC}0-9]+"), re.compile("[бгджзийлцчшщыэюяБДЖЗИЙЛЦЧШЩЫЭЮЯ]")),
)

_DOTLESS = "ı"
_U = "үҮ"
# In Turkish ı follows a or ı (Lewis, Turkish Grammar, 2000, chapter 1); in words of two roots and
# in borrowed ones it need not.
_INHARMONIOUS_I = re.compile("[eiouöüéíóú][bcçdfghjklmnprstvyzwxqñ]{0,3}ı|ı[wxq]|[wxq]ı")
# Front vowels ү, ө, э, е and back ones never stand in one word (Janhunen, Mongolian, 2012), but for
# names of two.
_BACK_VOWEL, _LATIN_LETTER = re.compile("[аоыюяАОЫЮЯ]"), re.compile("[a-zA-Z]")


def found_in(text: str, chars: Iterable[str] | None = None) -> bool:
    """Whether a letter may be rare in its place: a quick look, for a text in which no letters of
    Latin, Greek and Cyrillic stand side by side. ``chars``: those of the text, if known."""
    rare = LETTERS.intersection(text if chars is None else chars) - _COMMON
    if rare <= {_DOTLESS}:
        return bool(rare) and not _TURKISH.search(text)
    return not (rare <= {*_U} and _STEPPE.search(text))


class Rare:
    """What is a disguise in one text, and what is at home in it."""

    def __init__(self, text: str) -> None:
        found = LETTERS.intersection(text)
        words = [word for word in _WORD.findall(text) if not word.isascii()] if found else []
        kept = self._kept(text, words, found)
        self._latin = {ord(c): TO_LATIN[ord(c)] for c in found - kept if ord(c) in TO_LATIN}
        self._cyrillic = {ord(c): TO_CYRILLIC[ord(c)] for c in found - kept
                          if ord(c) in TO_CYRILLIC}  # fmt: skip
        self.letters = found - kept
        """Those that may stand for others."""
        self._written = [
            alphabet
            for alphabet, own in _ALPHABETS
            if any(own.search(word) and alphabet.fullmatch(word) for word in words)
        ]

    @staticmethod
    def _kept(text: str, words: list[str], found: frozenset[str]) -> set[str]:
        home = _at_home(words) if any(map(_foreign, found)) else set()
        kept = {char for char in found if _foreign(char) and script(char) in home}
        if _AFRICAN.search(text):
            kept |= {c for c in found if script(c) == "LATIN" and c != _DOTLESS}
        if _STEPPE.search(text):
            kept |= {c for c in found if script(c) == "CYRILLIC" and c not in _COMMON}
        others = found - kept - {*_DOTLESS, *_U} - _COMMON
        if _DOTLESS in found and (_TURKISH.search(text) or not (others or _not_turkish(words))):
            kept.add(_DOTLESS)
        if not others and not _not_mongolian(words):
            kept |= set(_U)
        berber = found & _BERBER_AND_VOLTAIC
        if berber and others <= berber and (len(berber) > 1 or _in_several(words, berber)):
            kept |= berber
        return kept

    def in_word(self, word: str) -> bool:
        """Whether one stands among ordinary letters: a word of rare ones alone is a word."""
        rest = set(word)
        if self.letters.isdisjoint(rest) or (len(word) < 3 and _GREEK.search(word)):
            return False
        if self.letters & rest <= _COMMON and any(one.fullmatch(word) for one in self._written):
            return False
        return _ORDINARY.search("".join(rest - self.letters)) is not None

    def latin(self, word: str) -> str:
        """The word with Latin letters for rare ones."""
        return word.translate(self._latin)

    def cyrillic(self, word: str) -> str:
        """The word with Cyrillic letters for rare ones."""
        return word.translate(self._cyrillic)


def _foreign(char: str) -> bool:
    return script(char) not in ("LATIN", "CYRILLIC", "GREEK")


def _at_home(words: Iterable[str]) -> set[str]:
    """Scripts in which a whole word of two letters and more is written."""
    found = set()
    for word in words:
        of_word = {script(char) for char in word}
        if len(of_word) == 1 and len(word) > 1:
            found |= of_word
    return found


def _not_turkish(words: list[str]) -> bool:
    """Whether a quarter of the words with a dotless i could not be Turkish."""
    dotless = [word.lower() for word in words if _DOTLESS in word]
    odd = sum(bool(_INHARMONIOUS_I.search(word)) for word in dotless)
    return 4 * odd >= len(dotless)


def _not_mongolian(words: list[str]) -> bool:
    """Whether most of the words with ү, two at least, could be neither Mongolian nor Turkic, or one
    has Latin letters."""
    with_u = [word for word in words if not set(_U).isdisjoint(word)]
    odd = sum(_BACK_VOWEL.search(word) is not None for word in with_u)
    return (odd > 1 and 2 * odd > len(with_u)) or any(map(_LATIN_LETTER.search, with_u))


def _in_several(words: list[str], letters: Iterable[str]) -> bool:
    return sum(not set(letters).isdisjoint(word) for word in words) > 1
