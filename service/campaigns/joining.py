"""Which campaign an ad joins, and what the campaign learns from it.

Every contact of the ad that is known speaks for its campaign, and so does a template that the ad
meets. The campaign with the most contacts has it, among equals the one whose template shares most
bands, then the older. What is new in the ad is added to that campaign; what belongs to another one
stays there. So two campaigns that share an ad stay two. To merge them would be to say that all
their ads have one author, on the word of a single ad: the number of an agency's directory, or a
warning that quotes two lures, would glue together what has nothing in common, and nobody could take
it apart again.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.campaigns.keys import Keys
from service.campaigns.known import Known
from service.campaigns.template import BANDS, MEETS
from service.store.base import new_id

NEAR = BANDS // 2
"""Bands of a template that an ad has at least where the template speaks for its text too (a
similarity of about 0.87). An ad that meets it with fewer leaves a template of its own beside it, or
copies of the ad would not be known again."""


@dataclass(slots=True)
class Plan:
    """What is to be written for some ads."""

    joined: list[str | None] = field(default_factory=list)
    """Campaign of each; ``None`` for one without keys."""

    founded: list[str] = field(default_factory=list)
    """Campaigns that are new."""

    contacts: dict[str, str] = field(default_factory=dict)
    """New ones, with their campaign."""

    templates: dict[int, str] = field(default_factory=dict)
    """New ones, with their campaign."""

    bands: dict[int, int] = field(default_factory=dict)
    """New ones, with their template."""

    renewed_contacts: set[str] = field(default_factory=set)
    renewed_templates: set[int] = field(default_factory=set)
    """Known ones that were seen again after a while."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What an ad shares with those before it."""

    campaign: str | None
    template: int | None
    """The one that it is nearest to, of any campaign."""

    bands: int
    """Of that template, which the ad has too."""


def shared(keys: Keys, found: Known) -> Shared:
    """Its campaign, where it has one, and its template."""
    owners = found.contacts.campaigns
    contacts = Counter(owners[key] for key in keys.contacts if key in owners)
    counts = Counter(found.bands[band] for band in keys.bands if band in found.bands)
    met = {template: count for template, count in counts.items() if count >= MEETS}
    bands: Counter[str] = Counter()
    for template, count in met.items():
        campaign = found.templates.campaigns[template]
        bands[campaign] = max(bands[campaign], count)
    campaigns = sorted(
        contacts.keys() | bands.keys(),
        key=lambda one: (-contacts[one], -bands[one], found.first_seen[one], one),
    )
    nearest = max(met, key=lambda one: (met[one], one), default=None)
    return Shared(
        campaigns[0] if campaigns else None, nearest, 0 if nearest is None else met[nearest]
    )


def join(batch: Sequence[Keys], found: Known, moment: datetime) -> Plan:
    """For every ad in order, each seeing those before it. ``found`` learns what is new."""
    plan = Plan()
    for keys in batch:
        plan.joined.append(join_one(keys, found, plan, moment) if keys else None)
    return plan


def join_one(keys: Keys, found: Known, plan: Plan, moment: datetime) -> str:
    """For one ad: its campaign."""
    what = shared(keys, found)
    campaign = what.campaign
    if campaign is None:
        campaign = new_id("cam")
        plan.founded.append(campaign)
        found.first_seen[campaign] = moment
    for key in keys.contacts:
        if key not in found.contacts.campaigns:
            plan.contacts[key] = found.contacts.campaigns[key] = campaign
    plan.renewed_contacts |= found.contacts.due.intersection(keys.contacts)
    if what.template in found.templates.due:
        plan.renewed_templates.add(what.template)
    free = [band for band in keys.bands if band not in found.bands]
    if what.bands < NEAR and len(free) >= MEETS:
        template = secrets.randbits(63)
        plan.templates[template] = found.templates.campaigns[template] = campaign
        for band in free:
            plan.bands[band] = found.bands[band] = template
    return campaign
