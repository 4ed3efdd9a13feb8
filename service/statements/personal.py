"""Contacts in words that are to be published."""

from models.ad import Ad
from models.rendering import RENDERING, render
from service.entities import EntityType
from service.entities.find import find

KINDS = {
    EntityType.PHONE: "a telephone number",
    EntityType.EMAIL: "a mail address",
    EntityType.HANDLE: "a messenger name",
    EntityType.MESSENGER_LINK: "a messenger link",
    EntityType.WALLET: "a wallet",
}
"""What may lead to a person. An address of a site may be that of a law."""


def contacts_in(text: str) -> list[str]:
    """What kinds of contact stand in a text, in words; nothing of what they say."""
    ad = Ad(text)
    found = {one.type for one in find(render(ad, RENDERING), ad)}
    return [words for kind, words in KINDS.items() if kind in found]
