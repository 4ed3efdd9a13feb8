"""When an ad has been judged by enough reviewers."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.review import desks
from service.store.tables import Feedback, StoredAd


def close(
    session: Session, ads: Mapping[str, StoredAd], rows: Sequence[Feedback], share: float
) -> None:
    """Take out of the queue what enough reviewers have judged, and give back what they held."""
    spoken_of = {row.ad for row in rows} & set(ads)
    counts = session.execute(
        select(Feedback.ad, func.count(Feedback.reviewer.distinct()))
        .where(Feedback.ad.in_(spoken_of))
        .group_by(Feedback.ad)
    )
    heard = {ad: reviewers for ad, reviewers in counts}
    for ad in map(ads.__getitem__, filter(None, spoken_of)):
        if ad.queue == "open" and heard[ad.id] >= wanted(ad.id, share):
            ad.queue = "done"
        if any(row.ad == ad.id and ad.claimed_by in desks.of(row.reviewer) for row in rows):
            ad.claimed_by = ad.claimed_until = None


def wanted(ad_id: str, share: float) -> int:
    """How many reviewers judge an ad: two for a ``share`` of ads drawn by their ids, else one."""
    drawn = int.from_bytes(hashlib.sha256(ad_id.encode()).digest()[:8], "big") / 2**64
    return 2 if drawn < share else 1
