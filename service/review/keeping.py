"""What is kept of an ad that was answered.

An ad that came by a submission is kept without its text until the answer expires. Where the review
queue is on, an ad that a reviewer should see is kept with its text, contacts redacted. Anything
else is not kept.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.api.results import Wanted, result
from service.api.schemas import AdIn, Result
from service.engine import Answer
from service.policy.decisions import SEVERITY, Decision
from service.review.content import redacted
from service.review.order import rank_of, uncertainty_of
from service.settings import Settings
from service.store import Vault
from service.store.base import new_id, now
from service.store.tables import StoredAd


@dataclass(frozen=True, slots=True)
class Answered:
    """An ad as it was given, and all that was said of it."""

    given: AdIn
    answer: Answer
    result: Result

    ad_id: str | None = None
    """What we call it, where it must have a certain id: one that comes again is kept once."""


def matched(
    given: Sequence[AdIn], answers: Sequence[Answer], model: str, wanted: Wanted
) -> list[Answered]:
    """Each ad with its answer and the result that its request ``wanted``."""
    return [
        Answered(ad, answer, result(ad, answer, model, wanted))
        for ad, answer in zip(given, answers, strict=True)
    ]


def keep(
    session: Session,
    vault: Vault,
    settings: Settings,
    answered: Sequence[Answered],
    submission: str | None = None,
) -> list[str | None]:
    """Keep what is to be kept; gives our id of each ad, ``None`` where nothing was kept."""
    moment = now()
    ids: list[str | None] = []
    for i, one in enumerate(answered):
        queued = settings.review_queue and wanted(one.answer.outcome.intended, settings)
        if not queued and submission is None:
            ids.append(None)
            continue
        # A microsecond apart: the queue keeps the order of a request.
        when = moment + timedelta(microseconds=i)
        row = row_of(one, vault, settings, when, queued, submission)
        if one.ad_id is None:
            session.add(row)
        else:
            add_once(session, row)
        ids.append(row.id)
    return ids


def add_once(session: Session, row: StoredAd) -> None:
    """Unless it is there: that row stays, with all that reviewers did to it."""
    if session.scalar(select(StoredAd.id).where(StoredAd.id == row.id)) is not None:
        return
    with suppress(IntegrityError), session.begin_nested():  # another process may be quicker
        session.add(row)


def wanted(decision: Decision, settings: Settings) -> bool:
    """Whether a reviewer should see an ad with this decision."""
    return SEVERITY[decision] >= SEVERITY[settings.queue_from]


def row_of(
    one: Answered, vault: Vault, settings: Settings, moment: datetime, queued: bool,
    submission: str | None,
) -> StoredAd:  # fmt: skip
    """The row. In a queued ad every span is moved to where it stands in the redacted text."""
    given, answer, result = one.given, one.answer, one.result.model_dump(mode="json")
    content = None
    lifetime = timedelta(hours=settings.keep_results_hours)
    if queued:
        lifetime = timedelta(days=settings.keep_queue_days)
        kept = redacted(given, answer.reading)
        content, result = kept.content, kept.moved(result)
    # What a contact says is never kept, nor what the caller calls the ad's author.
    result["entities"] = [{**e, "value": None, "domain": None} for e in result["entities"]]
    ad_id = one.ad_id or new_id("ad")
    result["ad_id"] = ad_id
    uncertainty = uncertainty_of(answer.outcome.margin)
    return StoredAd(
        id=ad_id,
        external_id=given.id,
        author=vault.author(given.author_id),
        submission=submission,
        campaign=None if answer.campaign is None else answer.campaign.campaign,
        platform=given.platform,
        surface=given.surface,
        language=one.result.language.tag,
        kind=one.result.kind,
        harm=one.result.harms[0].harm if one.result.harms else None,
        incident=next(
            (i.name for i in one.result.incidents if i.matched or i.near_duplicate), None
        ),
        score=one.result.score,
        decision=one.result.decision,
        priority=one.result.priority,
        policy=one.result.policy,
        model=one.result.model,
        result=vault.seal(result),
        content=None if content is None else vault.seal(content),
        uncertainty=uncertainty,
        rank=rank_of(one.result.priority, uncertainty),
        queue="open" if queued else None,
        created_at=moment,
        expires_at=moment + lifetime,
    )
