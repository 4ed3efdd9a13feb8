"""The text of a piece of HTML, where each of its characters stands in the HTML, and where its links
lead.

Not by the standard library's parser: 20,000 characters of tags that never close keep it busy for
twenty seconds. This one looks at every character a few times at most.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import NamedTuple

BREAKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
"""Elements at whose borders words end."""

UNREAD = frozenset({"script", "style"})
"""Elements whose content nobody sees."""

TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
REST = re.compile(r"""[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*+>""")
"""Of a tag, after its name: a ``>`` in quotes does not end it."""

ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
"""Of a tag: a name, and a value in one of three forms. All of them are read, so that no value can
pass for an attribute."""

PLAIN = re.compile("(?:[^<&]|<(?![A-Za-z/!?])|&(?![#A-Za-z]))+")
"""Neither a tag, nor a comment, nor a character reference begins in it."""

REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]{1,31});?")
NUMBER = re.compile(r"&#([xX]?)([0-9A-Fa-f]+)")

MOST_DIGITS = 8
"""Of a character reference: more than any character has."""


class Piece(NamedTuple):
    """Characters that come from one place of the HTML."""

    at: int
    """Where it begins in the text."""

    length: int
    start: int
    end: int
    """``[start, end)`` in the HTML: one for one where that is as long, else all from all of it."""

    def source(self, i: int) -> tuple[int, int]:
        """Where its character ``i`` stands."""
        if self.length == self.end - self.start:
            return self.start + i, self.start + i + 1
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class HtmlText:
    """Text without tags."""

    text: str
    pieces: tuple[Piece, ...]
    """Of the text, in order."""

    links: tuple[str, ...] = ()
    """Targets of its links, in order; those without one are left out."""

    @property
    def sources(self) -> tuple[tuple[int, int], ...]:
        """By character of ``text``: ``[start, end)`` in the HTML. A line break that stands for a
        tag has no length."""
        return tuple(one.source(i) for one in self.pieces for i in range(one.length))

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` of the text, which is not empty, stands in the HTML."""
        return self._source(start)[0], self._source(end - 1)[1]

    def _source(self, at: int) -> tuple[int, int]:
        piece = self.pieces[bisect_right(self.pieces, at, key=lambda one: one.at) - 1]
        return piece.source(at - piece.at)


def html_text(html: str) -> HtmlText:
    """Tags, comments and what is not seen left out, character references read; never raises,
    whatever the HTML.

    >>> found = html_text("Free&nbsp;<b>ticket</b> &amp; visa")
    >>> found.text
    'Free\\xa0ticket & visa'
    >>> found.source(12, 13)
    (24, 29)
    """
    scan = Scan(html)
    while scan.at < len(html):
        scan.step()
    return HtmlText("".join(scan.said), tuple(scan.pieces), tuple(scan.links))


class Scan:
    """A walk over the HTML."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.said: list[str] = []
        self.length = 0
        self.pieces: list[Piece] = []
        self.links: list[str] = []
        self.quoted = True  # until a tag is met whose quotes never close
        self.closed = True  # until a tag is met that never ends

    def step(self) -> None:
        """What stands here."""
        if plain := PLAIN.match(self.html, self.at):
            self.add(plain[0], *plain.span())
            return
        char = self.html[self.at]
        if char == "<":
            if self.closed and (tag := TAG.match(self.html, self.at)):
                self.tag(tag)
                return
            if self.html.startswith("<!--", self.at):
                self.skip("-->")
                return
            if self.html.startswith(("<!", "<?", "</"), self.at):  # a comment, to a browser
                self.skip(">")
                return
        if char == "&" and (reference := REFERENCE.match(self.html, self.at)):
            self.reference(reference)
            return
        self.add(char, self.at, self.at + 1)

    def tag(self, tag: re.Match[str]) -> None:
        """A tag, or characters that begin like one."""
        end = self.end_of(tag.end())
        if end < 0:
            self.add("<", self.at, self.at + 1)
            return
        name = tag[1].lower()
        if name in BREAKS and self.said and not self.said[-1].endswith("\n"):
            self.add("\n", self.at, self.at)
        begins = tag[0][1] != "/"
        opens = begins and self.html[end - 2] != "/"
        if name == "a" and begins:
            self.links += targets(self.html[tag.end() : end - 1])
        self.at = end
        if name in UNREAD and opens:
            close = re.compile(f"</{name}", re.IGNORECASE | re.ASCII).search(self.html, end)
            self.at = close.start() if close else len(self.html)

    def end_of(self, start: int) -> int:
        """One past the ``>`` of a tag whose name ends at ``start``; -1 where there is none."""
        if self.quoted:
            if rest := REST.match(self.html, start):
                return rest.end()
            self.quoted = False
        found = self.html.find(">", start)
        self.closed = found >= 0
        return found + 1 or -1

    def skip(self, ending: str) -> None:
        """To the end of a comment, or of everything."""
        found = self.html.find(ending, self.at + 2)
        self.at = len(self.html) if found < 0 else found + len(ending)

    def reference(self, found: re.Match[str]) -> None:
        """All characters that a reference stands for come from the whole of it."""
        self.add(meaning(found[0]), *found.span())

    def add(self, said: str, start: int, end: int) -> None:
        """Characters of the text, from here to ``end``."""
        if said:
            self.said.append(said)
            self.pieces.append(Piece(self.length, len(said), start, end))
            self.length += len(said)
        self.at = end


def meaning(reference: str) -> str:
    """What a character reference stands for. A number of more digits than any character has stands
    for U+FFFD, as browsers have it."""
    number = NUMBER.match(reference)
    if number is None:
        return looked_up(reference)
    digits = (number[2].lstrip("0") or "0")[:MOST_DIGITS]
    return looked_up(f"&#{number[1]}{digits};")


@lru_cache(maxsize=1024)
def looked_up(reference: str) -> str:
    """The same for a short one: what is remembered is 34 characters at most."""
    return unescape(reference)


def targets(attributes: str) -> list[str]:
    """Where a link leads.

    >>> targets(' title="href=x" href="https://example.org/?a=1&amp;b=2"')
    ['https://example.org/?a=1&b=2']
    """
    found = ATTRIBUTE.finditer(attributes)
    values = [one[2] or one[3] or one[4] or "" for one in found if one[1].lower() == "href"]
    return [value for given in values if (value := referred(given).strip())]


def referred(value: str) -> str:
    """The value of an attribute, with what its character references stand for.

    >>> referred("/?a=1&amp;b=2")
    '/?a=1&b=2'
    """
    return REFERENCE.sub(lambda found: meaning(found[0]), value)
