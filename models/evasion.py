"""Which disguises a text wears: what :func:`models.rendering.render` undid, by name.

A disguise is a fact about the text, never a reason by itself: people write in stretched letters and
decorated alphabets for fun.
"""

import re
import unicodedata
from enum import StrEnum

from models import disguise, enclosed
from models.alphabets import INVISIBLE
from models.rendering import RENDERING, normalise


class Evasion(StrEnum):
    """What was undone."""

    INVISIBLE = "invisible_characters"
    """Characters without a shape between two letters."""

    STYLED = "styled_letters"
    """Mathematical, enclosed, full-width or small capital letters, emoji letters, marks around a
    letter, lines under, over and through it."""

    LOOK_ALIKE = "look_alike_letters"
    """Letters of one script inside a word of another."""

    DIGITS = "digits_for_letters"
    LETTERS = "letters_for_digits"
    APART = "letters_apart"
    """Separators between the letters of a word, or an emoji that cuts it."""

    STRETCHED = "stretched_letters"
    REVERSED = "reversed_text"


_HIDDEN = re.compile(rf"(?<=\w){INVISIBLE}+(?=\w)")
_STYLES = ("MATHEMATICAL", "CIRCLED", "PARENTHESIZED", "SQUARED", "NEGATIVE", "FULLWIDTH LATIN")


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
    lettered = enclosed.as_letters(received) if version >= 4 else received
    visible, *_ = normalise(lettered, version=1)
    found = {
        Evasion.REVERSED: version >= 2 and disguise.turn_back(received, version) is not None,
        Evasion.INVISIBLE: bool(_HIDDEN.search(lettered)),
        Evasion.STYLED: lettered != received
        or any(map(is_styled, set(received)))
        or disguise.has_forms(visible, version),
    }
    if version >= 2 and disguise.disguised(visible, version):
        found |= {Evasion(name): True for name in disguise.worn(visible, version)}
    return tuple(one for one in Evasion if found.get(one))


def is_styled(char: str) -> bool:
    """Whether a character is an ordinary letter or digit in a decorated form."""
    if char.isascii():
        return False
    normal = unicodedata.normalize("NFKC", char)
    return normal.isalnum() and unicodedata.name(char, "").startswith(_STYLES)
