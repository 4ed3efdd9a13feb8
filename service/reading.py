"""What is read off an ad beside the model: language, disguises, entities. It moves no score."""

from dataclasses import dataclass, replace

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import Rendered, render
from service.entities import Entity, find
from service.language import Language, detect
from service.language_tags import UNDETERMINED


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
    """Those in the reader's own turns: told to nobody, redacted where the ad is kept."""

    fields: tuple[str, ...] = ("text",)
    """What was read, for a score or for contacts alone: ``title``, ``thread/<index>``, ``text``."""


def read(ad: Ad, rendered: Rendered) -> Reading:
    """Everything at once. The language that the platform gave decides how sums are read."""
    language = detect(f"{ad.title}\n{ad.text}" if ad.title else ad.text)
    changed = [one.field for one in rendered.parts if one.starts is not None]
    # Turns that the model never saw cost nothing: as many as a body holds would cost minutes.
    worn = {one for field in changed for one in evasions(ad.received(field), rendered.version)}
    if rendered.words_joined:
        worn.add(Evasion.SPLIT)
    known = None if language.tag == UNDETERMINED else language.tag
    own = own_turns(ad, rendered.version)
    return Reading(
        language,
        tuple(one for one in Evasion if one in worn),
        find(rendered, ad, ad.language or known),
        () if own is None else find(own, ad, ad.language or known),
        tuple(one.field for one in (*rendered.parts, *(own.parts if own else ()))),
    )


def own_turns(ad: Ad, version: int) -> Rendered | None:
    """The reader's own last turns alone, which the model does not read; ``None`` where there are
    none."""
    if not ad.own:
        return None
    others = frozenset(range(len(ad.thread))) - ad.own
    return render(replace(ad, title="", text="", own=others), version)
