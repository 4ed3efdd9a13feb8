"""Which language and script a text is in, as far as its letters say.

By py3langid (naive Bayes over byte runs; Lui and Baldwin 2012), offline, kept to
:data:`LANGUAGES`. A text that is too short, or whose parts speak different languages, is said to
be so rather than guessed at.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from models.alphabets import script
from service.compact_langid import CompactIdentifier, load
from service.language_tags import UNDETERMINED
from service.south_slavic import VARIETIES, variety

LANGUAGES = (
    "am", "ar", "ary", "arz", "az", "be", "bg", "bn", "bs", "cs", "da", "de", "el", "en", "es",
    "et", "fa", "fi", "fr", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka",
    "kk", "km", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "ne", "nl", "no",
    "pa", "pl", "ps", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te",
    "tg", "th", "tl", "tr", "uk", "ur", "uz", "vi", "yo", "yue", "zh",
)  # fmt: skip
"""Languages that are told apart: those of the corpus and of other origins and destinations. With
all that the library knows, one in twenty Malay or Swahili texts came out as a small neighbour."""

CYRILLIC = frozenset({"be", "bg", "mk", "tg"})
"""Languages that are named in Cyrillic letters only, where they would be taken for Russian or Uzbek
otherwise."""

LATIN = frozenset(
    {"bs", "cs", "da", "et", "fi", "hr", "is", "lt", "lv", "no", "sk", "sl", "sq", "sv"}
)
"""Languages that are named in Latin letters only, where they would be taken for Polish, German or
Somali otherwise. None can be left out: without Czech, Albanian or Lithuanian, Croatian takes them
for its own, and Finnish Estonian."""

ONLY_IN = dict.fromkeys(CYRILLIC, "Cyrl") | dict.fromkeys(LATIN, "Latn")

ONE_OF_THREE = "sh"
"""Serbian, Croatian or Bosnian in Latin letters, until :mod:`service.south_slavic` says which."""

SAME = {"ary": "ar", "arz": "ar", "yue": "zh"}
"""Varieties that are given by the name of the language they are written in."""

MIN_LETTERS = 16
"""A text in an alphabet with fewer letters says too little: half as many syllables or characters
are enough for the scripts in :data:`DENSE`."""

DENSE = frozenset({"Hani", "Hira", "Kana", "Hang", "Thai", "Laoo", "Khmr", "Mymr", "Ethi"})
SURE, SURE_LATIN = 0.5, 0.7
"""Probability from which a language is named; higher in Latin letters, where a text of another
language may stand romanised (of 50 of each written language 97 % are named rightly so, and of the
romanised ones three quarters are called undetermined)."""

PART_LETTERS = 40
"""Letters of a sentence from which it counts as a part with a language of its own."""

READ = 4000
"""Characters that are read: more would tell nothing more."""

SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "DEVANAGARI": "Deva", "BENGALI": "Beng",
    "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr", "CJK": "Hani",
    "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang", "ETHIOPIC": "Ethi", "TAMIL": "Taml",
    "SINHALA": "Sinh", "GREEK": "Grek", "HEBREW": "Hebr", "GEORGIAN": "Geor", "ARMENIAN": "Armn",
    "TELUGU": "Telu", "MALAYALAM": "Mlym", "GUJARATI": "Gujr", "GURMUKHI": "Guru",
    "KANNADA": "Knda", "ORIYA": "Orya", "TIBETAN": "Tibt", "MONGOLIAN": "Mong",
}  # fmt: skip
"""ISO 15924 code by the first word of a letter's Unicode name."""

ADDRESS = re.compile(r"(?<!\S)\S*?(?:://|@|www\.)\S*|<\w++>", re.IGNORECASE)
"""Looked for where white space ends, so that each character is looked at a few times at most."""

STYLED = re.compile("[\uff01-\uff9f\U0001d400-\U0001d7ff]+")
"""Letters in another width or style, as disguises and East Asian keyboards write them: the model of
languages knows none. No other is put in its usual form, which would take Thai vowels apart."""

PART = re.compile(r"[^.!?。！？।။።\n]+")


@dataclass(frozen=True, slots=True)
class Language:
    """What a text is written in."""

    tag: str
    """ISO 639 code, or ``und`` where the text is too short or too mixed to say."""

    script: str
    """ISO 15924 code of most of its letters; ``Zyyy`` where it has none that is known."""

    confidence: float
    """Probability of ``tag`` among :data:`LANGUAGES`; 0 for ``und``."""

    mixed: tuple[str, ...] = ()
    """Languages of its parts, where they are of several, the longest part's first."""


def detect(text: str) -> Language:
    """The language of a text; never raises, whatever the text."""
    plain = ADDRESS.sub(" ", STYLED.sub(usual, text[:READ]))
    script, letters = script_of(plain)
    least = MIN_LETTERS // 2 if script in DENSE else MIN_LETTERS
    if letters < least:
        return Language(UNDETERMINED, script, 0.0)
    tag, confidence = classify(plain, script)
    mixed = parts_of(plain)
    if ONE_OF_THREE in (tag, *mixed):
        own = variety(plain)
        tag, *parts = (own if one == ONE_OF_THREE else one for one in (tag, *mixed))
        mixed = tuple(parts)
    if confidence < (SURE_LATIN if script == "Latn" else SURE):
        return Language(UNDETERMINED, script, 0.0, mixed)
    return Language(tag, script, confidence, mixed)


def usual(styled: re.Match[str]) -> str:
    """The same letters as they usually are."""
    return unicodedata.normalize("NFKC", styled.group())


def parts_of(text: str) -> tuple[str, ...]:
    """Languages of the sentences that are long enough to say, where there are two and more."""
    long = []
    for part in PART.findall(text):
        script, letters = script_of(part)
        worth = letters * (2 if script in DENSE else 1)  # letters of dense scripts count twice
        if worth >= PART_LETTERS:
            long.append((part, script, worth))
    weights: Counter[str] = Counter()
    for part, script, worth in long if len(long) > 1 else ():
        tag, confidence = classify(part, script)
        if confidence >= SURE_LATIN:
            weights[tag] += worth
    return tuple(tag for tag, _ in weights.most_common()) if len(weights) > 1 else ()


def script_of(text: str) -> tuple[str, int]:
    """ISO 15924 code of most of the letters, of the one that comes first where two have as many,
    and how many letters there are."""
    by_script: dict[str, int] = {}
    letters = 0
    for char, count in Counter(text).items():  # a text has few letters that differ
        own = script_of_letter(char)
        if own is not None:
            letters += count
            by_script[own] = by_script.get(own, 0) + count
    by_script.pop("", 0)
    return max(by_script, key=lambda one: by_script[one], default="Zyyy"), letters


@lru_cache(2**12)
def script_of_letter(char: str) -> str | None:
    """ISO 15924 code, empty for a letter of no known script; ``None``: it is no letter."""
    if not char.isalpha():
        return None
    return SCRIPTS.get(script(char).split("-")[0], "")


def classify(text: str, script: str) -> tuple[str, float]:
    """Most probable language of a text in letters of ``script``, and its probability among those
    that are written so, varieties added up."""
    by_tag: dict[str, float] = {}
    for name, share in zip(names_in(script), identifier().shares(text), strict=True):
        if name:
            by_tag[name] = by_tag.get(name, 0.0) + share
    best = max(by_tag, key=lambda tag: by_tag[tag])
    return best, min(1.0, by_tag[best] / (sum(by_tag.values()) or 1.0))


@cache
def names_in(script: str) -> tuple[str, ...]:
    """The name that each of the model's languages goes by in letters of ``script``; empty where it
    is not written so."""
    names = []
    for tag in identifier().nb_classes:
        if ONLY_IN.get(tag, script) != script:
            names.append("")
        elif script == "Latn" and tag in VARIETIES:
            names.append(ONE_OF_THREE)
        else:
            names.append(SAME.get(tag, tag))
    return tuple(names)


@cache
def identifier() -> CompactIdentifier:
    """The model, cut down to our languages."""
    return load(LANGUAGES)
