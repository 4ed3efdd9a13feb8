"""What a page shows of the entries, in the reader's language, with source and age beside each."""

from dataclasses import dataclass
from datetime import date

from service.help.shapes import Dated, Hotline, Portal, Principle, Rule, State
from service.help.wording import as_text, text
from service.indicators import Text


@dataclass(frozen=True, slots=True)
class Cited:
    """The source of an entry; titles stay as published."""

    organisation: str
    title: str
    address: str
    published: date | None
    """The date of the page, where it bears one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What all shown entries have."""

    id: str
    source: Cited
    checked: date
    """The day on which somebody read the source."""

    expires: date
    """The last day on which the entry is not old."""

    state: State
    state_label: Text | None
    """To show beside an old or undated entry."""


@dataclass(frozen=True, slots=True)
class ShownHotline(Shown):
    """A help line."""

    kind: str
    kind_label: Text
    name: str
    organisation: str
    numbers: tuple[str, ...]
    """As dialled in the country."""

    from_abroad: tuple[str, ...]
    tel: tuple[str, ...]
    """``numbers``, then ``from_abroad``, as addresses of calls: ``tel:1343``."""

    hours: str | None
    speaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPortal(Shown):
    """A page to look something up."""

    kind: str
    kind_label: Text
    name: str
    organisation: str
    address: str


@dataclass(frozen=True, slots=True)
class ShownRule(Shown):
    """A standard or a rule."""

    topic: str
    topic_label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Help:
    """Who can help in a country."""

    country: str
    name: str
    """In the language asked for."""

    hotlines: tuple[ShownHotline, ...]
    portals: tuple[ShownPortal, ...]
    empty: Text | None
    """To show where there is nothing at all."""

    caution: Text


@dataclass(frozen=True, slots=True)
class Rights:
    """What standards and laws say on fees, contracts and papers."""

    principles: tuple[ShownRule, ...]
    origin: tuple[ShownRule, ...]
    """For everyone who leaves the country of origin."""

    destination: tuple[ShownRule, ...]
    """For everyone who comes to work in the country of destination."""

    corridor: tuple[ShownRule, ...]
    """For those who go from the one to the other."""

    empty: Text | None
    """To show where a country was asked for and none of its rules is known."""

    caution: Text


def shown_hotline(entry: Hotline, language: str, today: date) -> ShownHotline:
    """A help line in the reader's language."""
    dialled = (*entry.numbers, *entry.from_abroad)
    return ShownHotline(
        *_common(entry, language, today),
        kind=entry.kind, kind_label=text(f"hotline.{entry.kind}", language), name=entry.name,
        organisation=entry.organisation, numbers=entry.numbers, from_abroad=entry.from_abroad,
        tel=tuple(f"tel:{_dial(number)}" for number in dialled), hours=entry.hours,
        speaks=entry.speaks,
    )  # fmt: skip


def shown_portal(entry: Portal, language: str, today: date) -> ShownPortal:
    """A portal in the reader's language."""
    return ShownPortal(
        *_common(entry, language, today),
        kind=entry.kind, kind_label=text(f"portal.{entry.kind}", language), name=entry.name,
        organisation=entry.organisation, address=entry.address,
    )  # fmt: skip


def shown_rule(entry: Principle | Rule, language: str, today: date) -> ShownRule:
    """A standard or rule; in English where nobody translated it."""
    return ShownRule(
        *_common(entry, language, today),
        topic=entry.topic,
        topic_label=text(f"topic.{entry.topic}", language),
        text=as_text(entry.text, language),
    )


def _common(
    entry: Dated, language: str, today: date
) -> tuple[str, Cited, date, date, State, Text | None]:
    state, source = entry.state(today), entry.source
    label = None if state == "current" else text(f"general.{state}", language)
    cited = Cited(source.organisation, source.title, source.address, source.published)
    return entry.id, cited, entry.checked, entry.good_until, state, label


def _dial(number: str) -> str:
    """Digits and sign alone (RFC 3966); ``#`` is percent-encoded."""
    kept = "".join(sign for sign in number if sign.isdigit() or sign in "+#")
    return kept.replace("#", "%23")
