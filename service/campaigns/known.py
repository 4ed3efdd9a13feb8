"""What the database knows of the keys of some ads."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.campaigns.keys import Keys
from service.store.tables import Campaign, CampaignBand, CampaignKey, CampaignTemplate

MOST_AT_ONCE = 5000
"""Values of one query; SQLite takes 32,766."""

RENEWED = 20
"""A key's time is written anew when a twentieth of it has passed: most ads write no key at all."""

Value = TypeVar("Value", str, int)


@dataclass(slots=True)
class Owned(Generic[Value]):
    """Keys of one sort that belong to campaigns, and were seen not too long ago."""

    campaigns: dict[Value, str] = field(default_factory=dict)
    """Campaign of each."""

    expired: list[Value] = field(default_factory=list)
    due: set[Value] = field(default_factory=set)
    """Whose time is to be written anew when they are seen."""


@dataclass(slots=True)
class Known:
    """What there is of some ads' keys."""

    contacts: Owned[str] = field(default_factory=Owned)
    templates: Owned[int] = field(default_factory=Owned)
    bands: dict[int, int] = field(default_factory=dict)
    """Template of each."""

    first_seen: dict[str, datetime] = field(default_factory=dict)
    """Of the campaigns."""


def known(session: Session, batch: Sequence[Keys], moment: datetime, keep: timedelta) -> Known:
    """What there is of the keys of ``batch``. What was last seen longer than ``keep`` before the
    moment is expired."""
    found = Known()

    def sort_in(
        owned: Owned[Value], key: InstrumentedAttribute[Value],
        table: type[CampaignKey] | type[CampaignTemplate], values: Collection[Value],
    ) -> None:  # fmt: skip
        for some in portions(values):
            rows = session.execute(
                select(key, table.campaign, table.last_seen, Campaign.first_seen)
                .join(Campaign)
                .where(key.in_(some))
            )
            for value, campaign, last_seen, first_seen in rows:
                if last_seen < moment - keep:
                    owned.expired.append(value)
                    continue
                owned.campaigns[value] = campaign
                found.first_seen[campaign] = first_seen
                if last_seen < moment - keep / RENEWED:
                    owned.due.add(value)

    contacts = {key for keys in batch for key in keys.contacts}
    sort_in(found.contacts, CampaignKey.key, CampaignKey, contacts)
    bands: dict[int, int] = {}
    for numbers in portions({band for keys in batch for band in keys.bands}):
        owners = session.execute(
            select(CampaignBand.band, CampaignBand.template).where(CampaignBand.band.in_(numbers))
        )
        bands.update(owners.all())
    templates = set(bands.values())
    sort_in(found.templates, CampaignTemplate.id, CampaignTemplate, templates)
    found.bands = {band: one for band, one in bands.items() if one in found.templates.campaigns}
    return found


def portions(values: Collection[Value]) -> Iterator[list[Value]]:
    """A few thousand at a time, in order."""
    ordered = sorted(values)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        yield ordered[start : start + MOST_AT_ONCE]
