"""Who may call what."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class ApiKey(Base):
    """A key of 256 random bits, of which only a digest is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    """``key_…``: names the key in lists and logs without opening anything."""

    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256. A slow hash guards guessable words; 256 random bits need none."""

    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    ads_per_minute: Mapped[int | None]
    """Ads that it may have scored in a minute, whatever the setting says; 0: no limit. ``None``: as
    the setting says."""

    last_used: Mapped[datetime | None]
    """The day of its last use, without the hour. ``None``: not yet."""

    replaced_by: Mapped[str | None]
    """Id of the key that was made to take its place."""
