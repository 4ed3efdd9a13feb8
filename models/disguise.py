"""Undoing disguises that a reader sees through: look-alike letters, digits for letters, spaced-out
words, reversed text, stretched words, letters for digits.

Every character given back comes with the index of the one it stands for, so that a span found
afterwards can still be shown in the text as received.
"""

import re
import unicodedata

# Letters that look alike in Latin and Cyrillic (Unicode Technical Standard 39, confusables.txt),
# and the further ones that people type in their stead.
_LATIN = "aceopxyikABEHKMOPTXCYI"
_CYRILLIC = "асеорхуікАВЕНКМОРТХСУІ"
_GREEK = "αεικορτυχΑΒΕΗΙΚΜΟΡΤΥΧ"
TO_CYRILLIC = str.maketrans(
    _LATIN + "tmbnru" + _GREEK, _CYRILLIC + "тмьпги" + "аеікортухАВЕНІКМОРТУХ"
)
TO_LATIN = str.maketrans(
    _CYRILLIC + "тмвнјѕһԁԛԝЈЅ" + "αεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    _LATIN + "tmbhjshdqwJS" + "aeikvoptuxABEZHIKMNOPTYX",
)
# Small capitals and negative squared letters have no compatibility form in Unicode.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_SQUARED = {chr(0x1F170 + i): chr(ord("a") + i) for i in range(26)}
_CIRCLED = {chr(0x1F150 + i): chr(ord("a") + i) for i in range(26)}
_SMALL_CYRILLIC = dict(zip("ᴦᴧᴨᴩ", "глпр", strict=True))
_LETTER_FORMS = _SMALL_CAPITALS | _SMALL_CYRILLIC | _SQUARED | _CIRCLED
LETTER_FORMS = str.maketrans(_LETTER_FORMS)
# In a text in Cyrillic the same small capitals stand for the letters of that shape.
CYRILLIC_FORMS = str.maketrans(_LETTER_FORMS | dict(zip("ᴀʙᴄᴇʜᴋᴍᴏᴘᴛʏ", "авсенкморту", strict=True)))

_FORMS = re.compile(
    f"[{''.join([*_SMALL_CAPITALS, *_SMALL_CYRILLIC])}\U0001f150-\U0001f169\U0001f170-\U0001f189]"
)
# Regional indicators come in pairs, as flags. An odd run, or single ones apart, spell a word.
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_FLAG_LETTERS = re.compile(
    f"(?<!{_FLAG})(?:{_FLAG}{{2}})*{_FLAG}(?: {_FLAG})+(?!{_FLAG})"
    f"|(?<!{_FLAG})(?:{_FLAG}{{2}})+{_FLAG}(?!{_FLAG})"
)
_FLAGS = {chr(0x1F1E6 + i): chr(ord("a") + i) for i in range(26)}

_WORD = re.compile(r"[^\W_]+")
_A = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"  # Latin
_B = "\u0370-\u03ff\u0400-\u052f"  # Greek and Cyrillic
_IS_LATIN = re.compile(f"[{_A}]")
_IS_GREEK, _IS_CYRILLIC = re.compile("[\u0370-\u03ff]"), re.compile("[\u0400-\u052f]")
_MIXED = re.compile(
    f"[{_A}][0-9]?[{_B}]|[{_B}][0-9]?[{_A}]"
    "|[\u0370-\u03ff][\u0400-\u052f]|[\u0400-\u052f][\u0370-\u03ff]"
)
# Letters that nobody could take for one of the other script.
_ONLY_CYRILLIC = re.compile("[бвгджзйлнпфцчшщъыьэюяБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯᴦᴧᴨᴩ]")
_ONLY_LATIN = re.compile("[dfghjlqsvwzDFGJLNQRSUVWZ]")

# Arabic, Urdu and Bengali in Latin letters write sounds with 2, 3, 5, 6, 7, 8 and 9: a Latin word
# is read as disguised only where a 0 or a 1 stands inside it.
# Two letters on one side at least: "H1B" is a visa. "Rp1jt" and "USD1k" are sums.
_NO_SUM = "".join(f"(?<!{code}[01])" for code in ("Rp", "RP", "rp", "RM", "Rs", "USD", "IDR"))
_DIGIT_INSIDE = re.compile(
    f"(?:(?<=[{_A}]{{2}})[01](?=[{_A}])|(?<=[{_A}])[01](?=[{_A}][{_A}0-9])){_NO_SUM}"
    f"|(?<=[{_B}])[0346](?=[{_B}])"
)
_DIGIT_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"}
_DIGIT_CYRILLIC = {"0": "о", "3": "з", "4": "ч", "6": "б"}
_LETTER_DIGIT = re.compile(f"(?<=[{_A}{_B}])[013457]")

# Four letters and more, each alone between the same separator: "w o r k", "w.o.r.k". Hangul jamo
# would compose once joined, and Korean words of one syllable stand side by side.
_ONE = r"(?![\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff])[^\W\d_]"
_SPACED = re.compile(
    rf"(?<![^\W_]){_ONE}(?P<gap>[ .\-*·|_~+]){_ONE}(?:(?P=gap){_ONE}){{2,}}(?![^\W_])"
)

# Version 3. A letter four times and more in a row is drawn out: "pleaaaase" keeps two of it. Three
# stand in "www" and in German compounds. The Arabic tatweel draws a word out without any letter.
_STRETCHED = re.compile(r"([^\W\d_])\1{3,}")
_TATWEEL = re.compile("(?<=[\u0620-\u064a])\u0640+(?=[\u0620-\u064a])")
_ENCLOSING = re.compile("[\u20dd-\u20e0\u20e2-\u20e4]")
_DRAWN_OUT = re.compile(f"{_STRETCHED.pattern}|{_TATWEEL.pattern}|{_ENCLOSING.pattern}")
# A letter of the shape of a digit, between digits: "1O00". An ordinal ("10o") has none after it.
_LETTER_IN_NUMBER = re.compile("(?<=[0-9])[oOоОοΟlI]+(?=[0-9])")
_NUMBER_DIGITS = str.maketrans("oOоОοΟlI", "00000011")

_OVERRIDE, _POP = "\u202e", "\u202c"


def turn_back(received: str) -> list[int] | None:
    """Indices of ``received`` in the order in which they are read, text after a right-to-left
    override (U+202E) turned back; ``None`` where there is none. A pop (U+202C) or a line's end
    closes it."""
    if _OVERRIDE not in received:
        return None
    order: list[int] = []
    turned: list[int] | None = None
    for i, char in enumerate(received):
        if char == _OVERRIDE and turned is None:
            turned = []
        elif turned is not None and char not in (_POP, "\n"):
            turned.append(i)
        else:
            order += [*_as_shown(received, turned or []), i]
            turned = None
    return order + _as_shown(received, turned or [])


def _as_shown(received: str, run: list[int]) -> list[int]:
    """A run after the override, in the order read: Arabic and Hebrew run that way anyway."""
    right_to_left = any(unicodedata.bidirectional(received[i]) in ("R", "AL") for i in run)
    return run if right_to_left else run[::-1]


def disguised(text: str, version: int) -> bool:
    """Whether :func:`undisguise` may change anything: a few quick searches."""
    return bool(
        _SPACED.search(text)
        or _DIGIT_INSIDE.search(text)
        or (not text.isascii() and (_MIXED.search(text) or _FORMS.search(text)))
        or (not text.isascii() and _FLAG_LETTERS.search(text))
        or (version >= 3 and (_DRAWN_OUT.search(text) or _LETTER_IN_NUMBER.search(text)))
    )


def has_forms(text: str) -> bool:
    """Whether letters stand in a form that Unicode does not call a compatibility form."""
    return bool(_FORMS.search(text) or _FLAG_LETTERS.search(text) or _ENCLOSING.search(text))


def worn(text: str) -> list[str]:
    """Names of the disguises in a text without invisible characters and compatibility forms."""
    found = []
    words = [word for word in _WORD.findall(text) if _mixed(word)]
    cyrillic = len(_ONLY_CYRILLIC.findall(text)) > len(_ONLY_LATIN.findall(text))
    if any(_one_script(word, cyrillic) != word for word in words):
        found.append("look_alike_letters")
    if _DIGIT_INSIDE.search(text):
        found.append("digits_for_letters")
    if _LETTER_IN_NUMBER.search(text):
        found.append("letters_for_digits")
    if _SPACED.search(text):
        found.append("letters_apart")
    if _STRETCHED.search(text) or _TATWEEL.search(text):
        found.append("stretched_letters")
    return found


def undisguise(text: str, version: int = 3) -> list[tuple[str, int]]:
    """Characters that a reader takes the text for, each with its index in ``text``.

    >>> "".join(c for c, _ in undisguise("W0rk аbroad, pleaaaase: p a y 1O00 d a i l y"))
    'Work abroad, pleaase: p a y 1000 daily'
    """
    cyrillic = len(_ONLY_CYRILLIC.findall(text)) > len(_ONLY_LATIN.findall(text))
    forms = CYRILLIC_FORMS if cyrillic else LETTER_FORMS
    letters = list(text.translate(forms)) if _FORMS.search(text) else list(text)
    for found in _FLAG_LETTERS.finditer(text):
        letters[found.start() : found.end()] = [_FLAGS.get(c, "") for c in found.group()]
    kept = _closed_up([(c, i) for i, c in enumerate(letters) if c])
    if version >= 3:
        kept = _drawn_in(kept)
    plain = "".join(c for c, _ in kept)
    read = list(plain)
    for word in _WORD.finditer(plain):
        end = word.end()
        if unicodedata.combining(plain[end : end + 1] or " "):  # its last letter carries a mark
            end -= 1
        read[word.start() : end] = _one_script(plain[word.start() : end], cyrillic)
    if version >= 3:
        for number in _LETTER_IN_NUMBER.finditer("".join(read)):
            read[number.start() : number.end()] = number.group().translate(_NUMBER_DIGITS)
    return [(c, i) for c, (_, i) in zip(read, kept, strict=True)]


def _closed_up(chars: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without the separators of spaced-out words."""
    gaps: set[int] = set()
    for found in _SPACED.finditer("".join(c for c, _ in chars)):
        gaps.update(range(found.start() + 1, found.end(), 2))
    return [char for i, char in enumerate(chars) if i not in gaps]


def _drawn_in(chars: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without what draws a word out, and without marks that enclose a letter."""
    text = "".join(c for c, _ in chars)
    gone: set[int] = set()
    for found in _STRETCHED.finditer(text):
        gone.update(range(found.start() + 2, found.end()))
    for pattern in (_TATWEEL, _ENCLOSING):
        for found in pattern.finditer(text):
            gone.update(range(found.start(), found.end()))
    return [char for i, char in enumerate(chars) if i not in gone]


def _one_script(word: str, cyrillic: bool) -> str:
    """A word in the one script it can be read in, digits between letters read as letters: first
    that of the text around it (``cyrillic`` or not), then the other.

    A word of two scripts that neither can be read in wholly ("SMM" with a Russian ending) stays.
    """
    if _mixed(word):
        as_latin, as_cyrillic = word.translate(TO_LATIN), word.translate(TO_CYRILLIC)
        readings = [as_cyrillic, as_latin] if cyrillic else [as_latin, as_cyrillic]
        word = next((reading for reading in readings if not _mixed(reading)), word)
    if _DIGIT_INSIDE.search(word):
        digits = _DIGIT_CYRILLIC if _IS_CYRILLIC.search(word) else _DIGIT_LETTERS
        capitals = word.isupper()

        def letter(digit: re.Match[str]) -> str:
            read = digits.get(digit.group(), digit.group())
            return read.upper() if capitals else read

        word = _LETTER_DIGIT.sub(letter, word)
    return word


def _mixed(word: str) -> bool:
    return sum(bool(one.search(word)) for one in (_IS_LATIN, _IS_GREEK, _IS_CYRILLIC)) > 1
