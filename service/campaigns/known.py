"""What the database knows of the keys of some ads."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.campaigns.keys import Keys
from service.store.tables import Campaign, CampaignBand, CampaignKey, CampaignTemplate

MOST_AT_ONCE = 5000
"""Values of one query; SQLite takes 32,766."""

RENEWED = 20
"""A key's time is written anew when a twentieth of it has passed: most ads write no key at all."""

Value = TypeVar("Value", str, int)


@dataclass(slots=True)
class Known:
    """Keys that were seen not too long ago, with what they belong to."""

    contacts: dict[str, str] = field(default_factory=dict)
    """Campaign of each."""

    bands: dict[int, int] = field(default_factory=dict)
    """Template of each."""

    templates: dict[int, str] = field(default_factory=dict)
    """Campaign of each."""

    first_seen: dict[str, datetime] = field(default_factory=dict)
    """Of the campaigns."""

    expired_contacts: list[str] = field(default_factory=list)
    expired_templates: list[int] = field(default_factory=list)
    due_contacts: set[str] = field(default_factory=set)
    due_templates: set[int] = field(default_factory=set)
    """Whose time is to be written anew when they are seen."""


def known(session: Session, batch: Sequence[Keys], moment: datetime, keep: timedelta) -> Known:
    """What there is of the keys of ``batch``. What was last seen longer than ``keep`` before the
    moment is expired."""
    found = Known()
    since, due = moment - keep, moment - keep / RENEWED
    for contacts in portions({key for keys in batch for key in keys.contacts}):
        rows = session.execute(
            select(CampaignKey.key, CampaignKey.campaign, CampaignKey.last_seen,
                   Campaign.first_seen)
            .join(Campaign)
            .where(CampaignKey.key.in_(contacts))
        )  # fmt: skip
        for key, campaign, last_seen, first_seen in rows:
            if last_seen < since:
                found.expired_contacts.append(key)
            else:
                found.contacts[key] = campaign
                found.first_seen[campaign] = first_seen
                if last_seen < due:
                    found.due_contacts.add(key)
    bands: dict[int, int] = {}
    for numbers in portions({band for keys in batch for band in keys.bands}):
        owned = session.execute(
            select(CampaignBand.band, CampaignBand.template).where(CampaignBand.band.in_(numbers))
        )
        bands.update(owned.all())
    for templates in portions(set(bands.values())):
        texts = session.execute(
            select(CampaignTemplate.id, CampaignTemplate.campaign, CampaignTemplate.last_seen,
                   Campaign.first_seen)
            .join(Campaign)
            .where(CampaignTemplate.id.in_(templates))
        )  # fmt: skip
        for template, campaign, last_seen, first_seen in texts:
            if last_seen < since:
                found.expired_templates.append(template)
            else:
                found.templates[template] = campaign
                found.first_seen[campaign] = first_seen
                if last_seen < due:
                    found.due_templates.add(template)
    found.bands = {band: one for band, one in bands.items() if one in found.templates}
    return found


def portions(values: Collection[Value]) -> Iterator[list[Value]]:
    """A few thousand at a time, in order."""
    ordered = sorted(values)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        yield ordered[start : start + MOST_AT_ONCE]
