"""The code that only a reporter holds: with it they add to their report, or withdraw it.

Made to be written down and read aloud: Crockford's base 32, which has no letter that looks like a
digit (https://www.crockford.com/base32.html), in groups of four, the last character a check. His
check is the number modulo 37 and has five symbols more than the alphabet; a code that would need
one of those is drawn anew, so that only letters and digits are left.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from itertools import count

from service.store import Vault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 15
"""Characters drawn at random, 75 bits: guesses would have to go on for ever."""

BITS = 5 * DRAWN

MODULUS = 37
GROUP = 4
READ_AS = str.maketrans("OIL", "011")
"""What people write for what they see."""


class NoCode(ValueError):
    """Characters that no code of ours has: one was left out, added, misread or swapped."""


def new_code() -> str:
    """A code, such as ``7K3M-9PQR-2T4V-XW8E``."""
    return first_of(secrets.randbits(BITS) for _ in count())


def code_of(vault: Vault, key: str, said: bytes) -> str:
    """The code of a report that may come twice: the same for the same ``Idempotency-Key`` and
    words. It is made from them and the installation's secret, so that nothing need be kept to know
    the report again, and nobody who lacks one of the three can make it."""
    given = b"\0" + key.encode() + b"\0" + said
    hashes = (vault.hashed("code of a report", b"%d" % turn + given) for turn in count())
    return first_of(int(one, 16) % (1 << BITS) for one in hashes)


def first_of(numbers: Iterable[int]) -> str:
    """The code of the first number of 75 bits that has one."""
    for number in numbers:
        if number % MODULUS < len(ALPHABET):
            drawn = "".join(ALPHABET[number >> place & 31] for place in range(BITS - 5, -5, -5))
            return grouped(drawn + ALPHABET[number % MODULUS])
    raise AssertionError("This is a bug.")


def read(given: str) -> str:
    """The code as it was given out, however it was written down: small letters, no groups, digits
    of another script, O for 0, I or L for 1. Raises :class:`NoCode` where the check fails, which
    says nothing of whether there is a report.

    >>> read("oooo oooo oooo oooo")
    '0000-0000-0000-0000'
    """
    plain = unicodedata.normalize("NFKC", given).upper()
    digits = "".join(str(unicodedata.digit(character, character)) for character in plain)
    code = "".join(filter(str.isalnum, digits)).translate(READ_AS)
    if len(code) != DRAWN + 1 or not set(code) <= set(ALPHABET):
        raise NoCode
    if remainder(code[:DRAWN]) != ALPHABET.index(code[DRAWN]):
        raise NoCode
    return grouped(code)


def remainder(characters: str) -> int:
    """Of the number that the characters are in base 32, modulo 37."""
    number = 0
    for character in characters:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return number % MODULUS


def grouped(code: str) -> str:
    """With a hyphen after every fourth character."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))
