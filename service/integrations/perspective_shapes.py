"""Requests and answers of the Perspective API, v1alpha1.

Names are taken in camel case and as they stand here, and ``null`` is as if left out: so does the
JSON form of protocol buffers, on which the API's clients rest.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from models.ad import MAX_TEXT_CHARS
from service.api.examples import HONEST, LURE
from service.api.schemas import LanguageTag, Opaque, Shape

NAME = re.compile(r"^[A-Z0-9_]{1,64}$")


class ProtoShape(Shape):
    """Base of these."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def without_nulls(cls, given: Any) -> Any:
        """As if left out."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


def by_attribute(given: object) -> object:
    """Refuses what is no name without saying it again: it is the caller's words."""
    if isinstance(given, dict) and not all(NAME.match(str(name)) for name in given):
        raise PydanticCustomError("attribute", "names of attributes are in capitals: FAKE_JOB_AD")
    return given


class TextEntry(ProtoShape):
    """A text."""

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
    """At most 20,480 bytes of UTF-8, and 20,000 characters."""

    type: Literal["PLAIN_TEXT", "HTML", "TEXT_TYPE_UNSPECIFIED"] = "PLAIN_TEXT"
    """Of HTML the text is read, and spans count in the HTML."""


class ArticleAndParentComment(ProtoShape):
    """What a comment stands under."""

    article: TextEntry | None = None
    """The first of the thread."""

    parent_comment: TextEntry | None = None
    """What is answered."""


class Context(ProtoShape):
    """What came before the comment. It is read with it."""

    entries: tuple[TextEntry, ...] = ()
    """Oldest first; the last 20 are read."""

    article_and_parent_comment: ArticleAndParentComment | None = None
    """Instead of `entries`."""

    @model_validator(mode="after")
    def one_form(self) -> "Context":
        """Not both."""
        if self.entries and self.article_and_parent_comment:
            raise PydanticCustomError("context", "give `entries` or `articleAndParentComment`")
        return self


class AttributeParameters(ProtoShape):
    """How an attribute is wanted."""

    score_type: Literal["PROBABILITY", "SCORE_TYPE_UNSPECIFIED"] = "PROBABILITY"
    """Probabilities alone."""

    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The attribute is left out of the answer where its score is below."""


class AnalyzeRequest(ProtoShape):
    """A comment to score."""

    comment: TextEntry
    """What is scored."""

    requested_attributes: Annotated[
        dict[str, AttributeParameters], BeforeValidator(by_attribute), Field(min_length=1)
    ]
    """`FAKE_JOB_AD` and harms, in capitals, such as `TASK_BASED_JOB_SCAM`."""

    context: Context | None = None
    """What came before."""

    span_annotations: bool = False
    """Whether to score the words that moved the score; else one span is the whole comment."""

    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=20)] = ()
    """What the comment is written in, where you know. No language is refused."""

    do_not_store: bool = False
    """Nothing of it is kept: not for reviewers, and not to count a campaign."""

    drop_unsupported_attributes: bool = False
    """Leave out attributes that are not ours, such as `TOXICITY`, rather than refuse."""

    client_token: Opaque | None = None
    """Comes back."""

    session_id: Opaque | None = None
    """Taken, and not used."""

    community_id: Opaque | None = None
    """Taken, and not used: one policy speaks for the service."""


class Score(ProtoShape):
    """A probability."""

    value: Annotated[float, Field(ge=0, le=1)]
    """Calibrated: of texts with 0.8, eight in ten have the attribute."""

    type: Literal["PROBABILITY", "SCORE_TYPE_UNSPECIFIED"] = "PROBABILITY"
    """Always a probability."""


class SpanScore(ProtoShape):
    """A piece of the comment."""

    begin: Annotated[int, Field(ge=0)]
    """First UTF-16 code unit, included, of the comment as sent."""

    end: Annotated[int, Field(ge=0)]
    """One past the last."""

    score: Score
    """What a text would have whose words all spoke as these do."""


class AttributeScores(ProtoShape):
    """What is said of one attribute."""

    summary_score: Score | None = None
    """Of the whole comment."""

    span_scores: list[SpanScore] = Field(default_factory=list)
    """In the order of the text."""


class AnalyzeResponse(ProtoShape):
    """Scores of a comment."""

    attribute_scores: dict[str, AttributeScores]
    """By attribute; those under their threshold are left out."""

    languages: list[str]
    """As given, else as detected."""

    detected_languages: list[str]
    """All that its parts are written in, the longest part's first; empty where too little is
    said."""

    client_token: str | None = None
    """As given."""


class SuggestRequest(ProtoShape):
    """What you say the scores should be."""

    comment: TextEntry
    """What was scored."""

    attribute_scores: Annotated[
        dict[str, AttributeScores], BeforeValidator(by_attribute), Field(min_length=1)
    ]
    """The summary score of `FAKE_JOB_AD` and of harms: from 0.5 on, the attribute holds."""

    context: Context | None = None
    """What came before."""

    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=20)] = ()
    """What the comment is written in."""

    community_id: Opaque | None = None
    """Who says so: a keyed hash of it stands for the reviewer."""

    client_token: Opaque | None = None
    """Comes back."""

    session_id: Opaque | None = None
    """Taken, and not used."""


class SuggestResponse(ProtoShape):
    """The suggestion is kept."""

    detected_languages: list[str]
    """Of the comment."""

    requested_languages: list[str]
    """As given."""

    client_token: str | None = None
    """As given."""


ANALYZE_EXAMPLES: dict[str, Any] = {
    "spans": {
        "summary": "Two attributes, with spans",
        "value": {
            "comment": {"text": LURE},
            "requestedAttributes": {
                "FAKE_JOB_AD": {},
                "TRAFFICKING_FOR_FORCED_CRIMINALITY": {"scoreThreshold": 0.3},
            },
            "spanAnnotations": True,
            "doNotStore": True,
        },
    }
}

SUGGEST_EXAMPLES: dict[str, Any] = {
    "honest": {
        "summary": "An honest ad",
        "value": {
            "comment": {"text": HONEST},
            "attributeScores": {"FAKE_JOB_AD": {"summaryScore": {"value": 0}}},
            "communityId": "forum-12",
        },
    }
}
