"""``comments:analyze`` and ``comments:suggestscore`` as the Perspective API's clients call them."""

import asyncio
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Body, Depends, Request, Response

from models.calibration import sigmoid
from models.labels import HARMS, Harm
from service.access import Caller, Scope, with_key
from service.api.acting import who
from service.engine import Answer
from service.errors import NotSupported
from service.integrations.asking import answers_of
from service.integrations.keys import IN_QUERY, google_key
from service.integrations.labels import LURE, probabilities
from service.integrations.perspective_errors import GoogleErrors
from service.integrations.perspective_shapes import (
    ANALYZE_EXAMPLES,
    SUGGEST_EXAMPLES,
    AnalyzeRequest,
    AnalyzeResponse,
    AttributeParameters,
    AttributeScores,
    Score,
    SpanScore,
    SuggestRequest,
    SuggestResponse,
)
from service.integrations.perspective_suggestions import keep, word_of
from service.integrations.perspective_texts import Comment, detected, read
from service.integrations.writing import answers
from service.runtime import runtime_of

ATTRIBUTES = {"FAKE_JOB_AD": LURE} | {harm.upper(): harm for harm in HARMS}
"""Our label by the name that Perspective's clients use."""

ERRORS = answers(GoogleErrors, 400, 401, 403, 413, 429, 503, 504)

router = APIRouter(prefix="/v1alpha1", tags=["perspective"])

Scoring = Annotated[Caller, Depends(with_key(Scope.SCORE, google_key, IN_QUERY))]
Reviewing = Annotated[Caller, Depends(with_key(Scope.REVIEW, google_key, IN_QUERY))]


@router.post("/comments:analyze", responses=ERRORS, response_model_exclude_none=True)
async def analyze(
    request: Request,
    response: Response,
    given: Annotated[AnalyzeRequest, Body(openapi_examples=ANALYZE_EXAMPLES)],
    caller: Scoring,
) -> AnalyzeResponse:
    """The Perspective API's shape, for clients that have it. `FAKE_JOB_AD` is our score; a harm's
    attribute is the probability that the comment is a lure to it. Span scores are in UTF-16 code
    units of the comment as sent, HTML or not. `context` is read with the comment. `X-Model` names
    the bundle, and the same name always scores alike. The key, where one is asked for, may come
    as `?key=`."""
    wanted = wanted_of(given)
    comment, ad = await asyncio.to_thread(read, given.comment, given.context, given.languages)
    (found,) = await answers_of(
        request, caller, [ad], "/comment", "/comment/text", store=not given.do_not_store
    )
    response.headers["X-Model"] = runtime_of(request).engine.name
    values = probabilities(found)
    languages = detected(found.reading.language)
    return AnalyzeResponse(
        attribute_scores={
            name: AttributeScores(
                summary_score=Score(value=values[ATTRIBUTES[name]]),
                span_scores=spans(found, comment, ATTRIBUTES[name], given.span_annotations),
            )
            for name, wish in wanted.items()
            if values[ATTRIBUTES[name]] >= wish.score_threshold
        },
        languages=list(given.languages) or languages,
        detected_languages=languages,
        client_token=given.client_token,
    )


@router.post("/comments:suggestscore", responses=ERRORS, response_model_exclude_none=True)
async def suggestscore(
    request: Request,
    given: Annotated[SuggestRequest, Body(openapi_examples=SUGGEST_EXAMPLES)],
    caller: Reviewing,
) -> SuggestResponse:
    """Keep what you say the scores should be, as feedback that trains your own bundle, contacts
    redacted. From 0.5 on an attribute holds, and a harm that holds says it is a lure. Of what is
    no lure the kind is the model's likeliest other one. The key needs the scope `review`."""
    known = known_only(set(given.attribute_scores), "/attributeScores")
    _, ad = await asyncio.to_thread(read, given.comment, given.context, given.languages)
    said = {ATTRIBUTES[name]: given.attribute_scores[name] for name in known}
    (found,) = await answers_of(request, caller, [ad], "/comment", "/comment/text", store=False)
    word = word_of(ad, said, found, given.community_id)
    await keep(runtime_of(request), word, who(request, caller))
    return SuggestResponse(
        detected_languages=detected(found.reading.language),
        requested_languages=list(given.languages),
        client_token=given.client_token,
    )


def wanted_of(given: AnalyzeRequest) -> dict[str, AttributeParameters]:
    """The attributes asked for. Raises :class:`~service.errors.NotSupported` for one that is not
    ours, unless such are to be dropped."""
    if not given.drop_unsupported_attributes:
        known_only(set(given.requested_attributes), "/requestedAttributes")
    return {n: wish for n, wish in given.requested_attributes.items() if n in ATTRIBUTES}


def known_only(names: set[str], pointer: str) -> list[str]:
    """In our order. Raises :class:`~service.errors.NotSupported`."""
    if names - set(ATTRIBUTES):
        reason = f"an attribute here is not one of ours, which are {', '.join(ATTRIBUTES)}"
        raise NotSupported(pointer, reason)
    return [name for name in ATTRIBUTES if name in names]


def spans(answer: Answer, comment: Comment, label: str, annotate: bool) -> list[SpanScore]:
    """The words of the comment that moved the score most, in the order of the text; or all of it
    as one."""
    if not annotate:
        begin, end = comment.whole
        return [SpanScore(begin=begin, end=end, score=Score(value=probabilities(answer)[label]))]
    share = 1.0 if label == LURE else answer.assessment.given_lure[Harm(label)]
    words = [one for one in answer.assessment.evidence if one.place.field == "text"]
    scored = []
    for one in sorted(words, key=lambda one: one.place.start):
        begin, end = comment.span(one.place.start, one.place.end)
        value = float(sigmoid(np.asarray(one.alone))) * share
        scored.append(SpanScore(begin=begin, end=end, score=Score(value=value)))
    return scored
