"""A suggested score as a reviewer's word."""

import asyncio
import hashlib
from collections.abc import Mapping

from models.labels import HARMS, Kind
from service.api import feedback
from service.api.reviewing import Word
from service.api.schemas import AdIn
from service.engine import Answer
from service.errors import NotSupported
from service.integrations.labels import LURE
from service.integrations.perspective_shapes import AttributeScores
from service.review.audit import Who
from service.review.naming import Spoken
from service.review.subject import given_along
from service.runtime import Runtime

HOLDS = 0.5
"""Suggested probability from which an attribute is said to hold."""

REVIEWER = "perspective"
"""Who says so where no community is named."""


def word_of(
    ad: AdIn, said: Mapping[str, AttributeScores], found: Answer, community: str | None
) -> Word:
    """The word. ``said``: by our label.

    Raises :class:`~service.errors.NotSupported` where it says nothing, or two things.
    """
    values = {label: value_of(scores) for label, scores in said.items()}
    harms = tuple(harm for harm in HARMS if values.get(harm, 0.0) >= HOLDS)
    lure = values.get(LURE)
    if lure is None and not harms:
        raise NotSupported("/attributeScores", "say whether FAKE_JOB_AD holds")
    if lure is not None and lure < HOLDS and harms:
        raise NotSupported("/attributeScores", "a harm holds only where FAKE_JOB_AD does")
    named = community and hashlib.sha256(community.encode()).hexdigest()
    return Word(
        ad=ad,
        kind=Kind.LURE if harms or (lure is not None and lure >= HOLDS) else other_kind(found),
        harms=harms,
        reviewer=f"{REVIEWER}/{named}" if named else REVIEWER,
    )


def value_of(scores: AttributeScores) -> float:
    """Of the whole comment. Raises :class:`~service.errors.NotSupported`: spans say nothing of
    it."""
    if scores.summary_score is None:
        raise NotSupported("/attributeScores", "each attribute needs its `summaryScore`")
    return scores.summary_score.value


def other_kind(found: Answer) -> Kind:
    """The likeliest kind that is no lure."""
    kinds = found.assessment.kinds
    return max((kind for kind in kinds if kind != Kind.LURE), key=lambda kind: kinds[kind])


async def keep(runtime: Runtime, word: Word, by: Who) -> None:
    """Write it down, contacts redacted, and who gave it into the audit trail."""
    assert word.ad is not None
    along = await asyncio.to_thread(given_along, word.ad, runtime.engine.render)
    await runtime.database.write(feedback.keep, runtime, [Spoken(word, along)], by)
