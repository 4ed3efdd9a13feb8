"""Undoing disguises that a reader sees through: look-alike letters, digits for letters, spaced-out
words, reversed text, stretched words, letters for digits; since version 4 with the further means of
:mod:`models.apart`, :mod:`models.confusable`, :mod:`models.direction`, :mod:`models.emoji` and
:mod:`models.leet`; since version 5 with those of :mod:`models.marks` and :mod:`models.set_apart`.

Every character given back comes with the index of the one it stands for, so that a span found
afterwards can still be shown in the text as received.
"""

import re
import unicodedata
from collections.abc import Iterator

from models import apart, confusable, direction, emoji, leet, marks, set_apart
from models.alphabets import CYRILLIC, ENCLOSING, GREEK, GREEK_CYRILLIC, LATIN, MARKS, OVERLAYS
from models.enclosed import FLAG, FLAGS
from models.leet import DIGIT_INSIDE

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
BY_SOUND = str.maketrans("dfglsvwz", "дфглсвшз")
# Small capitals and negative squared letters have no compatibility form in Unicode.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_SQUARED = {chr(0x1F170 + i): chr(ord("a") + i) for i in range(26)}
_CIRCLED = {chr(0x1F150 + i): chr(ord("a") + i) for i in range(26)}
_SMALL_CYRILLIC = dict(zip("ᴦᴧᴨᴩ", "глпр", strict=True))
_LETTER_FORMS = _SMALL_CAPITALS | _SMALL_CYRILLIC | _SQUARED | _CIRCLED
LETTER_FORMS = str.maketrans(_LETTER_FORMS)
# In a text in Cyrillic the same small capitals stand for the letters of that shape; since version 4
# negative squared and circled ones too.
_CYRILLIC_SHAPES = dict(zip("ᴀʙᴄᴇʜᴋᴍᴏᴘᴛʏ", "авсенкморту", strict=True))
_CYRILLIC_SIGNS = {
    chr(first + ord(latin) - ord("a")): letter
    for first in (0x1F150, 0x1F170)
    for latin, letter in zip("abcehkmoptyx", "авсенкмортух", strict=True)
}
CYRILLIC_FORMS = str.maketrans(_LETTER_FORMS | _CYRILLIC_SHAPES)
CYRILLIC_FORMS_4 = str.maketrans(_LETTER_FORMS | _CYRILLIC_SHAPES | _CYRILLIC_SIGNS)

_FORMS = re.compile(
    f"[{''.join([*_SMALL_CAPITALS, *_SMALL_CYRILLIC])}\U0001f150-\U0001f169\U0001f170-\U0001f189]"
)
_SQUARES = re.compile("[\U0001f150-\U0001f169\U0001f170-\U0001f189]")
_FORMED = re.compile(f"(?:[^\\W\\d_]|{_SQUARES.pattern}|[{emoji.PICTOGRAPHS}])+")
# Regional indicators come in pairs, as flags. An odd run, or single ones apart, spell a word.
_FLAG_LETTERS = re.compile(
    f"(?<!{FLAG})(?:{FLAG}{{2}})*{FLAG}(?: {FLAG})+(?!{FLAG})"
    f"|(?<!{FLAG})(?:{FLAG}{{2}})+{FLAG}(?!{FLAG})"
)

_WORD = re.compile(r"[^\W_]+")
_A, _B = LATIN, GREEK_CYRILLIC
_IS_LATIN = re.compile(f"[{LATIN}]")
_IS_GREEK, _IS_CYRILLIC = re.compile(f"[{GREEK}]"), re.compile(f"[{CYRILLIC}]")
_MIXED = re.compile(
    f"[{_A}][0-9]?[{_B}]|[{_B}][0-9]?[{_A}]|[{GREEK}][{CYRILLIC}]|[{CYRILLIC}][{GREEK}]"
)
_NOT_LATIN, _NOT_CYRILLIC = re.compile(f"[^{LATIN}0-9]"), re.compile(f"[^{CYRILLIC}0-9]")
_LATIN_PIECE = re.compile(f"[A-Z]|[{LATIN}]{{3}}")  # of a word that is Latin for its own sake
# Letters that nobody could take for one of the other script.
_ONLY_CYRILLIC = re.compile("[бвгджзйлнпфцчшщъыьэюяБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯᴦᴧᴨᴩ]")
_ONLY_LATIN = re.compile("[dfghjlqsvwzDFGJLNQRSUVWZ]")

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
_ENCLOSING = re.compile(f"[{ENCLOSING}]")
# Version 4: lines over, under and through a letter, whatever other marks it carries; Coptic writes
# with a line over letters.
_LINED = "[^\\W\\d_\u03e2-\u03ef\u2c80-\u2cff]"
_OVERLAID = re.compile(f"{_LINED}[{MARKS}]*[{OVERLAYS}][{MARKS}]*")
# Signs and emoji between letters are lined as these are; a price alone is struck out.
_LINED_WORD = re.compile(f"{_LINED}[\\w{MARKS}@$€!|{emoji.PICTOGRAPHS}]*{_LINED}")
_OVERLAY = re.compile(f"[{OVERLAYS}]")
_DRAWN_OUT = re.compile(f"{_STRETCHED.pattern}|{_TATWEEL.pattern}|{_ENCLOSING.pattern}")
# A letter of the shape of a digit, between digits: "1O00". An ordinal ("10o") has none after it.
_LETTER_IN_NUMBER = re.compile("(?<=[0-9])[oOоОοΟlI]+(?=[0-9])")
# Few letters before the first digit, or the signs of elements, make a formula or a code ("Al2O3"),
# unless they are a currency ("Rp1O00").
_NUMERIC = re.compile(
    rf"(?<![{LATIN}0-9])(?!(?!(?:{leet.CURRENCIES})[0-9])(?:[{LATIN}]{{1,3}}|(?:[A-Z][a-z]){{2,}})[0-9])"
    rf"[{LATIN}]*[0-9][{LATIN}0-9оОοΟ]*"
)
_NUMBER_DIGITS = str.maketrans("oOоОοΟlI", "00000011")

_SIGNS_OF_LETTERS = frozenset(
    {*_LETTER_FORMS, *FLAGS, *"\u20dd\u20de\u20df\u20e0\u20e2\u20e3\u20e4"}
    | set(filter(_OVERLAY.match, map(chr, range(0x300, 0x2100))))
)

_OVERRIDE, _POP = "\u202e", "\u202c"


def turn_back(received: str, version: int) -> list[int] | None:
    """Indices of ``received`` in the order in which they are read; ``None`` where no text in it is
    turned. Until version 3 that is text after a right-to-left override (U+202E), closed by a pop
    (U+202C) or a line's end; since version 4 see :mod:`models.direction`."""
    if version >= 4:
        return direction.turn_back(received)
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
    if version >= 4:
        return _disguised(text, version)
    return bool(
        _SPACED.search(text)
        or DIGIT_INSIDE.search(text)
        or (not text.isascii() and (_MIXED.search(text) or _FORMS.search(text)))
        or (not text.isascii() and _FLAG_LETTERS.search(text))
        or (version >= 3 and (_DRAWN_OUT.search(text) or _LETTER_IN_NUMBER.search(text)))
    )


def _disguised(text: str, version: int) -> bool:
    """The same since version 4."""
    if (
        (apart.found_in(text) if version < 5 else set_apart.found_in(text))
        or leet.found_in(text)
        or _LETTER_IN_NUMBER.search(text)
        or _STRETCHED.search(text)
    ):
        return True
    if text.isascii():
        return False
    chars = set(text)
    return bool(
        _MIXED.search(text)
        or confusable.found_in(text, chars)
        or emoji.found_in(text)
        or not _SIGNS_OF_LETTERS.isdisjoint(chars)
        or _TATWEEL.search(text)
        or (version >= 5 and marks.bared(text, chars))
    )


def has_forms(text: str, version: int) -> bool:
    """Whether letters stand in a form that Unicode does not call a compatibility form, and that
    ``version`` reads."""
    return bool(
        (version >= 2 and (_FORMS.search(text) or _FLAG_LETTERS.search(text)))
        or (version >= 3 and _ENCLOSING.search(text))
        or (version >= 4 and _OVERLAID.search(text))
        or (version >= 5 and marks.bared(text))
    )


def worn(text: str, version: int) -> list[str]:
    """Names of the disguises that ``version`` undoes in a text without invisible characters and
    compatibility forms."""
    found = []
    if version >= 4:
        text = "".join(c for c, _ in _bared([(c, i) for i, c in enumerate(text)], version))
    cyrillic = _is_cyrillic(text)
    read = "".join(c for c, _ in _as_letters(text, cyrillic, version))
    if _in_one_script(read, cyrillic, version, digits=False) != read:
        found.append("look_alike_letters")
    if version >= 4:
        pictures = emoji.read(text)
        if any(pictures.values()):
            found.append("styled_letters")
        signs = bool(leet.read(read, version))
        gaps = bool(_gaps(text, version)) or not all(pictures.values())
    else:
        signs, gaps = bool(DIGIT_INSIDE.search(text)), bool(_SPACED.search(text))
    if signs:
        found.append("digits_for_letters")
    if version >= 3 and any(_letters_in_numbers(text, version)):
        found.append("letters_for_digits")
    if gaps:
        found.append("letters_apart")
    if version >= 3 and (_STRETCHED.search(text) or _TATWEEL.search(text)):
        found.append("stretched_letters")
    return found


def undisguise(text: str, version: int) -> list[tuple[str, int]]:
    """Characters that a reader takes the text for, each with its index in ``text``.

    >>> "".join(c for c, _ in undisguise("W0rk аbroad, pleaaaase: p a y 1O00 d a i l y", 3))
    'Work abroad, pleaase: p a y 1000 daily'
    >>> "".join(c for c, _ in undisguise("s/a/l/a/r/y in ca$h, wo💰rk and a r⭕⭕m, no fօrms", 4))
    'salary in cash, work and a room, no forms'
    """
    cyrillic = _is_cyrillic(text)
    kept = _as_letters(text, cyrillic, version)
    plain = "".join(c for c, _ in kept)
    read = list(_in_one_script(plain, cyrillic, version, digits=version < 4))
    if version >= 4:
        signs = leet.read("".join(read), version)
        for i, letter in signs.items():
            if not unicodedata.combining(plain[i + 1 : i + 2] or " "):
                read[i] = letter
        if signs:
            read = list(_in_one_script("".join(read), cyrillic, version, digits=False))
    if version >= 3:
        for first, last in list(_letters_in_numbers("".join(read), version)):
            read[first:last] = "".join(read[first:last]).translate(_NUMBER_DIGITS)
    found = [(c, i) for c, (_, i) in zip(read, kept, strict=True)]
    return _drawn_in(found) if version >= 4 else found  # by signs and look-alikes ("w000rk")


def _letters_in_numbers(text: str, version: int) -> Iterator[tuple[int, int]]:
    """Where letters stand for digits, ``[first, last)``."""
    if not _LETTER_IN_NUMBER.search(text):
        return
    if version < 4:
        yield from (found.span() for found in _LETTER_IN_NUMBER.finditer(text))
        return
    for token in _NUMERIC.finditer(text):
        yield from (found.span() for found in _LETTER_IN_NUMBER.finditer(text, *token.span()))


def _is_cyrillic(text: str) -> bool:
    return len(_ONLY_CYRILLIC.findall(text)) > len(_ONLY_LATIN.findall(text))


def _as_letters(text: str, cyrillic: bool, version: int) -> list[tuple[str, int]]:
    """With letters for their forms and shapes, and without what stands between or over them."""
    forms = LETTER_FORMS
    if cyrillic:
        forms = CYRILLIC_FORMS if version < 4 else CYRILLIC_FORMS_4
    letters = list(text.translate(forms)) if _FORMS.search(text) else list(text)
    if version >= 4 and _SQUARES.search(text):
        for found in _FORMED.finditer(text):
            if _in_capitals(found.group()):
                letters[found.start() : found.end()] = map(str.upper, letters[slice(*found.span())])
    for found in _FLAG_LETTERS.finditer(text):
        letters[found.start() : found.end()] = [FLAGS.get(c, "") for c in found.group()]
    kept = [(c, i) for i, c in enumerate(letters) if c]
    if version >= 4:
        kept = _bared(kept, version)
    kept = _closed_up(kept) if version < 4 else _put_together(kept, version)
    return _drawn_in(kept) if version >= 3 else kept


def _bared(chars: list[tuple[str, int]], version: int) -> list[tuple[str, int]]:
    """Without lines over, under and through letters, and without marks that enclose one; since
    version 5 without any mark that disguises."""
    text = "".join(c for c, _ in chars)
    gone = {
        overlay.start()
        for pattern in (_OVERLAID, _LINED_WORD)
        for found in pattern.finditer(text)
        for overlay in _OVERLAY.finditer(text, *found.span())
    }
    gone.update(found.start() for found in _ENCLOSING.finditer(text))
    chars = [char for i, char in enumerate(chars) if i not in gone] if gone else chars
    if version < 5 or text.isascii():
        return chars
    letters = marks.bared("".join(c for c, _ in chars))
    kept = [(letters.get(i, c), at) for i, (c, at) in enumerate(chars)] if letters else chars
    return [char for char in kept if char[0]]


def _in_capitals(word: str) -> bool:
    """Whether a word with squared letters has two ordinary capitals or more, and no small ones."""
    ordinary = [char for char in _SQUARES.sub("", word) if char.isalpha()]
    return len(ordinary) > 1 and all(map(str.isupper, ordinary))


def _gaps(text: str, version: int) -> set[int]:
    """Indices of the separators of words set apart."""
    return apart.gaps(text) if version < 5 else set_apart.gaps(text)


def _put_together(chars: list[tuple[str, int]], version: int) -> list[tuple[str, int]]:
    """Words whose letters are set apart or cut by emoji."""
    gaps = _gaps("".join(c for c, _ in chars), version)
    if gaps:
        chars = [char for i, char in enumerate(chars) if i not in gaps]
    pictures = emoji.read("".join(c for c, _ in chars))
    if pictures:
        chars = [(pictures.get(i, c), at) for i, (c, at) in enumerate(chars)]
        chars = [char for char in chars if char[0]]
    return chars


def _in_one_script(plain: str, cyrillic: bool, version: int, digits: bool) -> str:
    """Every word in the one script it can be read in; of the same length."""
    rare = confusable.Rare(plain) if version >= 4 and not plain.isascii() else None
    read = list(plain)
    for word in _WORD.finditer(plain):
        end = word.end()
        if unicodedata.combining(plain[end : end + 1] or " "):  # its last letter carries a mark
            end -= 1
        letters = plain[word.start() : end]
        if rare is not None and rare.letters and rare.in_word(letters):
            letters = _without_rare(letters, rare, cyrillic)
        letters = _one_script(letters, cyrillic, digits)
        read[word.start() : end] = _by_sound(letters) if version >= 4 else letters
    return "".join(read)


def _by_sound(word: str) -> str:
    """A Cyrillic word with a few small Latin letters that stand for what sounds like them, where no
    shape tells."""
    if not _mixed(word) or _LATIN_PIECE.search(word):
        return word
    if 3 * len(_IS_LATIN.findall(word)) > len(word):
        return word
    read = word.translate(BY_SOUND).translate(TO_CYRILLIC)
    return word if _NOT_CYRILLIC.search(read) else read


def _without_rare(word: str, rare: confusable.Rare, cyrillic: bool) -> str:
    """A word with rare look-alikes in ordinary letters of one script, or as it is."""
    for target in (True, False) if cyrillic else (False, True):
        read = _one_script(rare.cyrillic(word) if target else rare.latin(word), target, False)
        if not _mixed(read) and (_NOT_CYRILLIC if target else _NOT_LATIN).search(read) is None:
            return read
    return word


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


def _one_script(word: str, cyrillic: bool, digits: bool) -> str:
    """A word in the one script it can be read in: first that of the text around it (``cyrillic`` or
    not), then the other. With ``digits``, those between letters are read as letters.

    A word of two scripts that neither can be read in wholly ("SMM" with a Russian ending) stays.
    """
    if _mixed(word):
        as_latin, as_cyrillic = word.translate(TO_LATIN), word.translate(TO_CYRILLIC)
        readings = [as_cyrillic, as_latin] if cyrillic else [as_latin, as_cyrillic]
        word = next((reading for reading in readings if not _mixed(reading)), word)
    if digits and DIGIT_INSIDE.search(word):
        of_letters = _DIGIT_CYRILLIC if _IS_CYRILLIC.search(word) else _DIGIT_LETTERS
        capitals = word.isupper()

        def letter(digit: re.Match[str]) -> str:
            read = of_letters.get(digit.group(), digit.group())
            return read.upper() if capitals else read

        word = _LETTER_DIGIT.sub(letter, word)
    return word


def _mixed(word: str) -> bool:
    return sum(bool(one.search(word)) for one in (_IS_LATIN, _IS_GREEK, _IS_CYRILLIC)) > 1
