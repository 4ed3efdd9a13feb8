"""What is read off an ad beside the model: language, disguises, entities. It moves no score."""

from dataclasses import dataclass

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import Rendered
from service.entities import Entity, find
from service.language import UNDETERMINED, Language, detect


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one ad, the reader's own turns left out."""

    language: Language
    """Of title and text."""

    changed: tuple[Evasion, ...]
    """Disguises that were undone before the model read it; of turns that it did not read, none."""

    entities: tuple[Entity, ...]
    """Contacts, links, wallets, amounts."""

    hidden: tuple[Entity, ...] = ()
    """Those that touch the reader's own turns: told to nobody, redacted where the ad is kept."""

    fields: tuple[str, ...] = ("text",)
    """What was read, in that order: ``title``, ``thread/<index>``, ``text``."""


def read(ad: Ad, rendered: Rendered) -> Reading:
    """Everything at once. The language that the platform gave decides how sums are read."""
    language = detect(f"{ad.title}\n{ad.text}" if ad.title else ad.text)
    mine = {f"thread/{i}" for i in ad.own}
    changed = [one.field for one in rendered.parts if one.starts is not None]
    # Turns that the model never saw cost nothing: as many as a body holds would cost minutes.
    received = [ad.received(field) for field in changed if field not in mine]
    worn = {one for text in received for one in evasions(text, rendered.version)}
    known = None if language.tag == UNDETERMINED else language.tag
    found = find(rendered, ad, ad.language or known)
    touching = [bool(mine & {place.field for place in one.places}) for one in found]
    return Reading(
        language,
        tuple(one for one in Evasion if one in worn),
        tuple(one for one, hides in zip(found, touching, strict=True) if not hides),
        tuple(one for one, hides in zip(found, touching, strict=True) if hides),
        tuple(part.field for part in rendered.parts),
    )
