"""A campaign as a reviewer decides on it: what was said of its ads, a sample of those that wait,
and one decision for all of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.labels import Harm, Kind
from service.api.reviewing import QueuedAd, QueueFilter, Word
from service.console.desk import offered
from service.console.shift import Shift
from service.review import audit, words
from service.review.agreement import agreed_kind, latest
from service.review.audit import About, Who
from service.review.closing import wanted
from service.review.naming import Spoken
from service.review.queue import shown
from service.settings import Settings
from service.store import Vault
from service.store.base import now
from service.store.tables import AuditEntry, Feedback, StoredAd

AT_ONCE = 200
"""Ads that one decision is for at most; the next ones take another."""

SAMPLE = 5
"""Ads of which the words are shown before."""

LOOKED_AT = 2000
"""Words on a campaign that are counted, the newest."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What reviewers said of other ads of a campaign."""

    kinds: tuple[tuple[str, int], ...]
    """Ads by the kind that more than half of their reviewers gave, the most frequent first."""

    split: int
    """Ads on which no kind has more than half."""

    @property
    def ads(self) -> int:
        """All that were judged."""
        return self.split + sum(number for _, number in self.kinds)


def earlier(session: Session, campaign: str, but: str = "") -> Earlier:
    """On every ad of the campaign but one, and but those that another reviewer is still to judge,
    who would read here what was said."""
    moment = now()
    unheard = exists().where(
        StoredAd.id == Feedback.ad, StoredAd.queue == "open", StoredAd.expires_at > moment
    )
    of_campaign = Feedback.campaign == campaign, Feedback.expires_at > moment
    rows = session.scalars(
        select(Feedback)
        .where(*of_campaign, Feedback.about != but, ~unheard)
        .order_by(Feedback.created_at.desc())
        .limit(LOOKED_AT)
    )
    by_ad: dict[str, list[Feedback]] = {}
    for row in rows:
        by_ad.setdefault(row.about, []).append(row)
    kinds = [agreed_kind(latest(own)) for own in by_ad.values()]
    counted = Counter(kind for kind in kinds if kind is not None)
    return Earlier(tuple(counted.most_common()), kinds.count(None))


def open_ads(
    session: Session, settings: Settings, shift: Shift, campaign: str
) -> Sequence[StoredAd]:
    """Ads that one decision would be for: they wait, nobody else has them on the desk, and they are
    not among those that two reviewers judge, each alone."""
    rows = session.scalars(offered(shift, QueueFilter(campaign=campaign)).limit(2 * AT_ONCE)).all()
    share = settings.double_review_share
    return [row for row in rows if wanted(row.id, share) == 1][:AT_ONCE]


def sample(session: Session, vault: Vault, rows: Sequence[StoredAd]) -> list[QueuedAd]:
    """A few of them, from the first to the last."""
    step = max(1, len(rows) // SAMPLE)
    return shown(session, vault, rows[::step][:SAMPLE])


def decide(
    session: Session, vault: Vault, settings: Settings, shift: Shift, who: Who, campaign: str,
    kind: Kind, harms: tuple[Harm, ...], ads: Sequence[str],
) -> int:  # fmt: skip
    """Say the same of those ``ads`` that still wait; gives how many. Every ad gets a word of its
    own, whose origin says that not each one was read. Where none waits because the reviewer said
    just this of them, as when a button is pressed twice, gives how many those are."""
    asked = list(dict.fromkeys(ads))[:AT_ONCE]
    # Locked in one order: who presses twice at once is heard once.
    theirs = StoredAd.id.in_(asked), StoredAd.campaign == campaign
    session.scalars(
        select(StoredAd.id).where(*theirs).order_by(StoredAd.id).with_for_update()
    ).all()
    open_now = {row.id for row in open_ads(session, settings, shift, campaign)}
    named = [ad for ad in asked if ad in open_now]
    if not named:
        return said_before(session, shift, asked, kind)
    spoken = [
        Spoken(
            Word(
                ad_id=ad,
                kind=kind,
                harms=harms if kind == Kind.LURE else (),
                reviewer=shift.reviewer,
                origin="campaign",
            ),
            None,
            reviewer=shift.reviewer,
        )
        for ad in named
    ]
    act = None
    for kept in words.add(session, vault, settings, spoken):
        detail = {"kind": kind, "harms": list(spoken[0].word.harms), "ads": len(named)}
        about = About(kept.ad_id, campaign, kept.id, detail)
        act = audit.note(session, settings, "bulk", who, about, act)
    return len(named)


def said_before(session: Session, shift: Shift, ads: Sequence[str], kind: Kind) -> int:
    """Of how many of the ads the reviewer said this in this session, in one decision for all."""
    counted = (
        select(func.count(Feedback.ad.distinct()))
        .join(AuditEntry, AuditEntry.word == Feedback.id)
        .where(
            AuditEntry.actor == shift.reviewer, AuditEntry.action == "bulk",
            AuditEntry.at >= shift.began_at, Feedback.ad.in_(ads), Feedback.kind == kind,
        )
    )  # fmt: skip
    return session.scalar(counted) or 0
