"""What a message of Telegram shows, https://core.telegram.org/bots/api#message."""

from service.platforms.base import Part
from service.platforms.shown import Shown, reading


class Entity(Shown):
    """A piece of a text with a meaning: where it is a link, its target."""

    url: str | None = None


class Quote(Shown):
    """A part of the message that is answered, chosen by who answers."""

    text: str = ""
    entities: tuple[Entity, ...] = ()


class Option(Shown):
    """An answer to choose."""

    text: str = ""


class Poll(Shown):
    """https://core.telegram.org/bots/api#poll"""

    question: str = ""
    description: str = ""
    description_entities: tuple[Entity, ...] = ()
    options: tuple[Option, ...] = ()
    explanation: str = ""
    explanation_entities: tuple[Entity, ...] = ()


class Task(Shown):
    """One line of a checklist."""

    text: str = ""
    text_entities: tuple[Entity, ...] = ()


class Checklist(Shown):
    """https://core.telegram.org/bots/api#checklist"""

    title: str = ""
    title_entities: tuple[Entity, ...] = ()
    tasks: tuple[Task, ...] = ()


class Contact(Shown):
    """Somebody to call."""

    first_name: str = ""
    last_name: str = ""
    phone_number: str = ""


class Venue(Shown):
    """A place with a name."""

    title: str = ""
    address: str = ""


class Preview(Shown):
    """The link whose card is shown; the text need not have it."""

    url: str | None = None


class Button(Shown):
    """Below the message."""

    text: str = ""
    url: str | None = None


class Keyboard(Shown):
    """Rows of buttons."""

    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Elsewhere(Shown):
    """A message of another chat or topic that is answered: of its text only a quotation comes."""

    poll: Poll | None = None
    checklist: Checklist | None = None
    contact: Contact | None = None
    venue: Venue | None = None
    link_preview_options: Preview | None = None


class Words(Part):
    """Of a message: its text, or the caption of what it shows, and whatever else has words."""

    text: str = ""
    caption: str = ""
    entities: tuple[Entity, ...] = ()
    caption_entities: tuple[Entity, ...] = ()
    poll: Poll | None = None
    checklist: Checklist | None = None
    contact: Contact | None = None
    venue: Venue | None = None
    link_preview_options: Preview | None = None
    reply_markup: Keyboard | None = None
    external_reply: Elsewhere | None = None
    quote: Quote | None = None

    def words(self) -> str:
        """All of it, with the targets of links that hide behind other words. A message of elsewhere
        is read as words of whoever brings it here; a quotation of one of this chat is not, as the
        whole message comes beside it."""
        return reading(
            self.text, self.caption, self.entities, self.caption_entities,
            self.poll, self.checklist, self.contact, self.venue, self.link_preview_options,
            self.reply_markup, self.external_reply, self.quote if self.external_reply else None,
        )  # fmt: skip
