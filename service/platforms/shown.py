"""Words and links, wherever in a platform's object they are shown: what is not read is where lures
are written next."""

from collections.abc import Iterator

from service.platforms.base import Part
from service.platforms.cutting import together
from service.platforms.seen import with_links


class Shown(Part):
    """A part that readers see: each field holds words, or further such parts; ``url`` is the target
    of a link."""


def reading(*given: object) -> str:
    """The words in strings, parts and tuples of them, in order and a line each; then the targets of
    links that the words do not show."""
    found = [piece for one in given for piece in pieces(one)]
    words = [value for name, value in found if name != "url" and value]
    return with_links(together(words), [value for name, value in found if name == "url"])


def pieces(given: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Each string with the name of its field."""
    if isinstance(given, str):
        yield name, given
    elif isinstance(given, tuple):
        for one in given:
            yield from pieces(one)
    elif isinstance(given, Shown):
        for field, value in given:
            yield from pieces(value, field)
