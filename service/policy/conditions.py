"""What a rule asks for. All of its conditions must hold; each is read off the facts of one ad."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from models.ad import Platform, Surface
from models.labels import INDICATORS, Harm, Indicator, Kind
from service.entities.entity import EntityType
from service.language_tags import names_a_language, shortest
from service.policy.facts import Facts, IncidentFact
from service.policy.parts import (
    LanguageRange,
    OneOrMore,
    Part,
    Threshold,
    a_name,
    wrong,
)

Label = TypeVar("Label", Harm, Indicator)

Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class ScoreRange(Part):
    """A range of scores: ``at_least`` is included, ``below`` is not."""

    at_least: Threshold | None = None
    below: Threshold | None = None

    @model_validator(mode="after")
    def not_empty(self) -> Self:
        """At least one end, and room between the two."""
        if self.at_least is None and self.below is None:
            raise wrong("give `at_least`, `below` or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise wrong("no score is in this range: `below` must be more than `at_least`", "below")
        return self

    def holds(self, score: float) -> bool:
        """Whether the score lies in the range."""
        return (self.at_least is None or score >= self.at_least) and (
            self.below is None or score < self.below
        )


class HarmSigns(Part):
    """Harms that the answer names; none is named unless the kind is ``lure``."""

    any: OneOrMore[Harm] | None = None
    """One of these is enough."""

    all: OneOrMore[Harm] | None = None
    """Every one of these."""

    probability: Share = 0.0
    """Least probability of each, given that the text is a lure. 0: as named by the answer."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Exactly one way of counting."""
        if (self.any is None) == (self.all is None):
            raise wrong("give either `any` or `all`")
        return self

    def holds(self, harms: Mapping[Harm, float]) -> bool:
        """Whether enough of them are probable enough."""
        if self.any is not None:
            return count(self.any, harms, self.probability) >= 1
        return self.all is not None and count(self.all, harms, self.probability) == len(self.all)


class IndicatorSigns(Part):
    """Indicators that the text shows."""

    any: OneOrMore[Indicator] | None = None
    """One of these is enough."""

    all: OneOrMore[Indicator] | None = None
    """Every one of these."""

    at_least: Annotated[int, Field(strict=True, ge=1, le=len(INDICATORS))] | None = None
    """This many different ones, of those in ``of``."""

    of: OneOrMore[Indicator] = INDICATORS
    """What ``at_least`` counts; left out: every indicator."""

    strength: Share = 0.0
    """Least strength of each. 0: as shown by the answer."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Exactly one way of counting, and one that can come true."""
        if [self.any, self.all, self.at_least].count(None) != 2:
            raise wrong("give exactly one of `any`, `all` and `at_least`")
        if self.at_least is None and "of" in self.model_fields_set:
            raise wrong("`of` goes with `at_least` alone", "of")
        if self.at_least is not None and self.at_least > len(self.of):
            raise wrong(f"only {len(self.of)} are named in `of`", "at_least")
        return self

    def holds(self, indicators: Mapping[Indicator, float]) -> bool:
        """Whether enough of them are shown strongly enough."""
        if self.any is not None:
            return count(self.any, indicators, self.strength) >= 1
        if self.all is not None:
            return count(self.all, indicators, self.strength) == len(self.all)
        return self.at_least is not None and (
            count(self.of, indicators, self.strength) >= self.at_least
        )


class EntityTypes(Part):
    """Contacts, links, wallets and sums that the text holds."""

    any: OneOrMore[EntityType]
    """Types, such as ``wallet`` or ``messenger_link``."""

    at_least: Count = 1
    """How many of these types together."""

    def holds(self, entities: Mapping[EntityType, int]) -> bool:
        """Whether enough of them are there."""
        return sum(entities.get(kind, 0) for kind in self.any) >= self.at_least


class CampaignSize(Part):
    """Ads that share a template or a contact."""

    at_least: Count
    """Copies seen so far, this one included."""


EVERY = "*"


def an_incident(word: str) -> str:
    """The same word, if it can be the name of an incident, or stands for all."""
    return word if word == EVERY else a_name(word)


IncidentNames = OneOrMore[Annotated[str, AfterValidator(an_incident)]]
"""Names of incidents; ``"*"`` stands for every one."""


class IncidentSigns(Part):
    """Incidents that the ad is like. A name that is not live is never met."""

    any: IncidentNames
    """One of these is enough. `"*"`, quoted, stands for every live incident."""

    match: Share | None = None
    """Least share of ordinary texts that are less like it; left out: as the incident's own
    false-positive rate has it."""

    near_duplicate: Annotated[bool, Field(strict=True)] | None = None
    """true: only nearly the same text as an example. false: whether or not it is one counts for
    nothing. Left out: a near-duplicate is enough too."""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """No condition that says nothing."""
        if self.near_duplicate and self.match is not None:
            raise wrong("give `match` or `near_duplicate: true`: two rules say both", "match")
        return self

    def holds(self, incidents: Mapping[str, IncidentFact]) -> bool:
        """Whether it is like enough to one of them."""
        names = incidents if EVERY in self.any else self.any
        return any(self.met(incidents[name]) for name in names if name in incidents)

    def met(self, fact: IncidentFact) -> bool:
        """Whether it is like enough to this one."""
        if self.near_duplicate:
            return fact.near_duplicate
        near = fact.near_duplicate and self.near_duplicate is None
        return near or (fact.matched if self.match is None else fact.match >= self.match)


class When(Part):
    """The conditions of a rule, joined by AND. A list is met by any one of its values."""

    score: ScoreRange | None = None
    kind: OneOrMore[Kind] | None = None
    harms: HarmSigns | None = None
    indicators: IndicatorSigns | None = None
    entities: EntityTypes | None = None
    campaign: CampaignSize | None = None
    incidents: IncidentSigns | None = None
    language: OneOrMore[LanguageRange] | None = None
    """``pt`` stands for ``pt-BR`` too. What came with the ad counts before what was read. Never met
    where the language is not known."""

    platform: OneOrMore[Platform] | None = None
    surface: OneOrMore[Surface] | None = None

    @model_validator(mode="after")
    def asks_for_something(self) -> Self:
        """A rule whose conditions were forgotten must not apply to every ad."""
        if not self.model_fields_set:
            raise wrong(
                "give at least one condition; `score: {at_least: 0}` makes a rule for every ad"
            )
        return self

    def holds(self, facts: Facts) -> bool:
        """Whether every condition is met."""
        return (
            (self.score is None or self.score.holds(facts.score))
            and (self.kind is None or facts.kind in self.kind)
            and (self.harms is None or self.harms.holds(facts.harms))
            and (self.indicators is None or self.indicators.holds(facts.indicators))
            and (self.entities is None or self.entities.holds(facts.entities))
            and (self.campaign is None or facts.copies >= self.campaign.at_least)
            and (self.incidents is None or self.incidents.holds(facts.incidents))
            and (self.language is None or spoken(facts.language, self.language))
            and (self.platform is None or facts.platform in self.platform)
            and (self.surface is None or facts.surface in self.surface)
        )


def count(names: Iterable[Label], found: Mapping[Label, float], least: float) -> int:
    """How many of the names were found with at least that value."""
    return sum(name in found and found[name] >= least for name in names)


def spoken(tag: str | None, ranges: Iterable[str]) -> bool:
    """Whether a language tag falls under one of the ranges, which are in small letters: basic
    filtering (RFC 4647, section 3.3.1), where ``pt`` holds ``pt-BR`` and ``PT``. One that names no
    language (``und``) falls under none."""
    if tag is None or not names_a_language(tag):
        return False
    ways = {tag.lower() + "-", shortest(tag) + "-"}  # `eng`, as some write it, falls under `en`
    return any(way.startswith(one + "-") for one in ranges for way in ways)
