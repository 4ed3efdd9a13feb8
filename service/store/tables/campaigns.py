"""Ads that share a template or a contact, by keyed hashes of both: no text, no contact."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Campaign(Base):
    """A number of ads seen over a time."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(primary_key=True)
    """``cam_…``."""

    ads: Mapped[int]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)


class CampaignKey(Base):
    """One thing that ads of a campaign share."""

    __tablename__ = "campaign_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of a contact, or of a band of the template's MinHash signature."""

    campaign: Mapped[str] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    last_seen: Mapped[datetime] = mapped_column(index=True)
