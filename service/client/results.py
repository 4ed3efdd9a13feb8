"""What the service says of an ad, as a client reads it.

Not the shapes of ``service.api.schemas``: those load the reading of texts, numpy with it, and
refuse what they do not know. These keep unknown fields, and take any word of a newer service where
it has one of a list. A test compares both, field by field.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Base of everything that is read: fields of a newer service are kept as they come."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)


class Span(Answer):
    """A piece of one field, in code points of the text as sent."""

    field: str
    """``text``, ``title``, or ``thread/0`` for the first turn."""

    start: int
    end: int
    """One past the last."""

    def of(self, ad: str | dict[str, Any]) -> str:
        """The words in the ad as you sent it.

        >>> Span(field="text", start=0, end=4).of({"text": "Free visa"})
        'Free'
        """
        name, _, turn = self.field.partition("/")
        words = ad if isinstance(ad, str) else ad[name]
        if turn:
            words = words[int(turn)]
            words = words if isinstance(words, str) else words["text"]
        return str(words[self.start : self.end])


class Evidence(Answer):
    """A word or a phrase, and how much it moved the score."""

    span: Span
    share: float
    """Part of the logit; above 0 for a lure, below 0 against."""


class Source(Answer):
    """Where an indicator is published."""

    title: str
    organisation: str
    year: int


class Indicator(Answer):
    """A published sign that the words show. Honest ads show some too."""

    indicator: str
    strength: float
    """0 to 1."""

    spans: list[Span]
    name: str
    meaning: str
    honest: str
    """What an honest offer shows instead."""

    language: str
    direction: str
    source: Source


class Amount(Answer):
    """A sum, or a range of sums, as decimal numbers."""

    low: str
    high: str
    currency: str | None
    period: str | None


class Entity(Answer):
    """A contact, link, wallet or sum."""

    type: str
    spans: list[Span]
    service: str | None = None
    chain: str | None = None
    amount: Amount | None = None
    """This and the two below only where ``entity_values`` was asked for."""

    value: str | None = None
    domain: str | None = None


class Language(Answer):
    """What the text is written in."""

    tag: str
    """ISO 639, or ``und``."""

    script: str
    confidence: float
    mixed: list[str]
    given: str | None = None
    """The one that came with the ad, where one came: policies go by it."""


class Rendering(Answer):
    """Disguises that were undone before reading."""

    changed: list[str]


class Reason(Answer):
    """One step on the way to the decision."""

    reason: str
    rule: str | None
    decision: str


class DryRun(Answer):
    """What another policy would have done."""

    policy: str
    decision: str
    reasons: list[Reason]


class Statement(Answer):
    """A draft of a statement of reasons."""

    facts: str
    automated_detection: bool
    automated_decision: str
    decision_ground: str
    category: str
    keywords: list[str]
    redress: str
    to_complete: list[str]


class Harm(Answer):
    """What the lure would lead to."""

    harm: str
    probability: float
    """Given that the text is a lure."""


class Campaign(Answer):
    """Ads that share a template or a contact."""

    id: str
    copies: int


class IncidentMatch(Answer):
    """How like a live incident the ad is."""

    name: str
    matched: bool
    """Whether so few ordinary texts are as like it as its false-positive rate allows."""

    match: float
    """Share of ordinary texts that are less like it, 0 to 1."""

    near_duplicate: bool
    """Nearly the same text as an example."""


class Result(Answer):
    """What is said of one ad: indicators present, verify. Never a verdict."""

    id: str | None
    """The ad's own, if it had one."""

    score: float
    """Calibrated probability that the text is a lure, 0 to 1."""

    decision: str
    """``allow``, ``nudge``, ``review`` or ``block``."""

    policy: str
    reasons: list[Reason]
    priority: int
    """Place in a queue for reviewers, 0 to 100."""

    observed: str | None = None
    dry_run: DryRun | None = None
    kind: str
    """``lure``, ``recruitment``, ``about_lures``, ``other_scam``, ``other`` or ``insufficient``."""

    kinds: dict[str, float]
    harms: list[Harm]
    logit: float
    constant: float
    rest: float
    evidence: list[Evidence]
    indicators: list[Indicator]
    entities: list[Entity]
    language: Language
    rendering: Rendering
    platform: str | None
    surface: str | None
    statement_of_reasons: Statement | None = None
    windows: int
    campaign: Campaign | None = None
    incidents: list[IncidentMatch] = []
    """Every live incident, near-duplicates and the likest first."""

    ad_id: str | None = None
    """Ours, where the ad is kept: for feedback, the review queue and erasure."""

    degraded: list[str] = []
    """What was left out, since a part of the service was away: ``campaigns``, ``incidents``,
    ``queue``."""

    model: str


class Undecided(Answer):
    """In place of a result, where ``on_error`` asked for it: the service knows nothing of this
    ad."""

    id: str | None
    """The ad's own, if it had one."""

    decision: str
    """The one that ``on_error`` named."""

    error: str
    """``deadline``, ``overloaded`` or ``internal``."""

    degraded: list[str]
    platform: str | None
    surface: str | None
    model: str


class LineError(Answer):
    """In place of a result: an ad of a stream that is wrong."""

    line: int
    """Which one, from 1."""

    error: str
