"""HTML that authors wrote, in bounded time."""

from typing import NamedTuple

from service.integrations.html_text import html_text
from service.platforms.cutting import ends

MAX_HTML_CHARS = 1_000_000
"""Of one piece of HTML: about half a second of tags. Fifty times the longest text, since tags
between which nothing stands are padding that no reader sees."""


class Markup(NamedTuple):
    """What a reader sees of HTML."""

    text: str
    links: tuple[str, ...]
    """Targets, in order."""


def marked_up(html: str) -> Markup:
    """Its text, and where its links lead; of more than :data:`MAX_HTML_CHARS` of both ends. Each is
    read by itself: a tag that was cut swallows nothing of the other.

    >>> marked_up('<a href="https://example.org">Apply</a> here')
    Markup(text='Apply here', links=('https://example.org',))
    """
    found = [html_text(one) for one in ends(html, MAX_HTML_CHARS)]
    return Markup("\n".join(one.text for one in found), sum((one.links for one in found), ()))
