"""Requests and answers of version 1, and how they are made from what is inside."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.ad import MAX_TEXT_CHARS, MAX_TITLE_CHARS, MAX_TURNS, Ad, Platform, Surface
from models.calibration import OperatingPoint
from models.labels import Harm, Indicator, Kind
from models.rendering import Located
from service.assessment import POLICY, Assessment

Opaque = Annotated[str, StringConstraints(max_length=200)]
TurnText = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
LanguageTag = Annotated[
    str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
]


class Shape(BaseModel):
    """Base of every request and answer: unknown fields are refused, so a misspelt one is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Turn(Shape):
    """A turn of a chat and whose it is."""

    text: TurnText
    role: Literal["own", "other"] = "other"


class AdIn(Shape):
    """One text and what is known of it."""

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
    """The post, message, profile or listing, at most 20,000 characters (code points)."""

    id: Opaque | None = None
    """Yours; comes back with the result."""

    title: Annotated[str, StringConstraints(max_length=MAX_TITLE_CHARS)] = ""
    """Headline, where there is one apart from the text."""

    platform: Platform | None = None
    """Kind of service it was seen on."""

    surface: Surface | None = None
    """Place on the platform."""

    language: LanguageTag | None = None
    """BCP 47 hint, such as `pt-BR`. The model reads the text itself and does not need it."""

    thread: Annotated[tuple[Turn | TurnText, ...], Field(max_length=MAX_TURNS)] = ()
    """Earlier turns of the same chat, oldest first; the last 20 are read with the text. A turn is
    a text, or a text with a role: `other` (as without one) or `own`, the words of the one who is
    to be protected. Own words are context alone: they never count, and are never evidence."""

    author_id: Opaque | None = None
    """Opaque. Neither stored nor logged."""

    posted_at: datetime | None = None
    """When it was posted, ISO 8601."""

    def ad(self) -> Ad:
        """As the model takes it."""
        turns = [Turn(text=turn) if isinstance(turn, str) else turn for turn in self.thread]
        return Ad(
            text=self.text,
            title=self.title,
            thread=tuple(turn.text for turn in turns),
            own=frozenset(i for i, turn in enumerate(turns) if turn.role == "own"),
        )


class ScoreRequest(Shape):
    """Ads to score together; results come in the same order."""

    ads: tuple[AdIn, ...]
    """1 to 256 ads."""


class Span(Shape):
    """A piece of one field of the ad, in code points of the text as received."""

    field: str
    """`text`, `title`, or `thread/0` for the first turn given."""

    start: int
    """First code point, included."""

    end: int
    """One past the last."""


class EvidenceOut(Shape):
    """A word or a phrase, and how much it moved the score."""

    span: Span
    share: float
    """Part of the logit that these words carry; above 0 speaks for a lure, below 0 against."""


class IndicatorOut(Shape):
    """A published sign that the text shows. Honest ads show some too: verify, do not conclude."""

    indicator: Indicator
    strength: float
    """0 to 1: how sure the model is that these words show it."""

    spans: list[Span]


class HarmOut(Shape):
    """What the lure would lead to."""

    harm: Harm
    probability: float
    """Given that the text is a lure."""


class Result(Shape):
    """What we say of one ad: indicators present, verify. Never a verdict."""

    id: str | None
    """The ad's own, if it had one."""

    score: float
    """Calibrated probability that the text is a lure, 0 to 1."""

    decision: Literal["allow", "nudge", "review", "block"]
    """What we advise under the policy; the platform acts. The default policy never blocks."""

    policy: str
    """Policy and version that gave the decision."""

    kind: Kind
    """The most probable kind. `insufficient` means: too little to say."""

    kinds: dict[Kind, float]
    """Probability of each kind; they sum to 1, and that of `lure` is the score."""

    harms: list[HarmOut]
    """For lures only, most probable first."""

    logit: float
    """Of which `score` is the sigmoid: the shares in `evidence`, `rest` and `constant` add up to
    it."""

    constant: float
    """The part of the logit that every text has."""

    rest: float
    """Share of all words that `evidence` does not name."""

    evidence: list[EvidenceOut]
    """The eight words or phrases that moved the score most, strongest first."""

    indicators: list[IndicatorOut]
    """Strongest first. They explain; they do not move the score."""

    windows: int
    """How many windows the text was read in; the one with the highest logit speaks for it."""

    model: str
    """Name of the bundle that answered."""


class ScoreResponse(Shape):
    """One result for each ad, in order."""

    results: list[Result]


class ModelCard(Shape):
    """What is being served."""

    name: str
    created: str
    encoder: str
    precision: str
    kinds: list[Kind]
    harms: list[Harm]
    indicators: list[Indicator]
    window_tokens: int
    max_text_chars: int
    max_request_ads: int
    operating_points: list[OperatingPoint]
    """Thresholds with what was measured there on the calibration split."""

    policy: str
    card: str
    """The bundle's CARD.md: training data, figures, limits."""


class Problem(BaseModel):
    """RFC 9457. Other members give facts a program can act on."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str
    """Stable: `/problems/empty-ad` and so on."""

    title: str
    status: int
    detail: str = ""
    """What happened here and what would mend it."""


def result(given: AdIn, assessment: Assessment, model: str) -> Result:
    """The answer for one ad."""
    return Result(
        id=given.id,
        score=assessment.score,
        decision=assessment.decision,
        policy=POLICY,
        kind=assessment.kind,
        kinds=assessment.kinds,
        harms=[HarmOut(harm=harm, probability=p) for harm, p in assessment.harms.items()],
        logit=assessment.logit,
        constant=assessment.constant,
        rest=assessment.rest,
        evidence=[
            EvidenceOut(span=span(one.place), share=one.share) for one in assessment.evidence
        ],
        indicators=[
            IndicatorOut(
                indicator=one.indicator,
                strength=round(one.strength, 4),
                spans=[span(place) for place in one.spans],
            )
            for one in assessment.indicators
        ],
        windows=assessment.windows,
        model=model,
    )


def span(place: Located) -> Span:
    """A place as the API gives it."""
    return Span(field=place.field, start=place.start, end=place.end)
