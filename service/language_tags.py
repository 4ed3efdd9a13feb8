"""Language tags as callers and policies write them (BCP 47, RFC 5646): which name a language.

CLDR, as Babel has it, knows every language of two letters and some four hundred of three. Of three
letters there are 8,000 (ISO 639-3), which are taken at their word.
"""

from collections.abc import Mapping
from functools import cache

UNDETERMINED = "und"
"""In a tag: no language is named (RFC 5646, section 4.1)."""

SHORT = 2


def primary(tag: str) -> str:
    """The first part, in small letters.

    >>> primary("PT-br")
    'pt'
    """
    return tag.lower().partition("-")[0]


def names_a_language(tag: str) -> bool:
    """Whether a policy can go by it. A word such as ``english`` looks like a tag and is none: no
    language has a tag of more than three letters.

    >>> [tag for tag in ("pt-BR", "iw", "yue", "ksw", "und-Latn", "english", "xx") if
    ...  names_a_language(tag)]
    ['pt-BR', 'iw', 'yue', 'ksw']
    """
    name = primary(tag)
    if name == UNDETERMINED or len(name) > SHORT + 1:
        return False
    return len(name) > SHORT or name in by_code() or name in in_place_of()


def shortest(tag: str) -> str:
    """In small letters, with the code of two letters where the language has one, as BCP 47 asks.

    >>> shortest("eng-GB"), shortest("pt-BR"), shortest("ksw")
    ('en-gb', 'pt-br', 'ksw')
    """
    name, dash, rest = tag.lower().partition("-")
    other = in_place_of().get(name, "") if len(name) > SHORT else ""
    return (other if len(other) == SHORT else name) + dash + rest


def meant(word: str) -> str | None:
    """The tag of the language that a word names in English.

    >>> meant("English"), meant("xx")
    ('en', None)
    """
    return next((code for code, name in by_code().items() if name.lower() == word.lower()), None)


@cache
def by_code() -> Mapping[str, str]:
    """English names of languages by their codes."""
    from babel import Locale  # where a tag comes with an ad

    known = Locale("en").languages.items()
    return {str(code).replace("_", "-"): str(name) for code, name in known}


@cache
def in_place_of() -> Mapping[str, str]:
    """Codes that are preferred to others: ``he`` to ``iw``, ``en`` to ``eng``."""
    from babel.core import get_global

    found: Mapping[str, str] = get_global("language_aliases")
    return found
