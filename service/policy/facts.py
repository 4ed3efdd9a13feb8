"""What a policy may look at: what was found in one ad, and where it was seen. Never its text."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.ad import Platform, Surface
from models.labels import Harm, Indicator, Kind
from service.assessment import Assessment
from service.entities.entity import Entity, EntityType
from service.incidents.matching import Match
from service.language_tags import names_a_language


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """One live incident."""

    matched: bool
    match: float
    near_duplicate: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One ad, as a policy sees it."""

    score: float
    """Calibrated probability that the text is a lure, 0 to 1."""

    kind: Kind
    harms: Mapping[Harm, float] = field(default_factory=dict)
    """Probability of each harm named, given that the text is a lure."""

    indicators: Mapping[Indicator, float] = field(default_factory=dict)
    """Strength of each indicator shown, 0 to 1."""

    entities: Counter[EntityType] = field(default_factory=Counter)
    """How many contacts, links, wallets and sums of each type."""

    copies: int = 1
    """Ads of the same campaign seen so far, this one included."""

    incidents: Mapping[str, IncidentFact] = field(default_factory=dict)
    """How like the live incidents, by name."""

    language: str | None = None
    """BCP 47 tag."""

    platform: Platform | None = None
    surface: Surface | None = None


def language_of(given: str | None, read: str | None) -> str | None:
    """What a policy takes for the language: what the caller says, and where that names none, what
    was read.

    >>> language_of("pt-BR", "pt"), language_of("und", "pt"), language_of("english", "en")
    ('pt-BR', 'pt', 'en')
    """
    return given if given is not None and names_a_language(given) else read


def of_assessment(
    assessment: Assessment,
    *,
    platform: Platform | None = None,
    surface: Surface | None = None,
    language: str | None = None,
    entities: Iterable[Entity] = (),
    copies: int = 1,
    incidents: Iterable[Match] = (),
) -> Facts:
    """Facts of an ad that was just scored."""
    return Facts(
        score=assessment.score,
        kind=assessment.kind,
        harms=assessment.harms,
        indicators={one.indicator: one.strength for one in assessment.indicators},
        entities=Counter(one.type for one in entities),
        copies=copies,
        incidents={
            one.name: IncidentFact(one.matched, one.match, one.near_duplicate) for one in incidents
        },
        language=language,
        platform=platform,
        surface=surface,
    )
