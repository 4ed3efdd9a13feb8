"""Keys as ``python -m service keys list`` shows them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.rotation import in_force
from service.store.tables import ApiKey


def lines(session: Session, moment: datetime, unused_days: int | None = None) -> list[str]:
    """One a key, the oldest first; with ``unused_days`` only of those in force that are as old, and
    were not used for so long."""
    rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at))
    return [
        line(row, moment)
        for row in rows
        if unused_days is None or unused(row, moment, timedelta(days=unused_days))
    ]


def line(row: ApiKey, moment: datetime) -> str:
    """One key, two blanks between its parts."""
    parts = [row.id, row.name, ",".join(row.scopes), f"made {row.created_at:%Y-%m-%d}"]
    parts.append("not used" if row.last_used is None else f"used {row.last_used:%Y-%m-%d}")
    parts.append(state(row, moment))
    if row.ads_per_minute is not None:
        parts.append(told(row.ads_per_minute))
    if row.replaced_by is not None:
        parts.append(f"replaced by {row.replaced_by}")
    return "  ".join(parts)


def told(ads_per_minute: int | None) -> str:
    """A limit in words."""
    if ads_per_minute is None:
        return "the limit of LUREWATCH_KEY_ADS_PER_MINUTE"
    return f"{ads_per_minute} ads a minute" if ads_per_minute else "no limit"


def state(row: ApiKey, moment: datetime) -> str:
    """Whether it opens anything, and how long."""
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at:%Y-%m-%d}"
    if row.expires_at is not None:
        return f"{'ended' if row.expires_at <= moment else 'ends'} {row.expires_at:%Y-%m-%d}"
    return "in force"


def unused(row: ApiKey, moment: datetime, age: timedelta) -> bool:
    """Whether nobody would miss it, as far as that can be told."""
    since = row.created_at if row.last_used is None else row.last_used + timedelta(days=1)
    return in_force(row, moment) and since <= moment - age
