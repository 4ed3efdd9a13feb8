"""What may be sent: shapes for type checkers, and their JSON. The service checks what they say."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Required, TypedDict


class Turn(TypedDict):
    """A turn of a chat and whose it is."""

    text: str
    role: Literal["own", "other"]


class Ad(TypedDict, total=False):
    """One text and what is known of it; see ``AdIn`` in ``/docs``."""

    text: Required[str]
    id: str
    title: str
    platform: str
    surface: str
    language: str
    thread: Sequence[str | Turn]
    author_id: str
    posted_at: datetime | str


Instead = Literal["allow", "review"]
"""What an ad gets that has no score."""

AdLike = str | Ad | Mapping[str, Any]
"""A text alone, or with what is known of it."""


class Options(TypedDict, total=False):
    """What is asked of every answer."""

    answer_language: str
    """Of the sentences that explain indicators, such as ``th``."""

    entity_values: bool
    """Also give what each entity says: contacts of a person."""

    statement_of_reasons: bool
    """Also draft what article 17 of the EU Digital Services Act asks for."""


class InTime(Options, total=False):
    """What is asked of an answer that is waited for."""

    deadline_ms: int
    """After which an answer is of no use, in milliseconds; then nothing is asked again."""


class QueueFilter(TypedDict, total=False):
    """Which ads of the review queue."""

    platform: str
    language: str
    harm: str
    decision: str
    campaign: str
    order: Literal["harm", "learning"]


class Word(TypedDict, total=False):
    """What a reviewer says of one ad, which ``ad_id``, ``external_id`` or ``ad`` names."""

    ad_id: str
    external_id: str
    ad: Ad
    kind: Required[str]
    harms: Sequence[str]
    wrong_spans: Mapping[str, Sequence[Mapping[str, Any]]]
    missed_spans: Mapping[str, Sequence[Mapping[str, Any]]]
    overturned: bool
    reviewer: Required[str]
    origin: str


class Said(TypedDict, total=False):
    """What somebody reports."""

    ad_id: str
    ad_text: str
    platform: str
    where_seen: str
    place: str
    promised: str
    real: str
    contact_route: str
    what_happened: str
    reply_to: str
    language: str
    relation: str


def as_json(value: object) -> bytes:
    """In UTF-8; halves of characters are escaped, for the service to refuse by name."""
    try:
        return dumped(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return dumped(value, ensure_ascii=True).encode()


def dumped(value: object, ensure_ascii: bool) -> str:
    """As JSON. Raises ``TypeError`` or ``ValueError`` for what has no form in it."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, default=plain, allow_nan=False, separators=(",", ":")
    )


def plain(value: object) -> Any:
    """Moments as ISO 8601, answers of this package as what they hold."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def full(ad: AdLike) -> Mapping[str, Any]:
    """An ad with its fields named."""
    return {"text": ad} if isinstance(ad, str) else ad
