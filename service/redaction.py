"""Contacts out of a text, before anything of it is kept: the same placeholders as in the corpus, so
that what reviewers label can be learnt from as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rendering import Located
from service.entities import Entity, EntityType

PLACEHOLDERS = {
    EntityType.PHONE: "<phone>",
    EntityType.EMAIL: "<email>",
    EntityType.HANDLE: "<handle>",
    EntityType.MESSENGER_LINK: "<url>",
    EntityType.URL: "<url>",
    EntityType.WALLET: "<wallet>",
}
"""Sums stay: they are part of the offer, and of nobody."""


@dataclass(frozen=True, slots=True)
class Cut:
    """``[start, end)`` of a field was replaced."""

    start: int
    end: int
    placeholder: str


def cuts_of(entities: Sequence[Entity], field: str) -> list[Cut]:
    """What is to be replaced in a field, in order, nothing twice."""
    found: list[Cut] = []
    places = [
        (place.start, place.end, PLACEHOLDERS[one.type])
        for one in entities
        if one.type in PLACEHOLDERS
        for place in one.places
        if place.field == field
    ]
    for start, end, placeholder in sorted(places):
        if found and start < found[-1].end:  # two readings of one contact
            last = found.pop()
            found.append(Cut(last.start, max(last.end, end), last.placeholder))
        else:
            found.append(Cut(start, end, placeholder))
    return found


def redact(text: str, cuts: Sequence[Cut]) -> str:
    """The text with its contacts replaced.

    >>> redact("ask +1 202 now", [Cut(4, 10, "<phone>")])
    'ask <phone> now'
    """
    out, last = [], 0
    for cut in cuts:
        out += [text[last : cut.start], cut.placeholder]
        last = cut.end
    return "".join([*out, text[last:]])


def moved(place: Located, cuts: Sequence[Cut]) -> Located:
    """A place of the text as received, in the redacted text. One that a contact lies across covers
    its placeholder."""

    def at(position: int, is_end: bool) -> int:
        shift = 0
        for cut in cuts:
            if position >= cut.end:
                shift += len(cut.placeholder) - (cut.end - cut.start)
            elif position > cut.start:
                return cut.start + shift + (len(cut.placeholder) if is_end else 0)
        return position + shift

    return Located(place.field, at(place.start, False), at(place.end, True))
