"""Requests and answers of version 1."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from models.ad import (
    LANGUAGE_TAG,
    MAX_LANGUAGE_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    MAX_TURNS,
    Ad,
    Platform,
    Surface,
)
from models.calibration import OperatingPoint
from models.evasion import Evasion
from models.labels import Harm, Indicator, Kind
from service.entities import EntityType
from service.missing import OnError, Part, Why
from service.policy.decisions import Decision

Opaque = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
"""What callers name things by. No database of ours keeps U+0000."""

MAX_DEADLINE_MS = 60_000
"""Who can wait longer hands over a submission."""

TurnText = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
LanguageTag = Annotated[
    str, StringConstraints(max_length=MAX_LANGUAGE_CHARS, pattern=f"^{LANGUAGE_TAG}$")
]


class Shape(BaseModel):
    """Base of every request and answer: unknown fields are refused, so a misspelt one is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Turn(Shape):
    """A turn of a chat and whose it is."""

    text: TurnText
    role: Literal["own", "other"] = "other"


def as_turn(given: object) -> object:
    """A turn given as a bare text is the other party's."""
    return {"text": given} if isinstance(given, str) else given


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
    """BCP 47 hint, such as `pt-BR`. The model reads the text itself and does not need it; rules of
    a policy go by it. What names no language, such as `und`, `english` or `xx`, counts as not
    given."""

    thread: Annotated[
        tuple[
            Annotated[Turn, BeforeValidator(as_turn, json_schema_input_type=TurnText | Turn)], ...
        ],
        Field(max_length=MAX_TURNS),
    ] = ()
    """Earlier turns of the same chat, oldest first; the last 20 are read with the text. A turn is
    a text, or a text with a role: `other` (as without one) or `own`, the words of the one who is
    to be protected. Own words are not read: they never count, and are never evidence."""

    author_id: Opaque | None = None
    """Opaque. Never logged; where the ad is kept, only a keyed hash of it is."""

    posted_at: datetime | None = None
    """When it was posted, ISO 8601."""

    def ad(self) -> Ad:
        """As the model takes it."""
        return Ad(
            text=self.text,
            title=self.title,
            thread=tuple(turn.text for turn in self.thread),
            platform=self.platform,
            surface=self.surface,
            language=self.language,
            own=frozenset(i for i, turn in enumerate(self.thread) if turn.role == "own"),
        )


class ScoreRequest(Shape):
    """Ads to score together; results come in the same order."""

    ads: tuple[AdIn, ...]
    """1 to 256 ads."""

    answer_language: LanguageTag | None = None
    """Language of the sentences that explain indicators, such as `th`; else the first of
    `Accept-Language` that we have, else English."""

    entity_values: bool = False
    """Also give what each entity says, such as a telephone number: contacts of a person. Without
    it only types and places are given."""

    statement_of_reasons: bool = False
    """Also draft the statement of reasons that article 17 of the EU Digital Services Act asks of a
    platform, for ads that are not allowed as they are."""


class Terms(Shape):
    """What is asked for where there is no score, or none in time."""

    deadline_ms: Annotated[int, Field(ge=1, le=MAX_DEADLINE_MS)] | None = None
    """Milliseconds after which an answer is of no use. What would come too late is refused before
    it is begun; what is late is dropped."""

    on_error: OnError = "fail"
    """What an ad without a score gets. `fail`: the request gets the problem. `allow`, `review`:
    this decision, without a score, and with `error` saying why; the others get their answers."""


class ScoreNowRequest(Terms, ScoreRequest):
    """Ads to score together while the caller waits; results come in the same order."""


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


class SourceOut(Shape):
    """Where an indicator is published."""

    title: str
    organisation: str
    year: int


class IndicatorOut(Shape):
    """A published sign that the text shows. Honest ads show some too: verify, do not conclude."""

    indicator: Indicator
    strength: float
    """0 to 1: how sure the model is that these words show it."""

    spans: list[Span]

    name: str
    """A few words for it, in `language`."""

    meaning: str
    """What the words of the offer do, in one sentence."""

    honest: str
    """What an honest offer shows instead, in one sentence."""

    language: str
    """Of the three above: the one asked for, or English."""

    direction: Literal["ltr", "rtl"]
    """In which those three are written."""

    source: SourceOut
    """Where the indicator is published."""


class AmountOut(Shape):
    """A sum, or a range of sums."""

    low: str
    high: str
    currency: str | None
    """ISO 4217, or the ticker of a crypto currency."""

    period: str | None
    """`hour`, `day`, `week`, `month`, `year` or `task`."""


class EntityOut(Shape):
    """A contact, link, wallet or sum in the text. None of them moves the score."""

    type: EntityType
    spans: list[Span]
    service: str | None = None
    """Messenger or network it belongs to, such as `telegram`."""

    chain: str | None = None
    """Of a wallet, such as `tron`."""

    amount: AmountOut | None = None
    """Only where `entity_values` asked for it."""

    value: str | None = None
    """Only where `entity_values` asked for it."""

    domain: str | None = None
    """Registered domain of a link; only where `entity_values` asked for it."""


def is_none(value: object) -> bool:
    """Of a field that is left out where there is nothing to say."""
    return value is None


class LanguageOut(Shape):
    """What the text is written in, as far as its letters say."""

    tag: str
    """ISO 639, or `und`: too short or too mixed to say."""

    script: str
    """ISO 15924, such as `Thai`."""

    confidence: float
    mixed: list[str]
    """Languages of its parts, where it is written in several."""

    given: Annotated[str | None, Field(exclude_if=is_none)] = None
    """Yours, where you gave one with the ad: policies go by it. Left out where you gave none."""


class RenderingOut(Shape):
    """How the text was made readable before the model saw it."""

    changed: list[Evasion]
    """Disguises that were undone, such as `look_alike_letters`. Turns of a thread that are not read
    name none."""


class ReasonOut(Shape):
    """One step on the way to the decision."""

    reason: str
    """A rule's own, or `score_at_nudge`, `score_at_review`, `score_at_block` for the thresholds, or
    `kind_never_blocked`."""

    rule: str | None
    decision: Decision
    """The decision after this step."""


class DryRunOut(Shape):
    """What another policy would have done."""

    policy: str
    decision: Decision
    reasons: list[ReasonOut]


class StatementOut(Shape):
    """A draft; `to_complete` names what only the platform can say."""

    facts: str
    automated_detection: bool
    automated_decision: str
    decision_ground: str
    category: str
    keywords: list[str]
    redress: str
    to_complete: list[str]


class HarmOut(Shape):
    """What the lure would lead to."""

    harm: Harm
    probability: float
    """Given that the text is a lure."""


class CampaignSeen(Shape):
    """The campaign of an ad."""

    id: str
    """As in `GET /v1/campaigns/{id}`."""

    copies: int
    """Ads of it seen so far, this one included."""


class IncidentMatch(Shape):
    """How like a live incident the ad is."""

    name: str
    """As in `GET /v1/incidents/{name}`."""

    matched: bool
    """Whether so few ordinary texts are as like it as the incident's false-positive rate allows."""

    match: float
    """Share of ordinary texts that are less like it, 0 to 1."""

    near_duplicate: bool
    """Whether the ad is nearly the same text as one of its examples; no rate is held for that."""


class Result(Shape):
    """What we say of one ad: indicators present, verify. Never a verdict."""

    id: str | None
    """The ad's own, if it had one."""

    score: float
    """Calibrated probability that the text is a lure, 0 to 1."""

    decision: Decision
    """What we advise under the policy; the platform acts. The default policy never blocks."""

    policy: str
    """Policy and version that gave the decision."""

    reasons: list[ReasonOut]
    """Why, in the order in which thresholds and rules were applied; empty where none was."""

    priority: int
    """Place in a queue for reviewers, 0 to 100: the expected harm, and what rules add."""

    observed: Decision | None = None
    """Under a policy that only observes: what it would have decided."""

    dry_run: DryRunOut | None = None
    """What the policy of the setting `dry_run_policy` would have done."""

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
    """Strongest first, in steps of 0.1. They explain; they do not move the score."""

    entities: list[EntityOut]
    """Contacts, links, wallets and sums, in the order of the text."""

    language: LanguageOut
    """What the text is written in."""

    rendering: RenderingOut
    """Disguises that were undone before reading."""

    platform: Platform | None
    """As given with the ad."""

    surface: Surface | None
    """As given with the ad."""

    statement_of_reasons: StatementOut | None = None
    """Only where it was asked for, and the ad is not allowed as it is."""

    windows: int
    """How many windows the text was read in: the odds of its score are the mean of theirs, and the
    one with the highest logit gives the evidence."""

    campaign: CampaignSeen | None = None
    """Ads that share a template or a contact have one; only where campaigns are counted."""

    incidents: list[IncidentMatch] = []
    """Every live incident, near-duplicates and the likest first. They do not move the score."""

    ad_id: str | None = None
    """Ours, where the ad is kept: for feedback, the review queue and erasure."""

    degraded: list[Part] = []
    """What was left out, since a part of the service was away: `campaigns` (counted into none),
    `incidents` (compared with none, or with those of some time ago), `queue` (not known to be kept
    for reviewers). Empty when all is well."""

    model: str
    """Name of the bundle that answered."""


class Undecided(Shape):
    """In the place of a result, where `on_error` asks for it: nothing is known of this ad. It is
    in no campaign and in no review queue."""

    id: str | None
    """The ad's own, if it had one."""

    decision: Literal["allow", "review"]
    """The one that `on_error` named. No policy was asked."""

    error: Why
    """Why there is no score. `deadline`: none in time. `overloaded`: no room. `internal`: a defect
    of ours at this ad."""

    degraded: list[Part]
    """`score`, and `queue` where a reviewer should have seen the ad."""

    platform: Platform | None
    """As given with the ad."""

    surface: Surface | None
    """As given with the ad."""

    model: str
    """Name of the bundle that would have answered."""


class ScoreResponse(Shape):
    """One result for each ad, in order."""

    results: list[Result | Undecided]


class LineError(Shape):
    """In place of a result, for a line of a stream or of a file that is wrong."""

    line: int
    """Number of the line, from 1; blank lines count."""

    error: str
    """What is wrong with it, without repeating any of it."""


class StreamClosed(Shape):
    """The last line of a stream that ends before its body does. It stands for no line sent."""

    closed: str
    """Why, and what to do."""


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


class ModelChange(Shape):
    """One bundle after another."""

    before: str
    after: str
    """The same name where nothing was promoted meanwhile; it was read again all the same."""

    policy: str
    seconds: float
    """From the order to the first request that the new bundle may answer."""

    tested_texts: int
    test_seconds: float


class Disagreement(Shape):
    """Two bundles on the ads of one slice. Decisions are what each policy says, enforced or not."""

    slice: str
    """`all`, `language`, `platform` or `surface`."""

    value: str
    ads: int
    agreed: int
    """Ads with the same decision."""

    stricter: int
    """Ads on which the challenger decides more strictly."""

    milder: int
    agreement: float
    """Share of the ads with the same decision."""

    agreement_interval: tuple[float, float]
    """95 %, by Wilson's formula; copies of one ad are counted as if they were different ads."""

    mean_change: float
    """Of the score: the challenger's minus the champion's."""

    mean_absolute_change: float
    largest_change: float
    decisions: dict[str, int]
    """Ads by both decisions, such as `allow>nudge`: the champion's, then the challenger's."""


class ShadowReport(Shape):
    """A challenger against the bundle that serves, in this process."""

    champion: str
    """Empty before the first ad."""

    challenger: str
    challenger_policy: str
    share: float
    since: datetime
    left_out: int
    """Ads drawn for it that found no room while it was behind, or whose champion was gone."""

    failed: int
    """Ads on which the challenger failed."""

    slices: list[Disagreement]


class Problem(BaseModel):
    """RFC 9457. Other members give facts a program can act on."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str
    """Stable: `/problems/empty-ad` and so on."""

    title: str
    status: int
    detail: str = ""
    """What happened here and what would mend it."""

    request_id: str | None = None
    """As in `X-Request-ID`, and in our log."""
