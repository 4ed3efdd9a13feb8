"""What of an ad's contacts points to whoever wrote it, written so that two ads can be compared."""

import re
from collections.abc import Iterable

from service.campaigns.platforms import ADDRESSED, HOSTING, NOBODYS, PUBLIC_BODIES
from service.entities import Entity, EntityType

MOST = 10
"""Contacts of one writer. An ad with more is a directory, or a list to warn of: its contacts belong
to many, and say nothing of the ad."""

_NUMBER = re.compile(r"[a-z]+:(\+\d{7,15})")
_DOTLESS = ("gmail.com", "googlemail.com")
_PLAIN_CASE = re.compile(r"ethereum:|bitcoin:bc1|litecoin:ltc1", re.IGNORECASE)


def contacts(entities: Iterable[Entity]) -> tuple[str, ...]:
    """Of an ad, each once, none where there are more than :data:`MOST`.

    Telephone numbers whose country is known, mail addresses, accounts of a service that is named,
    messenger links, wallets, and sites of their own. Left out is what two strangers may share:
    ``@name`` on any service, digits of any country, a page of a public platform.
    """
    found = dict.fromkeys(filter(None, map(contact, entities)))
    return tuple(found) if len(found) <= MOST else ()


def contact(entity: Entity) -> str | None:
    """One; the same for a number and a messenger's link to it, and however it is written."""
    value = entity.value
    match entity.type:
        case EntityType.PHONE:
            return f"number {value}" if value.startswith("+") else None
        case EntityType.EMAIL:
            return f"mail {mailbox(value)}"
        case EntityType.HANDLE:
            return f"account {value}" if entity.service is not None else None
        case EntityType.MESSENGER_LINK:
            number = _NUMBER.fullmatch(value)
            return f"number {number[1]}" if number else f"account {value}"
        case EntityType.WALLET:
            return f"wallet {value.lower() if _PLAIN_CASE.match(value) else value}"
        case EntityType.URL:
            place = site(value, entity.domain)
            return None if place is None else f"site {place}"
    return None


def mailbox(address: str) -> str:
    """Whom mail to the address reaches: without ``+tag``, without dots where they mean nothing.

    >>> mailbox("jo.b+may@gmail.com")
    'job@gmail.com'
    """
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in _DOTLESS else local}@{domain}"


def site(link: str, domain: str | None) -> str | None:
    """Whose a link is: its domain; its host under a provider of names; its whole address where that
    alone is anybody's; ``None`` where it is everybody's.

    >>> site("https://jobs.example.com/apply?id=7", "example.com")
    'example.com'
    """
    if domain is None:
        return None
    address = link.partition("://")[2] or link
    host = re.split("[/?#:]", address, maxsplit=1)[0].removeprefix("www.")
    if host in ADDRESSED or domain in ADDRESSED:
        place = re.split("[?#]", address, maxsplit=1)[0].removeprefix("www.").rstrip("/")
        return place if "/" in place else None
    if domain in HOSTING:
        return host if host != domain else None
    everybodys = domain in NOBODYS or not PUBLIC_BODIES.isdisjoint(domain.split(".")[1:])
    return None if everybodys else domain
