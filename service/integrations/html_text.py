"""The text of a piece of HTML, where each of its characters stands in the HTML, and where its links
lead.

Not by the standard library's parser: 20,000 characters of tags that never close keep it busy for
twenty seconds. This one looks at every character a few times at most.
"""

import re
from dataclasses import dataclass
from html import unescape

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

REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """Text without tags."""

    text: str
    sources: tuple[tuple[int, int], ...]
    """By character of ``text``: ``[start, end)`` in the HTML. A line break that stands for a tag
    has no length."""

    links: tuple[str, ...] = ()
    """Targets of its links, in order; those without one are left out."""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` of the text, which is not empty, stands in the HTML."""
        return self.sources[start][0], self.sources[end - 1][1]


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
    return HtmlText("".join(scan.chars), tuple(scan.sources), tuple(scan.links))


class Scan:
    """A walk over the HTML."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.chars: list[str] = []
        self.sources: list[tuple[int, int]] = []
        self.links: list[str] = []
        self.quoted = True  # until a tag is met whose quotes never close

    def step(self) -> None:
        """What stands here."""
        char = self.html[self.at]
        if char == "<":
            if tag := TAG.match(self.html, self.at):
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
        self.at += 1

    def tag(self, tag: re.Match[str]) -> None:
        """A tag, or characters that begin like one."""
        end = self.end_of(tag.end())
        if end < 0:
            self.add("<", self.at, self.at + 1)
            self.at += 1
            return
        name = tag[1].lower()
        if name in BREAKS and self.chars and self.chars[-1] != "\n":
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
        return self.html.find(">", start) + 1 or -1

    def skip(self, ending: str) -> None:
        """To the end of a comment, or of everything."""
        found = self.html.find(ending, self.at + 2)
        self.at = len(self.html) if found < 0 else found + len(ending)

    def reference(self, found: re.Match[str]) -> None:
        """All characters that a reference stands for come from the whole of it."""
        start, end = found.span()
        meant = unescape(found[0])
        for i, char in enumerate(meant):
            whole = meant != found[0]
            self.add(char, *((start, end) if whole else (start + i, start + i + 1)))
        self.at = end

    def add(self, char: str, start: int, end: int) -> None:
        """One character of the text."""
        self.chars.append(char)
        self.sources.append((start, end))


def targets(attributes: str) -> list[str]:
    """Where a link leads.

    >>> targets(' title="href=x" href="https://example.org/?a=1&amp;b=2"')
    ['https://example.org/?a=1&b=2']
    """
    found = ATTRIBUTE.finditer(attributes)
    values = [one[2] or one[3] or one[4] or "" for one in found if one[1].lower() == "href"]
    return [value for given in values if (value := unescape(given).strip())]
