"""What is kept of an ad that was answered.

An ad that came by a submission is kept without its text until the answer expires. Where the review
queue is on, an ad that a reviewer should see is kept with its text, contacts redacted. Anything
else is not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.orm import Session

from models.rendering import Located
from service.api.schemas import AdIn, Result, Span
from service.engine import Answer
from service.policy.decisions import DECISIONS, Decision
from service.redaction import Cut, cuts_of, moved, redact
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
    for one in answered:
        queued = settings.review_queue and wanted(one.answer.outcome.intended, settings)
        if not queued and submission is None:
            ids.append(None)
            continue
        row = row_of(one, vault, settings, moment, queued, submission)
        session.add(row)
        ids.append(row.id)
    return ids


def wanted(decision: Decision, settings: Settings) -> bool:
    """Whether a reviewer should see an ad with this decision."""
    return DECISIONS.index(decision) >= DECISIONS.index(settings.queue_from)


def row_of(
    one: Answered, vault: Vault, settings: Settings, moment: datetime, queued: bool,
    submission: str | None,
) -> StoredAd:  # fmt: skip
    """The row. In a queued ad every span is moved to where it stands in the redacted text."""
    content, result = None, one.result.model_dump(mode="json")
    lifetime = timedelta(hours=settings.keep_results_hours)
    if queued:
        lifetime = timedelta(days=settings.keep_queue_days)
        content, result = redacted(one)
    # What a contact says is never kept, nor what the caller calls the ad's author.
    result["entities"] = [{**e, "value": None, "domain": None} for e in result["entities"]]
    ad_id = new_id("ad")
    result["ad_id"] = ad_id
    return StoredAd(
        id=ad_id,
        external_id=one.given.id,
        author=vault.author(one.given.author_id),
        submission=submission,
        campaign=one.result.campaign,
        platform=one.given.platform,
        surface=one.given.surface,
        language=one.result.language.tag,
        kind=one.result.kind,
        score=one.result.score,
        decision=one.result.decision,
        priority=one.result.priority,
        policy=one.result.policy,
        model=one.result.model,
        result=vault.seal(result),
        content=None if content is None else vault.seal(content),
        queue="open" if queued else None,
        created_at=moment,
        expires_at=moment + lifetime,
    )


def redacted(one: Answered) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ad's words without contacts, and the result with its spans in those words."""
    entities = one.answer.reading.entities
    fields = {"title": one.given.title, "text": one.given.text}
    fields |= {f"thread/{i}": turn.text for i, turn in enumerate(one.given.thread)}
    cuts = {name: cuts_of(entities, name) for name in fields}
    words = {name: redact(text, cuts[name]) for name, text in fields.items()}
    thread = [
        {"text": words[f"thread/{i}"], "role": turn.role} for i, turn in enumerate(one.given.thread)
    ]
    content = {"title": words["title"], "text": words["text"], "thread": thread}
    return content, with_spans_moved(one.result.model_dump(mode="json"), cuts)


def with_spans_moved(value: Any, cuts: dict[str, list[Cut]]) -> Any:
    """The same JSON, every span in it moved."""
    if isinstance(value, dict):
        if set(value) == set(Span.model_fields):
            place = Located(value["field"], value["start"], value["end"])
            other = moved(place, cuts.get(place.field, []))
            return {"field": other.field, "start": other.start, "end": other.end}
        return {key: with_spans_moved(item, cuts) for key, item in value.items()}
    if isinstance(value, list):
        return [with_spans_moved(item, cuts) for item in value]
    return value


def as_json(result: Result) -> bytes:
    """A result as it is answered."""
    return orjson.dumps(result.model_dump(mode="json"))
