"""Every message that translators are asked for: the labels, and the shipped principles."""

from service.help.load import SHIPPED, read
from service.help.messages import labels
from service.translations import Message


def messages() -> list[Message]:
    """In the order of the catalogue files. Raises :class:`~service.errors.HelpError`."""
    principles = [
        Message(f"principle.{entry.id}", entry.text, "What an international standard says.")
        for path in SHIPPED
        for entry in read(path).principle
    ]
    return [*labels(), *principles]
