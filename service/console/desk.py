"""One reviewer's desk: the ad that lies on it, what they say of it, and taking that back.

A word is kept as the interface keeps one. Taking one back deletes it, within
:data:`UNDO` and by its reviewer alone, and opens the ad again; the audit trail tells both. So no
reader of labels has to know of words that do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.labels import Harm, Kind
from service.api.reviewing import Piece, PiecesOut, QueuedAd, QueueFilter, Word
from service.console.shift import Shift
from service.errors import UnknownId
from service.review import audit, desks, words
from service.review.audit import About, Who
from service.review.closing import wanted
from service.review.naming import Spoken, checked
from service.review.queue import CLAIM, shown, waiting
from service.settings import Settings
from service.store import Vault
from service.store.base import now
from service.store.tables import AuditEntry, Feedback, StoredAd

UNDO = timedelta(minutes=15)
"""How long a word can be taken back: as long as an ad stays on a desk."""

DECIDING = ("decide", "bulk")


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as the form gives it."""

    ad_id: str
    kind: Kind
    harms: tuple[Harm, ...] = ()
    wrong: tuple[str, ...] = ()
    """Marks that do not show their sign, as :func:`mark_name` names them."""

    looked: bool = False
    """Whether the reviewer looked at the marks, be it that none is wrong."""


def mark_name(indicator: str, field: str, start: int, end: int) -> str:
    """Of one mark, in forms.

    >>> mark_name("urgency", "thread/0", 3, 9)
    'urgency:thread/0:3:9'
    """
    return f"{indicator}:{field}:{start}:{end}"


def offered(shift: Shift, which: QueueFilter) -> Select[StoredAd]:
    """Open ads for this reviewer, in their order: none that they put aside in this session, none of
    a harm that they do not want to see."""
    aside = exists().where(
        AuditEntry.ad == StoredAd.id, AuditEntry.action == "skip",
        AuditEntry.actor == shift.reviewer, AuditEntry.at >= shift.began_at,
    )  # fmt: skip
    found = waiting(which, shift.reviewer, now()).where(~aside)
    if shift.hidden:
        found = found.where(or_(StoredAd.harm.is_(None), StoredAd.harm.not_in(shift.hidden)))
    return found


def take(session: Session, vault: Vault, shift: Shift, which: QueueFilter) -> QueuedAd | None:
    """The ad on the desk, else one that the reviewer claimed over the interface, else the next one,
    which is then put there; ``None`` where none is. What else the console had put there goes back;
    what was claimed over the interface stays claimed."""
    moment = now()
    of_queue = offered(shift, which).limit(1).with_for_update(skip_locked=True, of=StoredAd)
    free = or_(StoredAd.claimed_until.is_(None), StoredAd.claimed_until <= moment)
    row = None
    for desk in (desks.of_console(shift.reviewer), shift.reviewer):
        held = StoredAd.claimed_by == desk, StoredAd.claimed_until > moment
        row = row or session.scalar(of_queue.where(*held))
    claimed = row is not None and row.claimed_by == shift.reviewer
    row = row or session.scalar(of_queue.where(free))
    release(session, shift, None if row is None else row.id)
    if row is None:
        return None
    row.claimed_by = shift.reviewer if claimed else desks.of_console(shift.reviewer)
    row.claimed_until = moment + CLAIM
    session.flush()
    return shown(session, vault, [row])[0]


def release(session: Session, shift: Shift, but: str | None = None) -> None:
    """Give back what the console put on the desk."""
    desk = desks.of_console(shift.reviewer)
    session.execute(
        update(StoredAd)
        .where(StoredAd.claimed_by == desk, StoredAd.id != (but or ""))
        .values(claimed_by=None, claimed_until=None)
    )


def decide(
    session: Session, vault: Vault, settings: Settings, shift: Shift, who: Who, said: Said
) -> bool:
    """Keep what the reviewer says; false where they had said it already, as when a button is
    pressed twice. Raises :class:`~service.errors.UnknownId`."""
    row = of_queue(session, said.ad_id)
    mine = exists().where(Feedback.ad == row.id, Feedback.reviewer == shift.reviewer)
    if session.scalar(select(mine)):
        return False
    word = Word(
        ad_id=row.id,
        kind=said.kind,
        harms=said.harms if said.kind == Kind.LURE else (),
        reviewer=shift.reviewer,
        origin="second_review" if heard(session, row.id) else "review",
    )
    # Not checked again: an ad may show more marks of a sign than a request may name.
    wrong = wrong_spans(shown(session, vault, [row])[0], said)
    word = word.model_copy(update={"wrong_spans": wrong})
    (kept,) = words.add(
        session, vault, settings, [Spoken(word, None, reviewer=shift.reviewer)]
    )  # fmt: skip
    detail = {
        "kind": said.kind, "harms": list(word.harms), "wrong_marks": len(said.wrong),
        "origin": word.origin,
    }  # fmt: skip
    audit.note(session, settings, "decide", who, About(row.id, row.campaign, kept.id, detail))
    return True


def of_queue(session: Session, ad_id: str) -> StoredAd:
    """An ad that is or was in the queue, locked. Raises :class:`~service.errors.UnknownId`."""
    row = session.get(StoredAd, checked(ad_id), with_for_update=True)
    if row is None or row.queue is None or row.expires_at <= now():
        raise UnknownId("ad in the queue")
    return row


def wrong_spans(ad: QueuedAd, said: Said) -> PiecesOut | None:
    """Those marks of the ad that were called wrong; ``None`` where nobody looked."""
    if not (said.looked or said.wrong):
        return None
    wrong = set(said.wrong)
    found: PiecesOut = {}
    for one in ad.result.indicators:
        spans = tuple(
            Piece(field=span.field, start=span.start, end=span.end)
            for span in one.spans
            if mark_name(one.indicator, span.field, span.start, span.end) in wrong
        )
        if spans:
            found[one.indicator] = spans
    return found


def heard(session: Session, ad_id: str) -> int:
    """How many reviewers have spoken of it."""
    counted = select(func.count(Feedback.reviewer.distinct())).where(Feedback.ad == ad_id)
    return session.scalar(counted) or 0


def skip(session: Session, settings: Settings, shift: Shift, who: Who, ad_id: str) -> None:
    """Put an ad aside until the end of this session; others may have it at once."""
    row = of_queue(session, ad_id)
    if row.claimed_by in desks.of(shift.reviewer):
        row.claimed_by = row.claimed_until = None
    audit.note(session, settings, "skip", who, About(row.id, row.campaign))


def last_act(session: Session, shift: Shift) -> Sequence[AuditEntry]:
    """What the reviewer decided last in this session, and can still take back; a row for each
    ad."""
    since = max(shift.began_at, now() - UNDO)
    latest = session.scalar(
        select(AuditEntry.act)
        .join(Feedback, Feedback.id == AuditEntry.word)
        .where(
            AuditEntry.actor == shift.reviewer, AuditEntry.action.in_(DECIDING),
            AuditEntry.at >= since,
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id)
        .limit(1)
    )  # fmt: skip
    if latest is None:
        return []
    return session.scalars(
        select(AuditEntry)
        .join(Feedback, Feedback.id == AuditEntry.word)
        .where(AuditEntry.act == latest, AuditEntry.action.in_(DECIDING))
        .order_by(AuditEntry.ad)
    ).all()


def undo(
    session: Session, settings: Settings, shift: Shift, who: Who, named: str = ""
) -> int | None:
    """Take the last decision back; gives the number of ads that are open again, ``None`` where
    there is none to take back. A single ad lies on the desk again, unless another reviewer has it
    by now. ``named``: the act that the page told of; where it is taken back already, as when a
    button is pressed twice, the one before it stays."""
    rows = last_act(session, shift)
    if named and named not in {row.act for row in rows}:
        return taken_back(session, shift, named) or None
    if not rows:
        return None
    act = None
    opened = 0
    for row in rows:
        session.execute(
            delete(Feedback).where(Feedback.id == row.word, Feedback.reviewer == shift.reviewer)
        )
        detail = {"took_back": row.action, **row.detail}
        about = About(row.ad, row.campaign, row.word, detail)
        act = audit.note(session, settings, "undo", who, about, act)
        ad = None if row.ad is None else session.get(StoredAd, row.ad, with_for_update=True)
        if ad is None:
            continue
        if heard(session, ad.id) < wanted(ad.id, settings.double_review_share):
            ad.queue = "open"
            opened += 1
        moment = now()
        held = (ad.claimed_until or moment) > moment
        others = held and ad.claimed_by not in desks.of(shift.reviewer)
        if len(rows) == 1 and ad.queue == "open" and not others:
            release(session, shift)
            ad.claimed_by = desks.of_console(shift.reviewer)
            ad.claimed_until = moment + CLAIM
    return opened


def taken_back(session: Session, shift: Shift, act: str) -> int:
    """Ads of an act that the reviewer took back before."""
    said = select(AuditEntry.word).where(
        AuditEntry.act == act, AuditEntry.actor == shift.reviewer, AuditEntry.action.in_(DECIDING)
    )
    counted = (
        select(func.count())
        .select_from(AuditEntry)
        .where(
            AuditEntry.actor == shift.reviewer, AuditEntry.action == "undo",
            AuditEntry.at >= shift.began_at, AuditEntry.word.in_(said),
        )
    )  # fmt: skip
    return session.scalar(counted) or 0


def decided_since(session: Session, shift: Shift, moment: datetime) -> int:
    """Ads that the reviewer judged one by one since then, less those taken back."""
    counted = (
        select(func.count())
        .select_from(AuditEntry)
        .join(Feedback, Feedback.id == AuditEntry.word)
        .where(
            AuditEntry.actor == shift.reviewer, AuditEntry.action == "decide",
            AuditEntry.at >= moment,
        )
    )  # fmt: skip
    return session.scalar(counted) or 0
