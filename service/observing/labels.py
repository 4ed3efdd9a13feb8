"""Values that a label may have. Callers choose none of them: whatever they send, the number of
series stays under a bound that is known beforehand."""

from models.ad import Ad
from service.language import LANGUAGES, SCRIPTS
from service.language_tags import UNDETERMINED, primary

OTHER = "other"
NOT_GIVEN = "not_given"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TONGUES = frozenset({*LANGUAGES, UNDETERMINED})
WRITINGS = frozenset({*SCRIPTS.values(), "Zyyy"})


def method(given: str) -> str:
    """Of a request. Any word may stand there (RFC 9110, section 9.1)."""
    return given if given in METHODS else OTHER


def language(tag: str) -> str:
    """The language of a tag without script and region; those that are not told apart are one.

    >>> language("zh-Hant-TW"), language("x-anything")
    ('zh', 'other')
    """
    name = primary(tag)
    return name if name in TONGUES else OTHER


def script(name: str) -> str:
    """ISO 15924 code."""
    return name if name in WRITINGS else OTHER


def platform(ad: Ad) -> str:
    """One of the schema's, or that none was given. ``other`` is one of the schema's."""
    return ad.platform or NOT_GIVEN
