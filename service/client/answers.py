"""What the other calls answer, as a client reads it."""

from datetime import datetime

from service.client.results import Answer, Result, Undecided


class ScoreResponse(Answer):
    """One result for each ad, in order."""

    results: list[Result | Undecided]


class Accepted(Answer):
    """A submission that is on disk."""

    id: str
    """``sub_…``; whoever knows it can read the results."""

    state: str
    created_at: datetime
    ads: int
    href: str


class FailedAd(Answer):
    """In the place of an ad that could not be scored; the others were."""

    id: str | None
    error: str


class ErasedAd(Answer):
    """In the place of an ad that was erased since."""

    id: None
    erased: bool


class Told(Answer):
    """How far the webhook's message has come."""

    endpoint: str
    message: str | None
    """``webhook-id`` of every attempt."""

    state: str
    """``pending``, ``delivered`` or ``dead``."""

    attempts: int


class Submission(Answer):
    """A submission as it stands."""

    id: str
    state: str
    """``queued``, ``done`` or ``failed``."""

    created_at: datetime
    finished_at: datetime | None
    ads: int
    results: list[Result | FailedAd | ErasedAd] | None
    webhook: Told | None


class WordKept(Answer):
    """A reviewer's word that was kept."""

    id: str
    ad_id: str | None
    queue: str | None
    """Of the ad, after this word: ``open`` or ``done``; ``None`` outside the queue."""


class FeedbackResponse(Answer):
    """One entry for each word, in order."""

    feedback: list[WordKept]


class Turn(Answer):
    """A turn of a chat, contacts redacted."""

    text: str
    role: str


class LearningReason(Answer):
    """One thing that speaks for labelling an ad."""

    reason: str
    value: float
    words: str


class Learning(Answer):
    """Why an ad was picked for labelling."""

    value: float
    reasons: list[LearningReason]
    """The strongest first."""


class QueuedAd(Answer):
    """An ad that waits for a reviewer, or was judged; contacts redacted."""

    ad_id: str
    external_id: str | None
    """Yours."""

    text: str
    title: str
    thread: list[Turn]
    result: Result
    """Its spans count in the redacted text."""

    queue: str
    uncertainty: float
    campaign: str | None
    campaign_ads: int | None
    feedback: int
    """Words said of it so far."""

    claimed_until: datetime | None
    created_at: datetime
    expires_at: datetime
    learning: Learning | None = None
    """Only with ``order`` learning."""


class QueuePage(Answer):
    """Worst first."""

    ads: list[QueuedAd]
    after: str | None
    """Give it back for the next page; ``None`` on the last."""


class ClaimResponse(Answer):
    """Ads held for the reviewer until ``claimed_until``."""

    ads: list[QueuedAd]


class Erased(Answer):
    """How much of each is gone."""

    ads: int
    feedback: int
    results: int
    deliveries: int
    reports: int
    incident_examples: int
    waiting: int
    """Submissions not answered yet that the service could not open."""

    submissions: int = 0
    """Submissions not answered yet out of which an ad was taken."""


class Taken(Answer):
    """A report was sealed and kept."""

    code: str
    """Shown once: with it one adds to the report, or withdraws it."""

    advice: list[str]


class Webhook(Answer):
    """An endpoint that results are sent to, and what waits for it."""

    name: str
    url: str
    """Without its query."""

    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None
    paused_until: datetime | None
    secrets: int
    pending: int
    dead: int
    secret: str | None
    """Signs what is sent. Told when the endpoint is created, and never again."""


class OperatingPoint(Answer):
    """A threshold with what was measured there."""

    name: str
    false_positive_rate: float
    threshold: float
    recall: float
    lures: int
    honest: int


class Model(Answer):
    """What is being served."""

    name: str
    created: str
    encoder: str
    precision: str
    kinds: list[str]
    harms: list[str]
    indicators: list[str]
    window_tokens: int
    max_text_chars: int
    max_request_ads: int
    operating_points: list[OperatingPoint]
    policy: str
    card: str
