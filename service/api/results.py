"""From what is inside to the answers of version 1."""

from dataclasses import asdict, dataclass
from typing import Literal

from models.rendering import Located
from service.api.schemas import (
    AdIn,
    AmountOut,
    CampaignSeen,
    DryRunOut,
    EntityOut,
    EvidenceOut,
    HarmOut,
    IncidentMatch,
    IndicatorOut,
    LanguageOut,
    ReasonOut,
    RenderingOut,
    Result,
    SourceOut,
    Span,
    StatementOut,
    Undecided,
)
from service.assessment import Shown
from service.campaigns.seen import Seen
from service.engine import Answer
from service.entities import Entity
from service.incidents.matching import Match
from service.indicators import CATALOGUE, FALLBACK, wording
from service.missing import NoScore
from service.policy.decide import Outcome
from service.statement import draft


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of each answer."""

    language: str = FALLBACK
    """One that :func:`service.indicators.pick` gave."""

    entity_values: bool = False
    statement: bool = False


def result(given: AdIn, answer: Answer, model: str, wanted: Wanted) -> Result:
    """The answer for one ad."""
    assessment, outcome, reading = answer.assessment, answer.outcome, answer.reading
    return Result(
        id=given.id,
        score=assessment.score,
        decision=outcome.decision,
        policy=outcome.policy,
        reasons=reasons(outcome),
        priority=outcome.priority,
        observed=outcome.observed,
        dry_run=None if answer.dry_run is None else dry_run(answer.dry_run),
        kind=assessment.kind,
        kinds=assessment.kinds,
        harms=[HarmOut(harm=harm, probability=p) for harm, p in assessment.harms.items()],
        logit=assessment.logit,
        constant=assessment.constant,
        rest=assessment.rest,
        evidence=[
            EvidenceOut(span=span(one.place), share=one.share) for one in assessment.evidence
        ],
        indicators=[indicator(one, wanted.language) for one in assessment.indicators],
        entities=[entity(one, wanted.entity_values) for one in reading.entities],
        language=LanguageOut(
            tag=reading.language.tag,
            script=reading.language.script,
            confidence=reading.language.confidence,
            mixed=list(reading.language.mixed),
            given=given.language,
        ),
        rendering=RenderingOut(changed=list(reading.changed)),
        platform=given.platform,
        surface=given.surface,
        statement_of_reasons=statement(answer, model) if wanted.statement else None,
        windows=assessment.windows,
        campaign=campaign(answer.campaign),
        incidents=[incident(one) for one in answer.incidents],
        degraded=list(answer.degraded),
        model=model,
    )


def undecided(
    given: AdIn, missing: NoScore, decision: Literal["allow", "review"], model: str, queue: bool
) -> Undecided:
    """What stands in the place of a result. ``queue``: whether there is a queue for what is to be
    reviewed."""
    unseen = queue and decision == "review"
    return Undecided(
        id=given.id,
        decision=decision,
        error=missing.why,
        degraded=["score", "queue"] if unseen else ["score"],
        platform=given.platform,
        surface=given.surface,
        model=model,
    )


def campaign(seen: Seen | None) -> CampaignSeen | None:
    """The ad's, where it has one."""
    return None if seen is None else CampaignSeen(id=seen.campaign, copies=seen.copies)


def incident(found: Match) -> IncidentMatch:
    """How like one incident the ad is."""
    return IncidentMatch(
        name=found.name,
        matched=found.matched,
        match=round(found.match, 4),
        near_duplicate=found.near_duplicate,
    )


def reasons(outcome: Outcome) -> list[ReasonOut]:
    """Steps of a decision."""
    return [
        ReasonOut(reason=one.key, rule=one.rule, decision=one.decision) for one in outcome.reasons
    ]


def dry_run(outcome: Outcome) -> DryRunOut:
    """What the other policy says, enforced or not."""
    return DryRunOut(policy=outcome.policy, decision=outcome.intended, reasons=reasons(outcome))


def indicator(shown: Shown, language: str) -> IndicatorOut:
    """An indicator in words, with its source."""
    words, source = wording(shown.indicator, language), CATALOGUE[shown.indicator].source
    return IndicatorOut(
        indicator=shown.indicator,
        strength=round(shown.strength, 4),
        spans=[span(place) for place in shown.spans],
        name=words.name,
        meaning=words.meaning,
        honest=words.honest,
        language=words.language,
        direction=words.direction,
        source=SourceOut(title=source.title, organisation=source.organisation, year=source.year),
    )


def entity(found: Entity, values: bool) -> EntityOut:
    """An entity, its value only where it was asked for."""
    amount = found.amount
    return EntityOut(
        type=found.type,
        spans=[span(place) for place in found.places],
        service=found.service,
        chain=found.chain,
        amount=None
        if amount is None or not values
        else AmountOut(
            low=f"{amount.low:f}",
            high=f"{amount.high:f}",
            currency=amount.currency,
            period=amount.period,
        ),
        value=found.value if values else None,
        domain=found.domain if values else None,
    )


def statement(answer: Answer, model: str) -> StatementOut | None:
    """The draft for an ad that is not allowed as it is."""
    outcome = answer.outcome
    if outcome.decision == "allow":
        return None
    made = draft(answer.assessment, outcome.decision, model, outcome.policy)
    return StatementOut.model_validate(asdict(made))


def span(place: Located) -> Span:
    """A place as the API gives it."""
    return Span(field=place.field, start=place.start, end=place.end)
