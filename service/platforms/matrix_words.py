"""The words of a Matrix message, wherever programs find those that they show: in its ``body``, in
HTML that stands for it, in the new words of an edit, in a poll
(https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/3381-polls.md).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import Field

from service.platforms.base import Loose
from service.platforms.markup import Markup, marked_up

FILES = frozenset({"m.image", "m.video", "m.audio", "m.file"})
"""Kinds whose ``body`` is a caption, or the file's name."""

MATRIX = "https://matrix.to/#/"
PERSON = f"{MATRIX}@"
"""What every mention leads to."""

HEADING = re.compile(r"In reply to (?:\* ?)?(@\S+) ?")
"""Of a quotation in HTML, as older versions of the specification have it."""

WORD = re.compile(r"[^\s!-/:-@\[-`{-~]+")
"""Without spaces and the marks of ASCII, which Markdown has and HTML has not."""

SEARCHED = 50_000_000
"""Most characters that lines are looked for in, of one message: about a twentieth of a second.
What people write asks for a thousandth of that."""


class Relation(Loose):
    """To an earlier event."""

    rel_type: str | None = None
    event_id: str | None = None
    in_reply_to: Mapping[str, Any] = Field(default_factory=dict, alias="m.in_reply_to")

    def answered(self) -> str | None:
        """The event that is answered."""
        found = self.in_reply_to.get("event_id")
        return found if isinstance(found, str) else None


class Form(Loose):
    """One form of a text."""

    body: str = ""
    mimetype: str = "text/plain"

    def words(self) -> str:
        """As they are shown."""
        return marked_up(self.body).text if self.mimetype == "text/html" else self.body


class Text(Loose):
    """A text in a few forms, of which a program shows one."""

    body: str = ""
    forms: tuple[Form, ...] = Field((), alias="m.text")
    draft: str = Field("", alias="org.matrix.msc1767.text")

    def pieces(self) -> list[str]:
        """What is shown in place of its ``body``."""
        return [self.draft, *(one.words() for one in self.forms)]


class Poll(Loose):
    """A question and its answers."""

    question: Text = Text()
    answers: tuple[Text, ...] = ()

    def pieces(self) -> list[str]:
        """What is shown of them."""
        texts = (self.question, *self.answers)
        return [piece for text in texts for piece in (text.body, *text.pieces())]


class New(Text):
    """What an edit puts in place of a message."""

    msgtype: str = ""
    filename: str = ""
    formatted_body: str = ""
    poll: Poll = Field(Poll(), alias="m.poll")
    draft_poll: Poll = Field(Poll(), alias="org.matrix.msc3381.poll.start")

    def plain(self) -> str:
        """What programs show that know nothing but plain text. A file's name of one word is no
        words: most pictures have one."""
        named = self.msgtype in FILES and self.filename in ("", self.body)
        return "" if named and one_word(self.body.removeprefix("* ")) else self.body

    def pieces(self) -> list[str]:
        """What is shown in place of that, but for HTML."""
        named = self.msgtype in FILES and not one_word(self.filename)
        polls = [*self.poll.pieces(), *self.draft_poll.pieces()]
        return [*([self.filename] if named else []), *super().pieces(), *polls]


class Content(New):
    """Of a message."""

    relates_to: Relation = Field(Relation(), alias="m.relates_to")
    new_content: New | None = Field(None, alias="m.new_content")

    def stages(self) -> list[New]:
        """As it now stands, and what programs show that know no edits."""
        return [self] if self.new_content is None else [self.new_content, self]

    def htmls(self) -> list["Html"]:
        """HTML in place of words."""
        return [apart(one.formatted_body) for one in self.stages() if one.formatted_body]


def one_word(text: str) -> bool:
    """Or none."""
    return len(text.split()) < 2


class Html(NamedTuple):
    """A message in two parts."""

    before: Markup
    """What older programs put before an answer, as a quotation."""

    answer: Markup

    def quoted(self) -> tuple[str, str]:
        """Whom it names as having said the words, and the words: anybody can write that."""
        words = " ".join(self.before.text.split())
        found = HEADING.match(words)
        return (found[1], words[found.end() :]) if found else ("", words)


def apart(html: str) -> Html:
    """A message and what it quotes.

    >>> apart("<mx-reply>In reply to @ann:example.org<br>any work?</mx-reply>yes").quoted()
    ('@ann:example.org', 'any work?')
    """
    before, ending, answer = html.partition("</mx-reply>")
    return Html(marked_up(before if ending else ""), marked_up(answer if ending else html))


def beyond(said: str, pieces: Iterable[str]) -> list[str]:
    """Lines of the pieces whose words are not said before them, in their order. Past
    :data:`SEARCHED` a line is taken as new unless it stands there already as it is.

    >>> beyond("**Hello** all, [here](https://example.org/a)", ["Hello all, here", "Hello you"])
    ['Hello you']
    """
    known, lines, budget = spaced(said), list[str](), SEARCHED
    for line in dict.fromkeys(one.strip() for piece in pieces for one in piece.splitlines()):
        words = spaced(line)
        if not words.strip():
            continue
        budget -= len(known)
        if budget < 0:
            lines.append(line)
        elif words not in known:
            lines.append(line)
            known += words
    return lines


def spaced(text: str) -> str:
    """Its words, with a space before and after each."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


class Quoted(NamedTuple):
    """A message in three parts."""

    sender: str
    """Whom it names as having said the words: anybody can write that."""

    words: str
    answer: str


def quoted(body: str) -> Quoted | None:
    """What a reply claims to quote, and the reply: older programs put the quotation before it.

    >>> quoted("> <@ann:example.org> any work?\\n\\nyes")
    Quoted(sender='@ann:example.org', words='any work?', answer='yes')
    """
    lines = body.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if not count or count == len(lines):
        return None
    said = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[:count])
    name, _, words = said.removeprefix("* ").partition("> ")
    if not name.startswith("<"):
        return None
    return Quoted(name.removeprefix("<"), words, "\n".join(lines[count:]).lstrip("\n"))
