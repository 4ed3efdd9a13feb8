"""Annotations in the database: kept as words, and taken back with them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from service.integrations.label_studio.annotations import prefix
from service.review import audit, words
from service.review.audit import NOBODY, About, Who
from service.review.closing import wanted
from service.review.naming import Spoken
from service.settings import Settings
from service.store import Vault
from service.store.tables import Feedback, StoredAd

BATCH = 200
"""Annotations of one query."""


def take(
    session: Session, vault: Vault, settings: Settings, spoken: Sequence[Spoken],
    by: Who = NOBODY,
) -> tuple[int, int]:  # fmt: skip
    """Keep the words that are not there yet, with a row of the audit trail for all of them; gives
    how many those are, and how many were."""
    given = {one.id: one for one in spoken}
    there = set(session.scalars(select(Feedback.id).where(Feedback.id.in_(given))))
    fresh = [one for id, one in given.items() if id not in there]
    if fresh:
        words.add(session, vault, settings, fresh)
        audit.note(session, settings, "feedback", by, About(detail={"words": len(fresh)}))
    return len(fresh), len(spoken) - len(fresh)


def withdraw(
    session: Session, vault: Vault, settings: Settings, instance: str, annotations: Sequence[int],
    by: Who = NOBODY,
) -> int:  # fmt: skip
    """Delete the words of annotations that were deleted, with a row of the audit trail for each;
    gives how many. An ad that too few have judged then waits for a reviewer again."""
    found: dict[str, str | None] = {}
    for i in range(0, len(annotations), BATCH):
        starts = [prefix(vault, instance, one) for one in annotations[i : i + BATCH]]
        # "g" is behind every hexadecimal digit.
        theirs = or_(*((Feedback.id >= one) & (Feedback.id < one + "g") for one in starts))
        rows = session.execute(select(Feedback.id, Feedback.ad).where(theirs))
        found |= {id: ad for id, ad in rows}
        session.execute(delete(Feedback).where(theirs))
    act = None
    for id, ad in found.items():
        about = About(ad, word=id, detail={"took_back": "feedback"})
        act = audit.note(session, settings, "undo", by, about, act)
    for ad in filter(None, set(found.values())):
        left = session.scalar(
            select(func.count(Feedback.reviewer.distinct())).where(Feedback.ad == ad)
        )
        if (left or 0) < wanted(ad, settings.double_review_share):
            session.execute(
                update(StoredAd)
                .where(StoredAd.id == ad, StoredAd.queue == "done")
                .values(queue="open")
            )
    return len(found)
