"""Which disguises a text wears: what :func:`models.rendering.render` undid, by name.

A disguise is a fact about the text, never a reason by itself: people write in stretched letters and
decorated alphabets for fun.
"""

import re
import unicodedata
from enum import StrEnum

from models import disguise, enclosed, markup
from models.alphabets import HANGUL, INVISIBLE
from models.rendering import RENDERING, normalise


class Evasion(StrEnum):
    """What was undone."""

    INVISIBLE = "invisible_characters"
    """Characters without a shape between two letters, where no spelling has them."""

    STYLED = "styled_letters"
    """Mathematical, enclosed, full-width or small capital letters, emoji letters, marks around a
    letter, lines under, over and through it. Not what people write so anyway: numbers of points
    (①, 1️⃣), full-width letters beside Chinese, Japanese and Korean."""

    LOOK_ALIKE = "look_alike_letters"
    """Letters of one script inside a word of another."""

    DIGITS = "digits_for_letters"
    LETTERS = "letters_for_digits"
    APART = "letters_apart"
    """Separators between the letters of a word, or an emoji that cuts it."""

    SPLIT = "split_words"
    """Words that a space cuts, more than one of them: see :mod:`models.split_words`, which needs
    the whole text and a bundle's tokeniser; :func:`evasions` never finds it."""

    STRETCHED = "stretched_letters"
    REVERSED = "reversed_text"


_HIDDEN = re.compile(rf"(?<=\w){INVISIBLE}+(?=\w)")
_SPELT = re.compile(
    "(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b(?=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])"
    "|(?<=[\u3400-\u9fff\U00020000-\U0003ffff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180f]|(?<=\u2139)[\ufe0e\ufe0f]"
)
"""Invisible ones that spelling needs or allows: where a line may break between words of Thai, Lao,
Burmese and Khmer, which form a Chinese or Mongolian letter has, that a sign is an emoji."""

_STYLES = ("MATHEMATICAL", "CIRCLED", "PARENTHESIZED", "SQUARED", "NEGATIVE", "FULLWIDTH LATIN")
_ORDINARY = re.compile("[\u2460-\u249b\u24ea-\u24f4\u3200-\u33ff\U0001f200-\U0001f2ff]")
"""Enclosed numbers, which number points, and enclosed signs of East Asian scripts."""

_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a]")
_EAST_ASIAN = re.compile(f"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d{HANGUL}]")
_KEYCAP = re.compile("[0-9#*]\u20e3")


def evasions(received: str, version: int = RENDERING) -> tuple[Evasion, ...]:
    """Disguises of one field as received that rendering ``version`` undoes, in the order of
    :class:`Evasion`; linear in its length.

    >>> evasions("Eаsy w.o.r.k, n0thing to pay")
    (<Evasion.LOOK_ALIKE: 'look_alike_letters'>, <Evasion.DIGITS: 'digits_for_letters'>, \
<Evasion.APART: 'letters_apart'>)
    """
    plain, *_ = normalise(received, version)
    if plain == received:
        return ()
    marked: set[str] = set()
    chars = markup.undone(received) if version >= 5 else None
    if chars is not None:
        marked = markup.worn(received)
        received = "".join(char for char, *_ in chars)
    lettered = enclosed.as_letters(received) if version >= 4 else received
    visible, *_ = normalise(lettered, version=1)
    found = {
        Evasion.REVERSED: version >= 2 and disguise.turn_back(received, version) is not None,
        Evasion.INVISIBLE: bool(_HIDDEN.search(_SPELT.sub("", lettered))),
        Evasion.STYLED: lettered != received
        or any(map(is_styled, _not_usual(received)))
        or disguise.has_forms(_KEYCAP.sub("", visible), version),
    }
    if version >= 2 and disguise.disguised(visible, version):
        found |= {Evasion(name): True for name in disguise.worn(visible, version)}
    found |= {Evasion(name): True for name in marked}
    return tuple(one for one in Evasion if found.get(one))


def _not_usual(received: str) -> set[str]:
    """Its characters but full-width letters beside Chinese, Japanese and Korean ones."""
    wide = _WIDE.findall(received) if _EAST_ASIAN.search(received) else ()
    return set(received).difference(wide)


def is_styled(char: str) -> bool:
    """Whether a character is an ordinary letter or digit in a decorated form."""
    if char.isascii() or _ORDINARY.match(char):
        return False
    normal = unicodedata.normalize("NFKC", char)
    return normal.isalnum() and unicodedata.name(char, "").startswith(_STYLES)
