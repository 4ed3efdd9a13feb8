"""Counts the ads of campaigns, and remembers their keys.

Writers at the same moment, in several threads or processes: each writes the keys that were new when
it looked, and where another one was quicker with one of them (the database lets a key in once) it
takes everything back and looks again. So two ads with one new key end in one campaign. Keys and
campaigns are written in order, so that two writers never wait for each other.

An ad that is scored twice is counted twice, a retry after a lost answer too: what an ad is called
by its platform is no key of ours.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.campaigns.joining import Plan, join, shared
from service.campaigns.keys import Keys
from service.campaigns.known import Known, known, portions
from service.campaigns.seen import Seen
from service.errors import StoreUnavailable
from service.store.base import Base
from service.store.tables import (
    Campaign,
    CampaignBand,
    CampaignHour,
    CampaignKey,
    CampaignTemplate,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

ATTEMPTS = 20
"""Of a batch whose keys others took at the same moment. Each time at least one of them is done."""

ROWS_ONLY = {"synchronize_session": False}
"""The session holds no objects that would have to follow."""


class Taken(Exception):
    """Another writer was quicker."""


def count(
    session: Session, batch: Sequence[Keys], moment: datetime, keep: timedelta
) -> list[Seen | None]:
    """Count the ads of ``batch``, in order; ``None`` for one without keys. Keys that were last seen
    longer than ``keep`` ago are forgotten.

    Raises :class:`~service.errors.StoreUnavailable` where too many write the same keys at once.
    """
    if not any(batch):
        return [None] * len(batch)
    for _ in range(ATTEMPTS):
        found = known(session, batch, moment, keep)
        plan = join(batch, found, moment)
        try:
            with session.begin_nested():
                forget(session, found)
                return written(session, plan, moment)
        except (Taken, IntegrityError):  # the latter: what we join was deleted meanwhile
            continue
    raise StoreUnavailable("too many count ads of one campaign at once; try again")


def look_up(
    session: Session, batch: Sequence[Keys], moment: datetime, keep: timedelta
) -> list[str | None]:
    """The campaigns that the ads would join, without counting them."""
    found = known(session, batch, moment, keep)
    return [shared(keys, found).campaign for keys in batch]


def forget(session: Session, found: Known) -> None:
    """Delete what has expired and stands in the way."""
    for contacts in portions(found.contacts.expired):
        old = delete(CampaignKey).where(CampaignKey.key.in_(contacts))
        session.execute(old, execution_options=ROWS_ONLY)
    for templates in portions(found.templates.expired):
        gone = delete(CampaignTemplate).where(CampaignTemplate.id.in_(templates))
        session.execute(gone, execution_options=ROWS_ONLY)


def written(session: Session, plan: Plan, moment: datetime) -> list[Seen | None]:
    """Write the plan. Raises :class:`Taken`, or the database's own error."""
    sizes = Counter(one for one in plan.joined if one is not None)
    add(session, Campaign, [
        {"id": one, "ads": sizes[one], "first_seen": moment, "last_seen": moment}
        for one in plan.founded
    ])  # fmt: skip
    learn(session, plan, moment)
    renew(session, plan, moment)
    before = dict.fromkeys(plan.founded, 0)
    for campaign in sorted(sizes.keys() - before.keys()):
        before[campaign] = added_to(session, campaign, sizes[campaign], moment) - sizes[campaign]
    hour = moment.replace(minute=0, second=0, microsecond=0)
    hours = inserted(session, CampaignHour)
    session.execute(
        hours.on_conflict_do_update(
            index_elements=["campaign", "hour"],
            set_={"ads": CampaignHour.ads + hours.excluded.ads},
        ),
        [{"campaign": one, "hour": hour, "ads": sizes[one]} for one in sorted(sizes)],
    )
    seen: list[Seen | None] = []
    for joined in plan.joined:
        if joined is not None:
            before[joined] += 1
        seen.append(None if joined is None else Seen(joined, before[joined]))
    return seen


def learn(session: Session, plan: Plan, moment: datetime) -> None:
    """The new keys. Raises :class:`Taken` where one of them is no longer new."""
    add(session, CampaignKey, [
        {"key": key, "campaign": campaign, "last_seen": moment}
        for key, campaign in sorted(plan.contacts.items())
    ])  # fmt: skip
    for keys in portions(plan.contacts):
        rows = session.execute(
            select(CampaignKey.key, CampaignKey.campaign).where(CampaignKey.key.in_(keys))
        )
        if dict(rows.all()) != {key: plan.contacts[key] for key in keys}:
            raise Taken
    add(session, CampaignTemplate, [
        {"id": template, "campaign": campaign, "last_seen": moment}
        for template, campaign in plan.templates.items()
    ])  # fmt: skip
    add(session, CampaignBand, [
        {"band": band, "template": template} for band, template in sorted(plan.bands.items())
    ])  # fmt: skip
    ours = select(func.count()).select_from(CampaignBand)
    there = sum(
        session.scalar(ours.where(CampaignBand.template.in_(templates))) or 0
        for templates in portions(plan.templates)
    )
    if there != len(plan.bands):
        raise Taken


def renew(session: Session, plan: Plan, moment: datetime) -> None:
    """The time of what was seen again."""
    for contacts in portions(plan.renewed_contacts):
        own = update(CampaignKey).where(CampaignKey.key.in_(contacts)).values(last_seen=moment)
        session.execute(own, execution_options=ROWS_ONLY)
    for ids in portions(plan.renewed_templates):
        mine = update(CampaignTemplate).where(CampaignTemplate.id.in_(ids))
        session.execute(mine.values(last_seen=moment), execution_options=ROWS_ONLY)


def added_to(session: Session, campaign: str, ads: int, moment: datetime) -> int:
    """How many ads it has with these. Raises :class:`Taken` where it was deleted meanwhile."""
    total: int | None = session.scalar(
        update(Campaign)
        .where(Campaign.id == campaign)
        .values(ads=Campaign.ads + ads, last_seen=moment)
        .returning(Campaign.ads),
        execution_options=ROWS_ONLY,
    )
    if total is None:
        raise Taken
    return total


def add(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    """Insert rows, but for those that are there already."""
    if rows:
        session.execute(inserted(session, table).on_conflict_do_nothing(), rows)


def inserted(session: Session, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """The statement, as the database at hand knows it; the other's dialect is not imported."""
    into = Base.metadata.tables[table.__tablename__]
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(into)
