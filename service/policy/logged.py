"""A line of a result log: what ``POST /v1/score`` answered, with where the ad was seen."""

from collections import Counter
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.ad import Platform, Surface
from models.labels import Harm, Indicator, Kind
from service.entities.entity import EntityType
from service.policy.facts import Facts, IncidentFact, language_of

Probability = Annotated[float, Field(ge=0, le=1)]


class Lenient(BaseModel):
    """Base of what is read from a log: a result has more fields than a policy reads."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class LoggedHarm(Lenient):
    """As in an answer."""

    harm: Harm
    probability: Probability


class LoggedIndicator(Lenient):
    """As in an answer."""

    indicator: Indicator
    strength: Probability


class LoggedEntity(Lenient):
    """As in an answer."""

    type: EntityType


class LoggedCampaign(Lenient):
    """As in an answer."""

    copies: int = Field(ge=1)


class LoggedIncident(Lenient):
    """As in an answer."""

    name: str
    matched: bool
    match: Probability
    near_duplicate: bool


def tag(given: object) -> object:
    """The tag that the answer was decided by, as :func:`~service.policy.facts.language_of` has it;
    a bare tag stays. What is no text is left for the check that follows."""
    if not isinstance(given, dict):
        return given
    said, read = given.get("given"), given.get("tag")
    odd = next((one for one in (said, read) if not isinstance(one, str | None)), None)
    return language_of(said, read) if odd is None else odd


class LoggedResult(Lenient):
    """The part of a result that a policy reads. No text, and none is needed."""

    id: str | None = None
    score: Probability
    kind: Kind
    harms: tuple[LoggedHarm, ...] = ()
    indicators: tuple[LoggedIndicator, ...] = ()
    entities: tuple[LoggedEntity, ...] = ()
    campaign: LoggedCampaign | None = None
    incidents: tuple[LoggedIncident, ...] = ()
    language: Annotated[str | None, BeforeValidator(tag)] = None
    platform: Platform | None = None
    surface: Surface | None = None

    def facts(self) -> Facts:
        """What a policy decides on."""
        return Facts(
            score=self.score,
            kind=self.kind,
            harms={one.harm: one.probability for one in self.harms},
            indicators={one.indicator: one.strength for one in self.indicators},
            entities=Counter(one.type for one in self.entities),
            copies=self.campaign.copies if self.campaign else 1,
            incidents={
                one.name: IncidentFact(one.matched, one.match, one.near_duplicate)
                for one in self.incidents
            },
            language=self.language,
            platform=self.platform,
            surface=self.surface,
        )
