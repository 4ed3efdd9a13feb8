"""The end of a submission: one transaction writes results, ads and the webhook's message, so that
none is ever there without the others."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.api.schemas import AdIn
from service.review.erasure import GONE
from service.review.keeping import Answered, keep
from service.settings import Settings
from service.store import Vault
from service.store.base import now
from service.store.tables import Submission
from service.webhooks.outbox import enqueue

JSON = orjson.OPT_UTC_Z

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unscored:
    """An ad that makes the engine fail."""

    given: AdIn


def finish(
    session: Session, vault: Vault, settings: Settings, owner: str, submission: str,
    outcome: Sequence[Answered | Unscored], careful: bool, erased: Sequence[int] = (),
) -> str | None:  # fmt: skip
    """Write the answer; gives the new state. ``None``: the submission is no longer ``owner``'s, and
    nothing was written.

    ``careful`` keeps each ad by itself, so that one that cannot be kept takes no other with it.
    ``erased``: places of ads, in the request as it came, that ``outcome`` has not.
    """
    row = session.get(Submission, submission, with_for_update=True)
    if row is None or row.state != "queued" or row.lease_owner != owner:
        return None
    answered = [one for one in outcome if isinstance(one, Answered)]
    if careful:
        ids = [keep_apart(session, vault, settings, one, submission) for one in answered]
    else:
        ids = keep(session, vault, settings, answered, submission)
    results = as_json(outcome, ids, erased)
    done = bool(answered or (erased and not outcome))
    moment = now()
    row.state = "done" if done else "failed"
    row.results = vault.seal_bytes(results)
    row.request = None
    row.finished_at = moment
    row.expires_at = moment + timedelta(hours=settings.keep_results_hours)
    row.lease_owner = row.lease_until = None
    if row.webhook is not None:
        kind = "completed" if done else "failed"
        payload = {
            "type": f"submission.{kind}",
            "timestamp": moment,
            "data": {"id": row.id, "state": row.state, "results": orjson.Fragment(results)},
        }
        enqueue(
            session, vault, endpoint=row.webhook, submission=row.id,
            payload=orjson.dumps(payload, option=JSON),
        )  # fmt: skip
    return row.state


def keep_apart(
    session: Session, vault: Vault, settings: Settings, one: Answered, submission: str
) -> str | None:
    """Keep one ad; ``None`` where that fails. Its answer is given all the same."""
    try:
        with session.begin_nested():
            return keep(session, vault, settings, [one], submission)[0]
    except OperationalError:  # the database is away: the whole transaction is tried again
        raise
    except Exception:
        log.exception("ad not kept", extra={"submission": submission})
        return None


def as_json(
    outcome: Sequence[Answered | Unscored], ids: Sequence[str | None], erased: Sequence[int]
) -> bytes:
    """Results in the order of the request, a mark at the places of erased ads: the bytes that every
    reader gets."""
    left = iter(ids)
    results: list[dict[str, Any]] = [
        {"id": one.given.id, "error": "internal"}
        if isinstance(one, Unscored)
        else one.result.model_copy(update={"ad_id": next(left)}).model_dump(mode="json")
        for one in outcome
    ]
    for place in erased:  # in order, so that what is before it is complete
        results.insert(place, GONE)
    return orjson.dumps(results)
