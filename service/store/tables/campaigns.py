"""Ads that share a template or a contact, by keyed hashes of both: no text, no contact."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base

Number = BigInteger().with_variant(Integer, "sqlite")
"""64 bits, signed. SQLite keeps a table by such a key in one tree rather than two."""


class Campaign(Base):
    """A number of ads seen over a time."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(primary_key=True)
    """``cam_…``."""

    ads: Mapped[int] = mapped_column(index=True)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)


class CampaignHour(Base):
    """How many ads of a campaign were seen in one hour."""

    __tablename__ = "campaign_hours"

    campaign: Mapped[str] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    """Its first moment."""

    ads: Mapped[int]


class CampaignKey(Base):
    """A contact that ads of a campaign share."""

    __tablename__ = "campaign_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the contact."""

    campaign: Mapped[str] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    last_seen: Mapped[datetime] = mapped_column(index=True)
    """Written anew now and then only: up to a twentieth of the time that campaigns are kept may
    lie between this and the last ad. So it is with templates."""


class CampaignTemplate(Base):
    """A text that ads of a campaign share, but for contacts, sums and small changes."""

    __tablename__ = "campaign_templates"

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    """Drawn at random."""

    campaign: Mapped[str] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    last_seen: Mapped[datetime] = mapped_column(index=True)


class CampaignBand(Base):
    """One band of a template's MinHash signature."""

    __tablename__ = "campaign_bands"

    band: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    """Keyed hash, 64 bits of it."""

    template: Mapped[int] = mapped_column(
        ForeignKey("campaign_templates.id", ondelete="CASCADE"), index=True
    )
