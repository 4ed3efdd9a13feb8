"""Requests and answers of the reviewers' queue, of feedback and of erasure."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.ad import Platform, Surface
from models.labels import HARMS, Harm, Indicator, Kind
from models.rendering import is_blank
from service.api.schemas import AdIn, LanguageTag, Opaque, Result, Shape
from service.policy.decisions import Decision
from service.review.places import After

Reviewer = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Origin = Literal["review", "second_review", "appeal", "sample", "campaign"]

MAX_WORDS = 256
"""Words in one request."""

MAX_SPANS = 64
"""Of one indicator in one ad."""

MAX_ERASED = 1000
"""Ids in one request."""


class Piece(Shape):
    """A piece of one field, in code points."""

    field: Annotated[str, StringConstraints(pattern=r"^(text|title|thread/[0-9]{1,2})$")]
    """`text`, `title`, or `thread/0` for the first turn."""

    start: Annotated[int, Field(ge=0)]
    """First code point, included."""

    end: int
    """One past the last."""

    @model_validator(mode="after")
    def holds_something(self) -> Self:
        """At least one code point."""
        if self.end <= self.start:
            raise refused("`end` must be greater than `start`")
        return self


Pieces = dict[Indicator, Annotated[tuple[Piece, ...], Field(max_length=MAX_SPANS)]]

PiecesOut = dict[Indicator, tuple[Piece, ...]]
"""As they are kept: an answer may show more of one indicator than a request may name."""


def in_order(harms: tuple[Harm, ...]) -> tuple[Harm, ...]:
    """Each once, in the order of the labels."""
    return tuple(harm for harm in HARMS if harm in harms)


class Word(Shape):
    """What a reviewer says of one ad."""

    ad_id: Opaque | None = None
    """Ours, as a result, the queue or a submission gave it."""

    external_id: Opaque | None = None
    """Yours: the `id` that the ad had. Where several ads had it, the newest one is meant."""

    ad: AdIn | None = None
    """The ad itself, where it is not kept here, or without its text. Its contacts are redacted
    before anything is kept, and spans count in the text as given here."""

    kind: Kind
    """What the text is."""

    harms: Annotated[tuple[Harm, ...], AfterValidator(in_order)] = ()
    """What it would lead to; only for lures."""

    wrong_spans: Pieces | None = None
    """By indicator: spans that do not show it. They count in the redacted text as the queue gives
    it. An empty object says that you looked, and nothing is wrong; left out: you did not look."""

    missed_spans: Pieces | None = None
    """By indicator: spans that show it, though the answer did not say so."""

    overturned: bool | None = None
    """Only for appeals: whether the platform took its decision back."""

    reviewer: Reviewer
    """Opaque: who says so. Only a keyed hash of it is kept."""

    origin: Origin = "review"
    """How the ad came to the reviewer; `sample`: drawn to measure, whatever its score;
    `campaign`: judged with others of its campaign, of which a sample was read."""

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """An ad is named; harms belong to lures, overturning to appeals."""
        if self.ad_id is None and self.external_id is None and self.ad is None:
            raise refused("name the ad by `ad_id` or `external_id`, or give it as `ad`")
        if self.ad is not None and is_blank(self.ad.ad()):
            raise refused("`ad` has nothing to read: give its text")
        if self.harms and self.kind != "lure":
            raise refused("`harms` are only for `kind` lure: leave them out")
        if self.overturned is not None and self.origin != "appeal":
            raise refused("`overturned` is only for `origin` appeal: leave it out")
        return self


class FeedbackRequest(Shape):
    """Words to keep together: all of them, or none."""

    feedback: Annotated[tuple[Word, ...], Field(min_length=1, max_length=MAX_WORDS)]
    """1 to 256 words."""


class WordKept(Shape):
    """A word that was kept."""

    id: str
    """Ours, of the word."""

    ad_id: str | None
    """Ours, of the ad, where it was kept here, or given."""

    queue: Literal["open", "done"] | None
    """Of the ad, after this word: `open` while another reviewer is wanted; null outside the
    queue."""


class FeedbackResponse(Shape):
    """One entry for each word, in order."""

    feedback: list[WordKept]


class TurnOut(Shape):
    """A turn of a chat as it is kept."""

    text: str
    """Contacts redacted; empty where it was not read."""

    role: Literal["own", "other"]
    """`own`: the words of the one who is to be protected."""


class WordOut(Shape):
    """A word as it was kept."""

    id: str
    """Ours, of the word."""

    reviewer: str
    """Keyed hash of who said it: the same for the same reviewer."""

    kind: Kind
    """What the text is."""

    harms: list[Harm]
    """What it would lead to."""

    wrong_spans: PiecesOut | None
    """In the redacted text; null where the reviewer did not look."""

    missed_spans: PiecesOut | None
    """In the redacted text; null where the reviewer did not look."""

    overturned: bool | None
    """On appeal."""

    origin: Origin
    """How the ad came to the reviewer."""

    created_at: datetime
    """When it was said."""


class Disagreement(Shape):
    """An ad on which reviewers differ in kind or harms, each with their latest word."""

    about: str
    """Names the ad, also where it was never kept here."""

    ad_id: str | None
    """Ours, where it was kept here."""

    external_id: str | None
    """Yours, where it had one."""

    text: str | None
    """Contacts redacted; null where no text was kept."""

    title: str | None
    """Contacts redacted."""

    thread: list[TurnOut]
    """Earlier turns, contacts redacted; one that was not read is empty."""

    language: str
    """As read."""

    platform: Platform | None
    """As given with the ad."""

    surface: Surface | None
    """As given with the ad."""

    score: float | None
    """Ours, where we had answered."""

    decision: Decision | None
    """Ours, where we had answered."""

    model: str | None
    """The bundle that had answered."""

    agreed: Kind | None
    """The kind that more than half of the reviewers give; null without one."""

    words: list[WordOut]
    """Oldest first."""


class DisagreementPage(Shape):
    """The one whose last word is newest first."""

    disagreements: list[Disagreement]

    after: str | None
    """Give it back for the next page; null on the last."""


Order = Literal["harm", "learning"]


class QueueFilter(Shape):
    """Which ads of the queue; what is left out does not matter."""

    platform: Platform | None = None
    """Kind of service it was seen on."""

    language: LanguageTag | None = None
    """As read: ISO 639, or `und`."""

    harm: Harm | None = None
    """The likeliest one named for the ad."""

    decision: Decision | None = None
    """As the answer gave it."""

    campaign: Opaque | None = None
    """Ads that share a template or a contact."""

    incident: Opaque | None = None
    """The likest incident that was live and matched when the ad was answered."""


class QueueQuery(QueueFilter):
    """Which ads of the queue, for whom, and how many."""

    for_reviewer: Reviewer | None = None
    """Opaque, the same as in feedback: leaves out what this reviewer has judged, and what another
    one has claimed."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many at most."""

    after: After | None = None
    """Of the page before."""

    order: Order = "harm"
    """`harm`: the greatest harm first, as below. `learning`: what teaches the model most, for
    labelling sessions; it takes seconds, and has no `after`: label, then ask again."""

    @model_validator(mode="after")
    def has_pages(self) -> Self:
        """What teaches most depends on what was picked before: there is no second page."""
        if self.order == "learning" and self.after is not None:
            raise refused("`after` goes with `order` harm: leave it out, and raise `limit`")
        return self


class Claim(QueueFilter):
    """Ask for ads that nobody else will be given meanwhile."""

    reviewer: Reviewer
    """Opaque, the same as in feedback. Ads that this reviewer has judged are left out."""

    count: Annotated[int, Field(ge=1, le=100)] = 1
    """How many at most."""

    order: Order = "harm"
    """`learning`: what teaches the model most, for labelling sessions; it takes seconds."""

    again: bool = False
    """First what this reviewer claimed and has not judged, held for 15 minutes more; new ads only
    where those are fewer than `count`. Ask so where the answer to a claim was lost."""


class LearningReason(Shape):
    """One thing that speaks for labelling an ad."""

    reason: Literal["unsure", "novel", "rare_language", "growing"]
    """Its score is near a threshold; it is unlike what is labelled; few labels are in its language;
    its campaign grows."""

    value: float
    """0 to 1."""

    words: str
    """The same with its numbers, in English."""


class Learning(Shape):
    """Why an ad was picked for labelling."""

    value: float
    """Comparable within one answer."""

    reasons: list[LearningReason]
    """What raised it above the other ads that waited, the most first."""


class QueuedAd(Shape):
    """An ad that waits for a reviewer, or was judged."""

    ad_id: str
    """Ours: what feedback and erasure name."""

    external_id: str | None
    """Yours."""

    text: str
    """Contacts redacted: `<phone>` and so on."""

    title: str
    """Contacts redacted."""

    thread: list[TurnOut]
    """Earlier turns, contacts redacted; one that was not read is empty."""

    result: Result
    """Our answer. Its spans count in the redacted text, title and turns above."""

    queue: Literal["open", "done"]
    """Whether a reviewer is wanted."""

    uncertainty: float
    """1: the score is on a threshold; 0.37 one logit away from it; 0 far from any."""

    campaign: str | None
    """Ads that share a template or a contact have one."""

    campaign_ads: int | None
    """How many ads of the campaign were seen."""

    feedback: int
    """Words said of it so far. What they were is not told, so that a second reviewer judges
    alone."""

    claimed_until: datetime | None
    """Until then somebody has it on the desk."""

    created_at: datetime
    """When it was answered."""

    expires_at: datetime
    """When it is erased, judged or not."""

    learning: Learning | None = None
    """Why it is here; null unless `order` is `learning`."""


class QueuePage(Shape):
    """Worst first, and among much the same the least sure first; or as `order` asks."""

    ads: list[QueuedAd]

    after: str | None
    """Give it back for the next page; null on the last."""


class ClaimResponse(Shape):
    """Ads held for the reviewer until `claimed_until`."""

    ads: list[QueuedAd]


Ids = Annotated[tuple[Opaque, ...], Field(min_length=1, max_length=MAX_ERASED)]


class EraseRequest(Shape):
    """Whose, or which ads. Exactly one of the three."""

    author_id: Opaque | None = None
    """Yours, as it was given with the ads."""

    external_ids: Ids | None = None
    """Yours: every ad that had one of these `id`s. At most 1,000."""

    ad_ids: Ids | None = None
    """Ours. At most 1,000."""

    @model_validator(mode="after")
    def one_of_three(self) -> Self:
        """So that nothing is erased by mistake."""
        given = (self.author_id, self.external_ids, self.ad_ids)
        if sum(one is not None for one in given) != 1:
            raise refused("give exactly one of `author_id`, `external_ids`, `ad_ids`")
        return self


class Erased(Shape):
    """How much of each is gone."""

    ads: int
    """Ads, with their texts and answers; also those that waited for an answer."""

    submissions: int
    """Submissions not answered yet out of which an ad was taken."""

    feedback: int
    """Words of reviewers on them, with the copy of the text."""

    results: int
    """Answers to submissions in which the ad's part was taken out."""

    deliveries: int
    """Messages to webhooks in which the ad's part was taken out."""

    reports: int
    """Reports from people that pointed to an ad. They stay, and point to it no more."""

    incident_examples: int
    """Examples of incidents, with their texts."""

    waiting: int
    """Submissions not answered yet that cannot be opened with this key, so that nothing was looked
    for in them."""


def refused(message: str) -> PydanticCustomError:
    """An error that says only what we wrote."""
    return PydanticCustomError("refused", "{message}", {"message": message})
