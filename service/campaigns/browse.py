"""Campaigns as reviewers look through them: which are large, which grow, what is kept of one."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.campaigns.shapes import CampaignDay, CampaignDetail, CampaignOut, CampaignQuery, KeptAd
from service.errors import UnknownId
from service.store.tables import Campaign, CampaignHour, StoredAd

GROWTH = {"last_24_hours": timedelta(hours=24), "last_7_days": timedelta(days=7)}

KEPT = 100
"""Ads of a campaign that are listed, the newest."""


def page(session: Session, asked: CampaignQuery, moment: datetime) -> list[CampaignOut]:
    """Campaigns in the order that is asked for."""
    wanted = select(Campaign).where(Campaign.ads >= asked.at_least)
    if asked.order in GROWTH:
        grown = growth(moment, GROWTH[asked.order]).subquery()
        wanted = wanted.join(grown, grown.c.campaign == Campaign.id).order_by(grown.c.ads.desc())
    wanted = wanted.order_by(Campaign.ads.desc(), Campaign.id).limit(asked.limit)
    return shown(session, session.scalars(wanted).all(), moment)


def one(session: Session, campaign_id: str, moment: datetime) -> CampaignDetail:
    """One campaign. Raises :class:`~service.errors.UnknownId`."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise UnknownId("campaign")
    (outline,) = shown(session, [found], moment)
    rows = session.execute(
        select(CampaignHour.hour, CampaignHour.ads).where(CampaignHour.campaign == campaign_id)
    )
    days: Counter[datetime] = Counter()
    for hour, ads in rows:
        days[hour.replace(hour=0)] += ads
    kept = session.scalars(
        select(StoredAd)
        .where(StoredAd.campaign == campaign_id, StoredAd.expires_at > moment)
        .order_by(StoredAd.created_at.desc(), StoredAd.id)
        .limit(KEPT)
    )
    return CampaignDetail(
        **outline.model_dump(),
        days=[CampaignDay(day=day.date(), ads=days[day]) for day in sorted(days)],
        kept=[
            KeptAd.model_validate(
                {
                    "ad_id": row.id, "external_id": row.external_id, "kind": row.kind,
                    "score": row.score, "decision": row.decision, "queue": row.queue,
                    "created_at": row.created_at,
                }
            )
            for row in kept
        ],
    )  # fmt: skip


def shown(session: Session, campaigns: Collection[Campaign], moment: datetime) -> list[CampaignOut]:
    """With their growth."""
    ids = [campaign.id for campaign in campaigns]
    grown = {}
    for name, span in GROWTH.items():
        rows = session.execute(growth(moment, span).where(CampaignHour.campaign.in_(ids)))
        grown[name] = dict(rows.all())
    return [
        CampaignOut(
            id=campaign.id,
            ads=campaign.ads,
            first_seen=campaign.first_seen,
            last_seen=campaign.last_seen,
            last_24_hours=grown["last_24_hours"].get(campaign.id, 0),
            last_7_days=grown["last_7_days"].get(campaign.id, 0),
        )
        for campaign in campaigns
    ]


def growth(moment: datetime, span: timedelta) -> Select[str, int]:
    """Ads by campaign in the hours that began since then."""
    return (
        select(CampaignHour.campaign, func.sum(CampaignHour.ads).label("ads"))
        .where(CampaignHour.hour > moment - span)
        .group_by(CampaignHour.campaign)
    )
