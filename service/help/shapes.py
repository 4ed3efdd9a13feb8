"""The entries of a help file, and what makes one complete: a source with an address, the day it was
read, and a day after which it is shown as old."""

import re
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, Self

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

State = Literal["current", "stale", "undated"]
HotlineKind = Literal[
    "emergency", "trafficking", "migrant_workers", "consular", "scam", "support"
]  # in the order of a page
PortalKind = Literal["licensed_agencies", "job_portal", "complaints", "advice"]
Topic = Literal["fees", "contract", "documents", "wages", "freedom", "complaint"]

NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Unions, outlying places and pseudo-regions that the Unicode CLDR names too."""

TERRITORIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if re.fullmatch("[A-Z]{2}", code) and code not in NO_COUNTRIES
)
"""Two-letter codes of countries and territories that have a name (ISO 3166-1, Unicode CLDR)."""


def _known(code: str) -> str:
    if code not in TERRITORIES:
        raise ValueError("no country has this code; give two capital letters of ISO 3166-1")
    return code


Country = Annotated[str, AfterValidator(_known)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Number = Annotated[str, StringConstraints(pattern=r"^[#(0-9][0-9 ()-]*$", max_length=24)]
AbroadNumber = Annotated[str, StringConstraints(pattern=r"^\+[0-9][0-9 ()-]*$", max_length=24)]
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=400)]
SecureWeb = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=400)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Source(_Strict):
    """The page that says so."""

    organisation: Line
    """Who published it; for a press report the outlet, then whom it reports."""

    title: Line
    """As published, in quotation marks; or what the page is, in lower case."""

    address: Web
    """Where it was read."""

    published: date | None = None
    """The date that the page bears, or the latest date in it; the first of the month where no day
    is given. Left out where it bears none."""


class Dated(_Strict):
    """What every entry has."""

    LASTS: ClassVar[timedelta]
    """How long an entry is good, from the page's date, or from the reading where it has none."""

    id: Id
    """Unique; an entry of yours replaces the one of ours with the same."""

    source: Source

    checked: date
    """The day on which somebody read the source."""

    expires: date | None = None
    """The day after which the entry counts as old. Default: reckoned from the page's date."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.source.published is not None and self.source.published > self.checked:
            raise ValueError("`checked` is before `source.published`; one of the two is wrong")
        return self

    @property
    def good_until(self) -> date:
        """The last day on which the entry is not old."""
        return self.expires or (self.source.published or self.checked) + self.LASTS

    def state(self, today: date) -> State:
        """What to tell the reader about the entry's age."""
        if today > self.good_until:
            return "stale"
        return "current" if self.source.published else "undated"


class Hotline(Dated):
    """A published help line of an institution, never a person's number."""

    LASTS = timedelta(days=365)

    country: Country
    kind: HotlineKind
    name: Line
    """Of the service, as published or in English."""

    organisation: Line
    """Who answers."""

    numbers: tuple[Number, ...] = ()
    """As dialled in the country."""

    from_abroad: tuple[AbroadNumber, ...] = ()
    """As dialled elsewhere, with `+` and the country's code."""

    hours: Line | None = None
    """`24/7` or the hours, where the source says."""

    speaks: tuple[Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")], ...] = ()
    """Languages (BCP 47) where the source says."""

    @model_validator(mode="after")
    def _answers(self) -> Self:
        if not self.numbers and not self.from_abroad:
            raise ValueError("give `numbers` or `from_abroad`")
        return self


class Portal(Dated):
    """A page where an agency, a job or a complaint can be looked up or made."""

    LASTS = timedelta(days=365)

    country: Country
    kind: PortalKind
    name: Line
    organisation: Line
    address: SecureWeb
    """Of the portal itself."""


class Principle(Dated):
    """What an international standard says, for everyone."""

    LASTS = timedelta(days=3 * 365)

    topic: Topic
    text: Sentence
    """One plain sentence, in English; translations lie under ``locale``."""


class Rule(Dated):
    """What a country's law or policy says."""

    LASTS = timedelta(days=3 * 365)

    country: Country
    side: Literal["origin", "destination"]
    """Whether it is for those who leave the country or for those who come to work in it."""

    partners: tuple[Country, ...] = ()
    """The other ends of the corridor that it is for; none means any."""

    topic: Topic
    text: Sentence


Entry = Hotline | Portal | Principle | Rule


class HelpFile(_Strict):
    """One file of entries."""

    shipped: bool = True
    """Whether the entries that come with the service count too. `false` leaves yours alone."""

    remove: tuple[Id, ...] = ()
    """Ids of shipped entries that you do not want."""

    countries: tuple[Country, ...] = ()
    """Countries to offer although they may have no entry: an empty list is told as such."""

    hotline: tuple[Hotline, ...] = ()
    portal: tuple[Portal, ...] = ()
    principle: tuple[Principle, ...] = ()
    rule: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [entry.id for entry in self.entries]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"these ids stand twice: {', '.join(twice)}")
        return self

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, in the order of the file."""
        return (*self.hotline, *self.portal, *self.principle, *self.rule)
