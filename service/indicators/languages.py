"""The languages that wording comes in, and which of them a reader gets."""

import re
from functools import cache
from typing import Literal

from babel import Locale

from service.language_tags import primary

FALLBACK = "en"
"""The language of the code, which is always complete."""

LANGUAGES = (
    "en", "ar", "zh", "es", "fr", "pt", "ru", "uk", "hi", "ur",
    "bn", "id", "vi", "th", "tl", "my", "km", "sw", "am", "tr",
)  # fmt: skip
"""Primary language subtags (BCP 47). ``zh`` is written in simplified characters."""

ALIASES = {"fil": "tl", "in": "id", "cmn": "zh", "swh": "sw"}
"""Other subtags under which systems name the same languages (IANA subtag registry)."""

MAX_HEADER_CHARS = 1_000
"""What is read of an ``Accept-Language`` header; browsers send under 200 characters."""

_RANGE = re.compile(
    r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9]{1,8})*\s*(?:;\s*[qQ]=([0-9]+(?:\.[0-9]{0,3})?))?\s*"
)

Direction = Literal["ltr", "rtl"]


def languages() -> tuple[str, ...]:
    """The languages on offer, English first."""
    return LANGUAGES


@cache
def direction(language: str) -> Direction:
    """How a language of :data:`LANGUAGES` is written, for HTML's ``dir``."""
    return "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"


def pick(accept_language: str | None, asked: str | None = None) -> str:
    """The language to answer in: the one asked for, else the best of the header, else English.

    A language is found by lookup (RFC 4647 section 3.4): subtags fall away from the end, so
    ``pt-AO`` gives ``pt``, and ``zh-TW`` gives ``zh`` though its readers prefer traditional
    characters. Quality values are those of RFC 9110 section 12.4.2: 0 refuses a language, and
    more than 1, which no client may send, counts as 1. What is malformed is passed over; nothing
    raises.
    """
    wanted = (
        [asked.replace("_", "-"), *_ranges(accept_language)] if asked else _ranges(accept_language)
    )
    return next((found for tag in wanted if (found := _lookup(tag))), FALLBACK)


def _lookup(tag: str) -> str | None:
    name = primary(tag.strip())
    name = ALIASES.get(name, name)
    return name if name in LANGUAGES else None


def _ranges(header: str | None) -> list[str]:
    """The primary subtags of a header, best first, equals in its order, without refused ones."""
    found = []
    for part in (header or "")[:MAX_HEADER_CHARS].split(","):
        if match := _RANGE.fullmatch(part):
            found.append((min(1.0, float(match[2] or 1)), match[1]))
    found.sort(key=lambda one: -one[0])
    return [tag for quality, tag in found if quality > 0]
