"""What a message of Discord shows, https://docs.discord.com/developers/resources/message."""

from service.platforms.base import Part
from service.platforms.shown import Shown, reading


class Named(Shown):
    """The author of an embed."""

    name: str | None = None
    url: str | None = None


class Row(Shown):
    """Of an embed, with its heading."""

    name: str | None = None
    value: str | None = None


class Line(Shown):
    """A footer, or the question or an answer of a poll."""

    text: str | None = None


class Embed(Shown):
    """What a link, or a program, shows below a message."""

    author: Named | None = None
    title: str | None = None
    description: str | None = None
    fields: tuple[Row, ...] = ()
    footer: Line | None = None
    url: str | None = None


class Attachment(Shown):
    """A file: what its sender says is on it."""

    description: str | None = None


class Component(Shown):
    """A piece of a layout, of any kind; only programs send them, and anybody forwards them.
    https://docs.discord.com/developers/components/reference"""

    content: str | None = None
    label: str | None = None
    placeholder: str | None = None
    description: str | None = None
    url: str | None = None
    components: tuple["Component", ...] = ()
    accessory: "Component | None" = None
    items: tuple["Component", ...] = ()
    options: tuple["Component", ...] = ()


class Answer(Shown):
    """One of a poll."""

    poll_media: Line | None = None


class Poll(Shown):
    """https://docs.discord.com/developers/resources/poll"""

    question: Line | None = None
    answers: tuple[Answer, ...] = ()


class Words(Part):
    """Of a message, or of one that was forwarded."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    components: tuple[Component, ...] = ()
    poll: Poll | None = None

    def text(self) -> str:
        """All of it that is read."""
        return reading(self.content, self.poll, self.embeds, self.attachments, self.components)
