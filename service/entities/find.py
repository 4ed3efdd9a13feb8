"""All families of entities over an ad, each character used once."""

from collections.abc import Iterator

from models.ad import Ad
from models.rendering import Rendered
from service.entities.amounts import find_amounts
from service.entities.emails import find_emails
from service.entities.entity import Entity, Service
from service.entities.handles import find_handles
from service.entities.hints import CURRENCY_REGIONS, Hints, hints
from service.entities.links import find_links
from service.entities.phones import Phones
from service.entities.reading import Found, Reading, readings
from service.entities.service_words import Named, services_named
from service.entities.urls import find_urls
from service.entities.wallets import find_wallets

SERVICE_REGIONS = {Service.ZALO: "VN", Service.KAKAOTALK: "KR"}
"""Country in which nearly all users of a service live."""


def find(
    rendered: Rendered, ad: Ad, language: str | None = None, region: str | None = None
) -> tuple[Entity, ...]:
    """Contacts, links, wallets and sums of ``ad``, in the order of ``rendered``, which is its
    rendering; no two of them overlap.

    ``language`` (BCP 47) and ``region`` (ISO 3166-1) decide what local phone numbers and ambiguous
    currencies mean; without them, the script and the currencies of the ad do. Takes time linear in
    the length and never raises for a text.
    """
    told = hints(rendered.text, language, region)
    kept: dict[tuple[int, int], Found] = {}
    owners: list[tuple[int, int] | None] = [None] * len(rendered.text)
    for reading in readings(rendered, ad):
        for found in _in_reading(reading, told):
            span = reading.rendered_span(found.start, found.end)
            rivals = {owner for owner in owners[slice(*span)] if owner}
            if all(_better(found, span, kept[rival], rival) for rival in rivals):
                for rival in rivals:
                    del kept[rival]
                    owners[slice(*rival)] = [None] * (rival[1] - rival[0])
                kept[span] = found
                owners[slice(*span)] = [span] * (span[1] - span[0])
    return tuple(_entity(rendered, span, kept[span]) for span in sorted(kept))


def _better(found: Found, span: tuple[int, int], rival: Found, place: tuple[int, int]) -> bool:
    """Whether an entity of a later reading says more than one at the same place: it covers more, or
    names the service."""
    wider = span[0] <= place[0] and place[1] <= span[1] and span != place
    telling = found.service is not None and rival.service is None
    return wider or (telling and rival.type is found.type)


def _entity(rendered: Rendered, span: tuple[int, int], found: Found) -> Entity:
    return Entity(
        found.type,
        tuple(rendered.locate(*span)),
        found.value,
        found.service,
        found.chain,
        found.domain,
        found.amount,
    )


def _in_reading(reading: Reading, told: Hints) -> Iterator[Found]:
    """Entities of one reading, the surest families first."""
    named = services_named(reading)
    phones = Phones(reading, named)
    currencies: list[str] = []
    for family in (
        find_wallets(reading),
        find_emails(reading),
        find_links(reading),
        find_urls(reading),
        find_handles(reading, named),
        phones.international(),
        find_amounts(reading, told),
    ):
        for found in family:
            if not reading.taken(found.start, found.end):
                reading.take(found.start, found.end)
                if found.amount and found.amount.currency:
                    currencies.append(found.amount.currency)
                yield found
    home, regions = _regions(told, named, currencies)
    for found in phones.local(regions, home):
        if not reading.taken(found.start, found.end):
            reading.take(found.start, found.end)
            yield found


def _regions(
    told: Hints, named: list[Named], currencies: list[str]
) -> tuple[str | None, list[str]]:
    """The country of an ad where the caller named it, its language has one only or its currency
    is that of one, and the countries whose local numbers may stand in it, the likeliest first."""
    of_language = told.regions
    services = [SERVICE_REGIONS[one.service] for one in named if one.service in SERVICE_REGIONS]
    spent = [CURRENCY_REGIONS[one] for one in currencies if one in CURRENCY_REGIONS]
    likely = of_language if len(of_language) == 1 else [r for r in spent if r in of_language]
    home = told.region or (likely[0] if likely else None)
    first = [home] if home else []
    return home, list(dict.fromkeys((*first, *services, *spent, *of_language)))
