"""The keys of an ad: what of it another ad of the same campaign shares, as keyed hashes, so that
the database holds neither a contact nor anything that could be compared with a text."""

from dataclasses import dataclass

from models.ad import Ad
from models.renderer import Render
from models.rendering import Rendered
from service.campaigns.contacts import contacts
from service.campaigns.template import FIELDS, bands, template
from service.reading import Reading, read
from service.store.vault import Vault

SIGN = 1 << 63


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one ad."""

    contacts: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()
    """64 bits each, signed."""

    def __bool__(self) -> bool:
        """Whether it could share anything."""
        return bool(self.contacts or self.bands)


def keys_of(vault: Vault, rendered: Rendered, reading: Reading) -> Keys:
    """Of an ad that was read, its title and text alone; see :mod:`service.campaigns.template`."""
    inside = [one for one in reading.entities if all(place.field in FIELDS for place in one.places)]
    words = template(rendered, reading.entities)
    return Keys(
        tuple(vault.hashed("campaign contact", one) for one in contacts(inside)),
        tuple(number(vault, band) for band in bands(words)),
    )


def keys_of_ad(vault: Vault, ad: Ad, render: Render) -> Keys:
    """Of one that is not scored; ``render``: as those are read that are."""
    rendered = render(ad)
    return keys_of(vault, rendered, read(ad, rendered))


def number(vault: Vault, band: bytes) -> int:
    """A band as it is kept. 64 bits are enough: a foreign band that is equal by chance is one in
    10^11 among a hundred million, and it takes two of one template to meet it."""
    return int(vault.hashed("campaign template", band)[:16], 16) - SIGN
