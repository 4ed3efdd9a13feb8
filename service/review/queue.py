"""The reviewers' queue: ads that wait for a person, in the order of :mod:`service.review.order`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.api.reviewing import QueuedAd, QueueFilter
from service.errors import UnknownId
from service.review import desks
from service.review.places import Place, text_of
from service.store import Vault
from service.store.base import now
from service.store.tables import Campaign, Feedback, StoredAd

CLAIM = timedelta(minutes=15)
"""How long an ad is one reviewer's. Long enough to read a chat and look something up; short enough
that one who went home holds up nothing."""


def page(
    session: Session, vault: Vault, which: QueueFilter, reviewer: str | None,
    after: Place | None, limit: int,
) -> tuple[list[QueuedAd], str | None]:  # fmt: skip
    """Some of the queue, and the ``after`` of the next page. ``reviewer``: a hash; then without
    what that reviewer has judged, or another one has on the desk."""
    wanted = waiting(which, reviewer, now())
    if after is not None:
        wanted = wanted.where(behind(*after))
    rows = session.scalars(wanted.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else text_of((last.rank, last.created_at, last.id))
    return shown(session, vault, rows[:limit]), following


def claim(
    session: Session, vault: Vault, which: QueueFilter, reviewer: str, count: int,
    again: bool = False,
) -> list[QueuedAd]:  # fmt: skip
    """Give ads that nobody has to the reviewer, a hash, for :data:`CLAIM`. ``again``: first what
    they claimed before."""
    moment = now()
    rows = held(session, which, reviewer, count, moment) if again else []
    wanted = waiting(which, reviewer, moment).where(free(moment)).limit(count - len(rows))
    # Who comes second passes over what the first one is taking, rather than waiting for it.
    rows += session.scalars(wanted.with_for_update(skip_locked=True, of=StoredAd)).all()
    take(rows, reviewer, moment)
    return shown(session, vault, rows)


def claim_again(
    session: Session, vault: Vault, which: QueueFilter, reviewer: str, count: int
) -> list[QueuedAd]:
    """What the reviewer, a hash, claimed and has not judged, for :data:`CLAIM` more."""
    moment = now()
    rows = held(session, which, reviewer, count, moment)
    take(rows, reviewer, moment)
    return shown(session, vault, rows)


def held(
    session: Session, which: QueueFilter, reviewer: str, count: int, moment: datetime
) -> list[StoredAd]:
    """What the reviewer claimed over the interface, in the queue's order."""
    theirs = StoredAd.claimed_by == reviewer, StoredAd.claimed_until > moment
    wanted = waiting(which, reviewer, moment).where(*theirs).limit(count)
    return list(session.scalars(wanted.with_for_update(of=StoredAd)))


def these(session: Session, vault: Vault, ids: Sequence[str]) -> list[QueuedAd]:
    """Those of some ads that still wait, in the order given."""
    wanted = open_ads(QueueFilter(), None, now()).where(StoredAd.id.in_(ids))
    return shown(session, vault, in_order(session.scalars(wanted).all(), ids))


def claim_these(
    session: Session, vault: Vault, ids: Sequence[str], reviewer: str, count: int
) -> list[QueuedAd]:
    """The same as :func:`claim` for some ads: the first of them that nobody has."""
    moment = now()
    wanted = open_ads(QueueFilter(), reviewer, moment).where(StoredAd.id.in_(ids), free(moment))
    found = session.scalars(wanted.with_for_update(skip_locked=True, of=StoredAd)).all()
    rows = in_order(found, ids)[:count]
    take(rows, reviewer, moment)
    return shown(session, vault, rows)


def in_order(rows: Sequence[StoredAd], ids: Sequence[str]) -> list[StoredAd]:
    """As their ids are."""
    places = {ad_id: place for place, ad_id in enumerate(ids)}
    return sorted(rows, key=lambda row: places[row.id])


def free(moment: datetime) -> ColumnElement[bool]:
    """What nobody has on the desk."""
    return or_(StoredAd.claimed_until.is_(None), StoredAd.claimed_until <= moment)


def take(rows: Sequence[StoredAd], reviewer: str, moment: datetime) -> None:
    """Put them on the reviewer's desk."""
    for row in rows:
        row.claimed_by, row.claimed_until = reviewer, moment + CLAIM


def one(session: Session, vault: Vault, ad_id: str) -> QueuedAd:
    """An ad of the queue, judged or not. Raises :class:`~service.errors.UnknownId`."""
    row = session.get(StoredAd, ad_id)
    if row is None or row.queue is None or row.expires_at <= now():
        raise UnknownId("ad in the queue")
    return shown(session, vault, [row])[0]


def waiting(which: QueueFilter, reviewer: str | None, moment: datetime) -> Select[StoredAd]:
    """Open ads in their order."""
    return open_ads(which, reviewer, moment).order_by(
        StoredAd.rank.desc(), StoredAd.created_at, StoredAd.id
    )


def open_ads(which: QueueFilter, reviewer: str | None, moment: datetime) -> Select[StoredAd]:
    """Ads that wait, in no order."""
    found = select(StoredAd).where(StoredAd.queue == "open", StoredAd.expires_at > moment)
    for column, value in (
        (StoredAd.platform, which.platform), (StoredAd.language, which.language),
        (StoredAd.harm, which.harm), (StoredAd.decision, which.decision),
        (StoredAd.campaign, which.campaign), (StoredAd.incident, which.incident),
    ):  # fmt: skip
        if value is not None:
            found = found.where(column == value)
    if reviewer is not None:
        judged = exists().where(Feedback.ad == StoredAd.id, Feedback.reviewer == reviewer)
        others = and_(
            StoredAd.claimed_until > moment, StoredAd.claimed_by.not_in(desks.of(reviewer))
        )
        found = found.where(~judged, or_(StoredAd.claimed_until.is_(None), ~others))
    return found


def behind(rank: int, created_at: datetime, ad_id: str) -> ColumnElement[bool]:
    """What comes after a place in the order."""
    same_rank = StoredAd.rank == rank
    return or_(
        StoredAd.rank < rank,
        and_(same_rank, StoredAd.created_at > created_at),
        and_(same_rank, StoredAd.created_at == created_at, StoredAd.id > ad_id),
    )


def shown(session: Session, vault: Vault, rows: Sequence[StoredAd]) -> list[QueuedAd]:
    """As reviewers see them."""
    campaigns = {row.campaign for row in rows} - {None}
    sizes = session.execute(select(Campaign.id, Campaign.ads).where(Campaign.id.in_(campaigns)))
    campaign_ads = {campaign: ads for campaign, ads in sizes}
    counts = session.execute(
        select(Feedback.ad, func.count())
        .where(Feedback.ad.in_([row.id for row in rows]))
        .group_by(Feedback.ad)
    )
    words = {ad: count for ad, count in counts}
    moment = now()
    found = []
    for row in rows:
        assert row.content is not None
        claimed = row.claimed_until is not None and row.claimed_until > moment
        found.append(
            QueuedAd.model_validate(
                {
                    **vault.unseal(row.content),
                    "ad_id": row.id,
                    "external_id": row.external_id,
                    "result": vault.unseal(row.result),
                    "queue": row.queue,
                    "uncertainty": round(row.uncertainty, 4),
                    "campaign": row.campaign,
                    "campaign_ads": campaign_ads.get(row.campaign or ""),
                    "feedback": words.get(row.id, 0),
                    "claimed_until": row.claimed_until if claimed else None,
                    "created_at": row.created_at,
                    "expires_at": row.expires_at,
                }
            )
        )
    return found
